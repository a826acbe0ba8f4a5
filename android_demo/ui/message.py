"""A page with one message: while the first ranking is on its way, and when this device cannot rank."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kivy.lang import Builder
from kivy.properties import BooleanProperty, StringProperty

from android_demo.ui.page import Page


class MessageScreen(Page):
    """A heading, the message, and a button where trying again can help."""

    is_alone = True

    message = StringProperty()
    can_retry = BooleanProperty(False)

    def show(self, page: Any) -> None:
        """It says what `say` is told."""

    def say(self, heading: str, message: str, *, can_retry: bool = False) -> None:
        """Say something else."""
        self.heading, self.message, self.can_retry = heading, message, can_retry


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
