"""The tables of the page, each from the results' own records."""
