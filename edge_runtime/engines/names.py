"""What the inputs of an exported model are called."""

from __future__ import annotations


def input_name(tensor: str) -> str:
    """A saved model's input `clicks` is called `serving_default_clicks:0` in the file."""
    return tensor.rpartition("default_")[2].partition(":")[0]
