"""Whether the order helps its reader: paired votes by team draft, tested by betting. It knows nothing of articles."""
