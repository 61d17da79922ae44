"""Where the table of a study comes from: files, folders, downloads, queries."""
