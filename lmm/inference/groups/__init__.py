"""Single groups: predicted effects, how far they are pulled, what noise would do, how factors lie to each other."""
