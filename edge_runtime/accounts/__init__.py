"""Servers that the reader has an account on: Miniflux, FreshRSS and others; see docs/accounts.md."""
