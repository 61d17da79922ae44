"""Residuals that are correlated over time within a group."""
