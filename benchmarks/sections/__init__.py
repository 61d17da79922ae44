"""One module for each kind of work: ``section()`` does it and hands back what was found."""
