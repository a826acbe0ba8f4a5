"""A run: stages that cache what they made in one folder."""
