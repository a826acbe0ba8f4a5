"""What a reader does with what the device knows of them: look at it, change it, take it away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from android_demo.core import bundles, own_data
from android_demo.core.own_data import Offer, Proof
from android_demo.core.pages import mixture
from android_demo.core.session import Session
from android_demo.navigation import Navigation
from android_demo.ui.shell import Shell
from edge_runtime import OrderChoice, Rule, RuleEffect, RuleKind
from edge_runtime.screens import deeds, rules
from edge_runtime.screens.reading import Said

if TYPE_CHECKING:
    from android_demo.commands import Commands


class ProfileCommands:
    """Done behind; when it is, the page in sight is made anew, and the feed ranked."""

    def __init__(self, commands: Commands, shell: Shell, navigation: Navigation, now: Callable[[], datetime]) -> None:
        """Nothing is done yet.

        Args:
            commands: Does it.
            shell: Says what was done.
            navigation: Knows the pages that show it.
            now: The clock.
        """
        self._commands, self._shell, self._navigation, self._now = commands, shell, navigation, now

    def lift(self, rule: Rule) -> None:
        """Follow or mute something no longer, with the way back."""

        def lifted(_: object) -> None:
            self._changed()
            back = partial(self._do, lambda session: rules.put_rule_back(session, rule), once=("rule", rule))
            self._shell.offer_undo(lambda tr: tr("Lifted: {name}", name=rule.value), back)

        self._commands.do(lambda session: rules.lift_rule(session, rule), lifted, once=("rule", rule))

    def add_rule(self, kind: RuleKind, value: str, effect: RuleEffect) -> None:
        """Follow or mute what was typed."""
        at = self._now()
        self._do(lambda session: rules.add_rule(session, at, kind, value, effect), says=True, once="add rule")

    def pick_topic(self, topic: str, *, is_picked: bool) -> None:
        """Ask for a topic, or not any more."""
        self._do(lambda session: rules.pick_topic(session, topic, is_picked=is_picked), once=("topic", topic))

    def drop_word(self, word: str) -> None:
        """Let lists teach nothing of a word, with the way back."""

        def dropped(_: object) -> None:
            self._changed()
            back = partial(self._do, lambda session: session.reader.keep_word(word), once=("word", word))
            self._shell.offer_undo(lambda tr: tr("Dropped: {name}", name=word), back)

        self._commands.do(lambda session: session.reader.drop_word(word), dropped, once=("word", word))

    def keep_word(self, word: str) -> None:
        """Let lists teach of a word again."""
        self._do(lambda session: session.reader.keep_word(word), once=("word", word))

    def forget_event(self, number: int) -> None:
        """Take one thing that the reader did out of the profile."""
        self._commands.forget_marks()
        self._do(lambda session: session.reader.forget_event(number), once=("event", number))

    def forget_search(self, number: int) -> None:
        """Take one search out of the profile."""
        self._do(lambda session: session.reader.forget_search(number), once=("search", number))

    def undo(self) -> None:
        """Take back the latest thing that the reader did."""
        self._commands.forget_marks()
        self._do(deeds.undo_last, says=True, once="undo")

    def set_order(self, order: OrderChoice) -> None:
        """Let the feed be ranked, newest first, or whichever helps."""
        at = self._now()
        self._do(lambda session: session.reader.set_order(order, at), once="order")

    def set_variety(self, variety: float) -> None:
        """Mix the feed more or less."""
        self._do(lambda session: setattr(session.reader, "variety", variety))

    def read_language(self, code: str, *, is_read: bool) -> None:
        """Say that a language is read, or not any more."""
        self._do(lambda session: mixture.read_language(session, code, is_read=is_read), once=("language", code))

    def set_private(self, *, is_private: bool) -> None:
        """Read without a trace, or let the profile learn again."""

        def set_it(_: object) -> None:
            self._shell.is_private = is_private
            self._changed()

        self._commands.do(lambda session: setattr(session.reader, "private", is_private), set_it, once="private")

    def show_private(self) -> None:
        """Ask whether private mode is on, and have the shell say so."""
        self._commands.do(
            lambda session: session.reader.private, lambda is_on: setattr(self._shell, "is_private", is_on)
        )

    def export(self, folder: Path) -> None:
        """Write the profile to a file."""
        now = self._now()

        def written(path: Path) -> None:
            self._navigation.refresh()
            self._shell.say(lambda tr: tr("Written to {path}", path=str(path)))

        self._commands.do(lambda session: own_data.export_to(session, folder, now), written, once="export")

    def look_at(self, path: Path, offer: Callable[[Offer], None]) -> None:
        """Look at a file that was exported, to ask whether it is to be taken."""
        self._commands.do(lambda session: own_data.offer_of(session, path), offer, once="look at")

    def take_in(self, path: Path) -> None:
        """Put a file in the place of the profile."""
        self._forget_what_is_shown()

        def taken(_: object) -> None:
            self._forget_what_is_shown()
            self.show_private()
            self._changed()
            self._shell.say(lambda tr: tr("Taken in: {name}", name=path.name))

        self._commands.do(lambda session: own_data.import_from(session, path), taken, once="take in")

    def erase(self, then: Callable[[Proof], None] = lambda _: None, *, everything: bool = False) -> None:
        """Forget the reader, and at once what was seen: it would be kept again behind the erasing."""
        self._forget_what_is_shown()

        def erased(proof: Proof) -> None:
            self._forget_what_is_shown()
            self._shell.is_private = False
            self._changed()
            then(proof)

        self._commands.do(lambda session: own_data.erase(session, everything=everything), erased, once="erase")

    def install(self, path: Path) -> None:
        """Rank with another model."""
        self._use_bundle(
            lambda session: bundles.install(session, path), lambda tr: tr("Installed: {name}", name=path.name)
        )

    def bring_back(self) -> None:
        """Rank with the model before."""
        self._use_bundle(bundles.bring_back, lambda tr: tr("The model before is back."))

    def _use_bundle(self, call: Callable[[Session], None], said: Said) -> None:
        def used(_: object) -> None:
            self._forget_what_is_shown()
            self._changed()
            self._shell.say(said)

        self._commands.do(call, used, once="bundle")

    def _do(self, call: Callable[[Session], Any], *, says: bool = False, once: object = None) -> None:
        """Do something, show what came of it, and say what it returns where it says something."""

        def done(result: Any) -> None:
            self._changed()
            if says:
                self._shell.say(result)

        self._commands.do(call, done, once=once)

    def _changed(self) -> None:
        self._navigation.refresh()
        self._commands.rank()

    def _forget_what_is_shown(self) -> None:
        self._navigation.screen("feed").forget()  # type: ignore[attr-defined]  # the feed's own screen
        self._commands.forget_marks()
