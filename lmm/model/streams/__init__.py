"""Rows that are read a part at a time and go."""
