"""Variances, correlations, and the shares of the variation that they make."""
