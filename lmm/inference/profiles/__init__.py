"""Profile likelihood: the deviance along one parameter, intervals and curves from it."""
