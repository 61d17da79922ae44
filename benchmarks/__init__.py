"""Our fits beside those of other packages: speed, exactness, and what each says of itself."""
