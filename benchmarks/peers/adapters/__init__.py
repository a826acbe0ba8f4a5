"""A module for each library, run by the interpreter of its own environment; no other module here imports one."""
