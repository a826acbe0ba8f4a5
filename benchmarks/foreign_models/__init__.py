"""The study of docs/lab/foreign-models.md: the examples' six models, each compressed by every method."""
