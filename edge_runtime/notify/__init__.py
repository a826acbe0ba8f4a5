"""Whether to disturb the reader, when, and in which words."""
