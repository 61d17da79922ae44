"""The search for the optimum of theta."""
