"""A study's table to its numbers: every model fitted, every part of the results gathered."""
