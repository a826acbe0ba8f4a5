"""Ways to make a student smaller, one method a file; each returns the next student and leaves the one given alone."""
