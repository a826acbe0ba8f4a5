"""The page of what the reader follows and mutes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from kivy.app import App
from kivy.lang import Builder
from kivy.properties import BooleanProperty, OptionProperty

from android_demo.ui import listed
from android_demo.ui.page import Page
from edge_runtime import RuleEffect, RuleKind
from edge_runtime.screens.rules import RuleRow, RulesPage, rules_page

__all__ = ["RulesScreen", "listed"]


class RulesScreen(Page):
    """Rules with their hits, a field for another one, and topics to ask for."""

    ask = staticmethod(rules_page)
    is_detail = True

    kind = OptionProperty(RuleKind.WORD.value, options=[kind.value for kind in RuleKind])
    has_follows = BooleanProperty(False)
    has_mutes = BooleanProperty(False)

    def show(self, page: RulesPage) -> None:
        """List what there is now."""
        self.has_follows, self.has_mutes = bool(page.follows), bool(page.mutes)
        self._list("follows", page.follows)
        self._list("mutes", page.mutes)
        self.ids.topics.put(
            [
                {"words": topic.words, "active": topic.is_picked, "do": partial(self._pick, topic.topic)}
                for topic in page.topics
            ]
        )

    def add(self, effect: str) -> None:
        """Follow or mute what was typed."""
        App.get_running_app().commands.profile.add_rule(RuleKind(self.kind), self.ids.value.text, RuleEffect(effect))
        self.ids.value.text = ""

    @staticmethod
    def _pick(topic: str, wanted: bool) -> None:  # noqa: FBT001 - as a pill says it
        App.get_running_app().commands.profile.pick_topic(topic, is_picked=wanted)

    def _list(self, name: str, rows: Sequence[RuleRow]) -> None:
        app = App.get_running_app()
        self.ids[name].put(
            [
                {
                    "words": row.words,
                    "about": row.about,
                    "sign": "close",
                    "name": app.tr("Lift"),
                    "do": partial(app.commands.profile.lift, row.rule),
                }
                for row in rows
            ]
        )


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
