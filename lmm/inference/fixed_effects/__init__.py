"""Fixed effects: how sure they are by every method, within groups and between, as sizes of effects."""
