"""From a file to a clean table: read, interpret, derive, leave rows out and count them."""
