"""What guidelines ask of the report of such a study, and where this page has it."""
