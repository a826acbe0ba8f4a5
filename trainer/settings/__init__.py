"""What may be set, without TensorFlow: every stage's settings, configuration files, names of recipes."""
