"""A configuration file, from its text to values, with everything that is wrong in it."""
