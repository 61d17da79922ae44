"""What ``lmm init`` writes: a configuration proposed for a table that has none."""
