"""A field to write in, as high as what is written."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import NumericProperty
from kivy.uix.textinput import TextInput

from android_demo.ui import text

__all__ = ["TextField", "text"]


class TextField(TextInput):
    """One line, or several where `multiline` is set; Enter in one line is `on_text_validate`."""

    least = NumericProperty("48dp")  # px of height


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
