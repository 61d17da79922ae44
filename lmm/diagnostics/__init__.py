"""From a fit to what may be wrong with it: each module reads a fit and returns rows."""
