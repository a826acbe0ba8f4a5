"""The study of docs/lab/people.md: people with tastes read real headlines for ten days."""
