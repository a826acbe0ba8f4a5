"""edge-news trainer: from a click log to a bundle that a phone can rank news with."""
