"""From a fit to what it says: each module reads a fit and returns rows."""
