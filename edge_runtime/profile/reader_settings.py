"""What a reader sets and keeps with the profile alone: settings, numbered lists, taking back, export and erasing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from edge_runtime.notify.channels import Channels, erase_channels, read_channels, write_channels
from edge_runtime.notify.keeping import push_settings, set_push_settings
from edge_runtime.notify.types import PushSettings
from edge_runtime.personal.order_keeping import order_choice, set_order
from edge_runtime.profile.reader_profile import ReaderProfile
from edge_runtime.storage.articles import ArticleCache
from edge_runtime.types import Event, OrderChoice, Origin, Rule, Search


class ReaderSettings:
    """The part of `Reader` that looks at no article."""

    def __init__(self, profile: ReaderProfile, cache: ArticleCache, data_dir: Path) -> None:
        """Take the profile of a data directory.

        Args:
            profile: Where everything is kept but the channels.
            cache: What lists have taught is kept in it, and goes with what taught it.
            data_dir: Where the channels are kept.
        """
        self._profile = profile
        self._cache = cache
        self._data_dir = data_dir
        self._begin_list()

    @property
    def private(self) -> bool:
        """Whether the reader reads in private: nothing is recorded, nothing learned."""
        return self._profile.private

    @private.setter
    def private(self, value: bool) -> None:
        self._profile.private = value

    @property
    def variety(self) -> float:
        """How mixed the feed is, 0 to 1: at 0 it is best first but for what is followed."""
        return self._profile.variety

    @variety.setter
    def variety(self, value: float) -> None:
        self._profile.variety = value

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages that the reader says to read, ISO 639-1 codes such as "en"; none: what they open tells.

        Of a story, an article in one of them stands in the feed, where there is one.
        """
        return self._profile.languages

    @languages.setter
    def languages(self, value: Iterable[str]) -> None:
        self._profile.languages = tuple(value)

    @property
    def push_settings(self) -> PushSettings:
        """How much disturbance the reader wants."""
        return push_settings(self._profile.store)

    @push_settings.setter
    def push_settings(self, value: PushSettings) -> None:
        set_push_settings(self._profile.store, value)

    @property
    def channels(self) -> Channels:
        """Where notifications go; no part of an exported profile, as its addresses hold secrets."""
        return read_channels(self._data_dir)

    @channels.setter
    def channels(self, value: Channels) -> None:
        write_channels(self._data_dir, value)

    @property
    def order(self) -> OrderChoice:
        """What orders the feed."""
        return order_choice(self._profile.store)

    def set_order(self, choice: OrderChoice, at: datetime) -> None:
        """Let the feed be ranked, newest first, or whichever of them helps; by hand nothing is compared.

        Args:
            choice: "auto" also ends a time of newest first that came by itself, with a new trial.
            at: When, UTC-aware.
        """
        set_order(self._profile.store, choice, at)

    def remember_list(self, article_ids: Sequence[str], terminal: str = "", origin: Origin = Origin.ELSEWHERE) -> None:
        """Keep which articles a numbered list showed, so that a number can name one.

        Nothing is kept in private mode, nor after an erasing until this reader makes a list again.

        Args:
            article_ids: In the list's order; none if it has no numbers, so that an earlier list's count no longer.
            terminal: Where it was shown; each terminal has a last list of its own.
            origin: What list it is.
        """
        if not self.private and self._list_erasures == self._profile.erasures:
            self._profile.remember_list(article_ids, terminal, origin)

    def origin_of(self, article_id: str, terminal: str = "") -> Origin:
        """Where an article is opened that is named by the last list of a terminal."""
        return self._profile.origin_of(article_id, terminal)

    def listed(self, number: int, terminal: str = "") -> str:
        """The id of the article that the last list of a terminal showed with a number, from 1.

        Raises:
            UnknownArticleError: The list was shorter or has no numbers, or there was none.
        """
        return self._profile.listed(number, terminal)

    def forget_numbers(self, terminal: str = "") -> None:
        """The list that is shown now has no numbers, and nothing is kept of it: those of the one before count no more.

        In private mode nothing is changed: numbers name nothing there.
        """
        if not self.private:
            self._profile.forget_numbers(terminal)

    def remember_named(self, article_id: str, terminal: str = "") -> None:
        """Keep which article was named last in a terminal; nothing is kept in private mode."""
        if not self.private:
            self._profile.remember_named(article_id, terminal)

    def last_named(self, terminal: str = "") -> str:
        """The id of the article that was named last in a terminal.

        Raises:
            UnknownArticleError: None was.
        """
        return self._profile.last_named(terminal)

    def keep_first_screen(self, document: str) -> None:
        """Keep the list that was just made, as text, until something that orders articles changes, here or elsewhere.

        Nothing is kept in private mode, nor if the profile has changed since the list was begun.
        """
        if not self.private:
            self._profile.store.set_first_screen(document, *self._list_state)

    def _begin_list(self) -> None:
        self._list_erasures = self._profile.erasures
        self._list_state = self._cache.num_changes(), self._profile.store.state()

    def undo(self) -> Event | Search | Rule | tuple[str, ...]:
        """Take back the latest thing that the reader did; called again, the one before it.

        Returns:
            The event or query that is gone, the rule that is as it was before, or the topics that were asked for.

        Raises:
            UnknownEntryError: There is nothing to take back.
        """
        undone = self._profile.undo()
        self._cache.learned.forget()
        return undone

    def forget_event(self, number: int) -> Event:
        """Take one event out of the profile, as if it had not been.

        Raises:
            UnknownEntryError: No event has this number.
        """
        event = self._profile.forget_event(number)
        self._cache.learned.forget()
        return event

    def forget_search(self, number: int) -> Search:
        """Take one query out of the profile.

        Raises:
            UnknownEntryError: No query has this number.
        """
        return self._profile.forget_search(number)

    def export_profile(self) -> dict[str, Any]:
        """Everything the device knows of its reader, as open JSON; see docs/profile.md."""
        return self._profile.to_document()

    def import_profile(self, data: bytes) -> None:
        """Put an exported profile in the place of this one, all of it or nothing.

        Raises:
            ProfileFileError: It is not an exported profile; nothing was taken.
            StorageError: It could not be written.
        """
        self._profile.replace_by(data)
        self._cache.learned.forget()

    def erase(self) -> None:
        """Forget the reader: no byte of the profile stays in the data directory. Cached articles stay."""
        try:
            self._profile.erase()
        finally:
            self._cache.learned.forget()
        erase_channels(self._data_dir)
