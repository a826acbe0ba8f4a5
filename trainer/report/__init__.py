"""What a recipe made of a student, for people: the report of a run, and the model card that its bundle carries."""
