"""The words and the grammar of a formula."""
