"""Short answers to "what is new?": the digest, and what came since a time."""
