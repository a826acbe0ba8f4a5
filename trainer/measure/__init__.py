"""How good, how large and how fast a model or a bundle is."""
