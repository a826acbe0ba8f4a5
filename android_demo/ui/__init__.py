"""The screens: each is a pair, layout in .kv and behaviour in .py; their words come from `core`."""
