"""The quality study: everything that docs/lab/quality.md shows, trained and measured by one command."""
