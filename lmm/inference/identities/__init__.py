"""Identities that hold for every fit, checked by second routes."""
