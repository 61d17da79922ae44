"""What several grouping factors need of a fit: one eliminated group by group, the rest dense."""
