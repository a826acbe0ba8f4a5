"""Click logs of any of the forms in docs/data.md, prepared for training."""
