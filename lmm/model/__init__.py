"""From a formula and a table to a fit: the mixed-model engine."""
