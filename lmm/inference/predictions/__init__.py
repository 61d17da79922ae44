"""Lines and measurements foretold, for known groups and for new ones."""
