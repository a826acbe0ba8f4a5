"""The Google Reader API, as far as today's apps speak it: what `docs/readers.md` says of it."""
