"""What a reader does to the own profile: rules, taking back, settings, export and import, erasing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from edge_runtime.errors import Remedy, UnknownArticleError
from edge_runtime.notify.keeping import push_settings, set_push_settings
from edge_runtime.notify.types import PushSettings
from edge_runtime.personal.reader_model import ReaderModel
from edge_runtime.storage import ProfileStore
from edge_runtime.storage.profile_file import export_profile, import_profile
from edge_runtime.types import Event, Rule, RuleEffect, RuleKind, Search


class ReaderProfile:
    """The part of `Reader` that needs the profile alone."""

    def __init__(self, profile: ProfileStore) -> None:
        """Speak for an open profile."""
        self._profile = profile
        self._learnt: ReaderModel | None = None  # made from the profile when it is needed

    def set_rule(self, kind: RuleKind, value: str, effect: RuleEffect, at: datetime) -> Rule:
        """Follow or mute a source, topic or word; it takes the place of a rule of that kind and value.

        Raises:
            ValueError: The value is empty.
            StorageError: It could not be written.
        """
        if not value.strip():
            raise ValueError(f"a {kind.value} to {effect.value} needs a name")
        rule = Rule(kind, value.strip(), effect, at)
        self._profile.set_rule(rule)
        self._learnt = None
        return rule

    def drop_rule(self, kind: RuleKind, value: str) -> Rule:
        """Follow or mute no longer.

        Raises:
            UnknownEntryError: There is no such rule.
        """
        rule = self._profile.drop_rule(kind, value)
        self._learnt = None
        return rule

    def undo(self) -> Event | Search | Rule | tuple[str, ...]:
        """Take back the latest thing that the reader did; called again, the one before it.

        Returns:
            The event or query that is gone, the rule that is as it was before, or the topics that were asked for.

        Raises:
            UnknownEntryError: There is nothing to take back.
        """
        undone = self._profile.undo()
        self._learnt = None
        return undone

    def forget_event(self, number: int) -> Event:
        """Take one event out of the profile, as if it had not been.

        Raises:
            UnknownEntryError: No event has this number.
        """
        event = self._profile.delete_event(number)
        self._learnt = None
        return event

    def forget_search(self, number: int) -> Search:
        """Take one query out of the profile.

        Raises:
            UnknownEntryError: No query has this number.
        """
        search = self._profile.delete_search(number)
        self._learnt = None
        return search

    @property
    def private(self) -> bool:
        """Whether the reader reads in private: nothing is recorded, nothing learnt."""
        return bool(self._profile.setting("private", False))

    @private.setter
    def private(self, value: bool) -> None:
        self._profile.set_setting("private", value)

    @property
    def push_settings(self) -> PushSettings:
        """How much disturbance the reader wants."""
        return push_settings(self._profile)

    @push_settings.setter
    def push_settings(self, value: PushSettings) -> None:
        set_push_settings(self._profile, value)

    def export_profile(self) -> dict[str, Any]:
        """Everything the device knows of its reader, as open JSON; see docs/profile.md."""
        return export_profile(self._profile)

    def import_profile(self, data: bytes) -> None:
        """Put an exported profile in the place of this one, all of it or nothing.

        Raises:
            ProfileFileError: It is not an exported profile; nothing was taken.
            StorageError: It could not be written.
        """
        import_profile(self._profile, data)
        self._learnt = None

    def remember_list(self, article_ids: Sequence[str]) -> None:
        """Keep which articles a numbered list showed, so that a number can name one; not in private mode."""
        if not self.private:
            self._profile.set_setting("listed", list(article_ids))

    def listed(self, number: int) -> str:
        """The id of the article that the last remembered list showed with a number, from 1.

        Raises:
            UnknownArticleError: The list was shorter, or there was none.
        """
        ids = self._profile.setting("listed", [])
        if not isinstance(ids, list) or not 1 <= number <= len(ids):
            raise UnknownArticleError(f"no article {number} in the last list", Remedy.LIST_ARTICLES)
        return str(ids[number - 1])

    def erase(self) -> None:
        """Forget the reader: no byte of the profile stays in the data directory. Cached articles stay."""
        self._profile.erase()
        self._learnt = None
