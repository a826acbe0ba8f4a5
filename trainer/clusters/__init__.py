"""Runners that share the work of `trainer.data` among machines; each imports its engine when it is opened."""
