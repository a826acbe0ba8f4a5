"""The few shapes that all screens are made of; their looks are in widgets.kv."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.label import Label
from kivy.uix.widget import Widget

from android_demo.ui import text

__all__ = ["Card", "IconButton", "Pill", "ScoreBar", "ShareBar", "text"]


class Pill(ButtonBehavior, Label):
    """A button with words; 48 dp to the finger, 36 dp to the eye."""

    active = BooleanProperty(False)  # the reader's standing choice
    grave = BooleanProperty(False)  # takes something away for good


class IconButton(ButtonBehavior, Widget):
    """A sign drawn by a rule in widgets.kv, 48 dp square."""

    name = StringProperty()  # what it does, in words


class Card(BoxLayout):
    """A sheet of paper with round corners; a Section is one that is as high as what is on it."""


class ScoreBar(Widget):
    """A bar from the middle: right raises a score, left lowers it."""

    value = NumericProperty(0)  # -1 to 1


class ShareBar(Widget):
    """A bar that grows from the left with a share."""

    value = NumericProperty(0)  # 0 to 1


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
