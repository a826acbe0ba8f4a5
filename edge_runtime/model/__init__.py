"""The bundle and what is computed from it: the format, tables, tokens and scores. Shared with the trainer."""
