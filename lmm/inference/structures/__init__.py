"""Which structure the data ask for: criteria, the ladder of models, the verdict, what is explained."""
