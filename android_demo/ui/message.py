"""A page with one message: while the first ranking is on its way, and when this device cannot rank."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.screenmanager import Screen


class MessageScreen(Screen):
    """A heading, the message, and a button where trying again can help."""

    heading = StringProperty()
    message = StringProperty()
    can_retry = BooleanProperty(False)


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
