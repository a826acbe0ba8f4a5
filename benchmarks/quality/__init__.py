"""The quality study: everything that docs/quality.md shows, trained and measured by one command."""
