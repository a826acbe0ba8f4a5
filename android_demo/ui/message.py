"""A page with one message: while the first ranking is on its way, and when this device cannot rank."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kivy.lang import Builder
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from android_demo.ui.page import Page
from edge_runtime.screens.reading import Said


class MessageScreen(Page):
    """A heading, the message, and a button where trying again can help; all of it follows the language."""

    is_alone = True

    said_first = ObjectProperty(None, allownone=True)  # makes `heading`
    said = ObjectProperty(None, allownone=True)  # makes `message`
    message = StringProperty()
    can_retry = BooleanProperty(False)

    def show(self, page: Any) -> None:
        """It says what `say` is told."""

    def say(self, heading: Said, message: Said, *, can_retry: bool = False) -> None:
        """Say something else."""
        self.said_first, self.said, self.can_retry = heading, message, can_retry


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
