"""Automatic compression: architecture and recipe searched together, within a budget of bytes, time and quality."""
