"""A field to write in, as high as what is written."""

from __future__ import annotations

from pathlib import Path

from kivy.app import App
from kivy.lang import Builder
from kivy.properties import NumericProperty
from kivy.uix.textinput import TextInput

from android_demo.ui import text

__all__ = ["TextField", "text"]


class TextField(TextInput):
    """One line, or several where `multiline` is set; Enter in one line is `on_text_validate`."""

    least = NumericProperty("48dp")  # px of height

    def keyboard_on_key_down(self, window: object, keycode: tuple[int, str], text: str, modifiers: list[str]) -> bool:
        """Tab goes on to the next button or field, which Kivy knows of fields alone."""
        if keycode[1] == "tab":
            return bool(App.get_running_app().keys.go_on(-1 if "shift" in modifiers else 1))
        return bool(super().keyboard_on_key_down(window, keycode, text, modifiers))


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
