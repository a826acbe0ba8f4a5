"""The reader's profile as an object that knows when it has changed, and what was learned from it, kept in step.

Everything that writes what learning goes by is a method here, so no change is missed. What another process writes to
the same file is noticed too, and makes everything be learned anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import compress

import numpy as np

from edge_runtime.errors import Remedy, StorageError, UnknownArticleError
from edge_runtime.feeds.plain_text import clean_text
from edge_runtime.personal.interests import Opinion
from edge_runtime.personal.reader_model import ReaderModel
from edge_runtime.personal.selection import USUAL_VARIETY
from edge_runtime.storage.cached_rows import CachedRows
from edge_runtime.storage.judgements import JUDGEMENTS, Judged
from edge_runtime.storage.profile import ProfileLimits, ProfileStore
from edge_runtime.storage.profile_file import export_profile, import_profile
from edge_runtime.types import Event, Origin, ReadMark, Rule, RuleEffect, RuleKind, Search, Shown, Signal

DROPPED_WORDS = "dropped_words"  # the setting
# The profile has removed the oldest by then. To forget them one by one would cost more than to begin anew.
_MOST_SHOWN = ProfileLimits().shown * 6 // 5


@dataclass(frozen=True, slots=True)
class Revision:
    """How often what is learned from has changed since the profile was opened."""

    events: int = 0  # were added
    shown: int = 0  # was added
    searches: int = 0
    picks: int = 0  # and rules: a followed topic counts as picked
    marks: int = 0  # of what is read; from these nothing is learned
    all: int = 0  # something that cannot be added to what was learned, such as an event that is gone


class ReaderProfile:
    """What the reader did and asked for.

    Methods raise StorageError, and then nothing has changed. After one that deletes it may be that all went well but
    for the copies of what was deleted, so that counts as a change.

    Attributes:
        store: Where it is kept. What learning goes by is written by the methods here, not there.
    """

    def __init__(self, store: ProfileStore) -> None:
        """Take a store, whose changes from now on count."""
        self.store = store
        self._half_erasures = 0
        self._revision = Revision()
        self._elsewhere = store.changes_elsewhere()

    @property
    def erasures(self) -> int:
        """A number that is another one after an erasing, here or by another program."""
        return self.store.erasures() + self._half_erasures

    @property
    def revision(self) -> Revision:
        """How often each kind of entry has changed; what was learned by the same revision is still right."""
        elsewhere = self.store.changes_elsewhere()
        if elsewhere != self._elsewhere:
            self._elsewhere = elsewhere
            self._change("all")
        return self._revision

    def _change(self, kind: str) -> None:
        self._revision = replace(self._revision, **{kind: getattr(self._revision, kind) + 1})

    @contextmanager
    def _deleting(self) -> Iterator[None]:
        """What is deleted is unlearned, also if a copy of it could not be: nothing in memory outlives it."""
        try:
            yield
        except StorageError:
            self._change("all")
            raise

    def record(self, event: Event, bundle: int | None = None) -> None:
        """Keep what the reader did with an article; of one that was opened from the feed, with what ranked it."""
        if event.signal in JUDGEMENTS:
            self._judge(event)
            return
        if bundle is None:
            self.store.record_all([event])
        else:
            self.store.record_opened(event, bundle)
        self._change("events")

    def _judge(self, event: Event) -> None:
        with self._deleting():
            judged = self.store.judge(event)
        match judged:
            case Judged.ADDED:
                self._change("events")
            case Judged.REPLACED:
                self._change("all")

    def record_shown(self, shown: Sequence[Shown]) -> None:
        """Keep what the reader has seen."""
        self.store.record_shown(shown)
        self._change("shown")

    def seen_ids(self) -> set[str]:
        """Ids of the articles that a list has shown."""
        return {one.article_id for one in self._seen()}

    def last_look(self) -> datetime | None:
        """When a list was shown last."""
        return max((one.at for one in self._seen()), default=None)

    def _seen(self) -> list[Shown]:
        """What lists have shown; a notification may have been missed."""
        told = {(push.article_id, push.at) for push in self.store.pushes()}
        return [one for one in self.store.shown() if (one.article_id, one.at) not in told]

    def mark_read(self, marks: Sequence[ReadMark]) -> None:
        """Keep what the reader marked as read or unread."""
        self.store.mark_read(marks)
        self._change("marks")

    def take_back(self, article_id: str, *signals: Signal) -> None:
        """Take out every event of an article with some signals, as if it had not been; `undo` brings them back."""
        with self._deleting():
            self.store.take_back(article_id, *signals)
        self._change("all")

    def record_all(self, events: Sequence[Event]) -> None:
        """Keep events that are no judgements, in one commit."""
        self.store.record_all(events)
        self._change("events")

    def take_back_all(self, article_ids: Sequence[str], signal: Signal) -> None:
        """Take back one signal of several articles that have it, in one commit; see `take_back`."""
        with self._deleting():
            self.store.take_back_all(article_ids, signal)
        self._change("all")

    def take_marks(
        self, account: int, marks: Sequence[ReadMark], saves: Sequence[Event], unsaved: Sequence[str]
    ) -> None:
        """Keep what an account's server says; see `ProfileStore.take_marks`."""
        with self._deleting():
            num_gone = self.store.take_marks(account, marks, saves, unsaved)
        for kind, has_changed in (("marks", marks), ("events", saves), ("all", num_gone)):
            if has_changed:
                self._change(kind)

    def bring_back(self, article_id: str) -> None:
        """Put in again what was taken out of an article last."""
        self.store.bring_back(article_id)
        self._change("all")

    def record_search(self, query: str, at: datetime) -> None:
        """Keep what the reader looked for."""
        self.store.record_search(query, at)
        self._change("searches")

    def set_rule(self, kind: RuleKind, value: str, effect: RuleEffect, at: datetime) -> Rule:
        """Keep a rule; see `Reader.set_rule`."""
        if not clean_text(value):
            raise ValueError(f"a {kind.value} to {effect.value} needs a name")
        if kind is RuleKind.TEXT and effect is RuleEffect.MUTE:
            raise ValueError("a text can be followed, not muted; mute its words or a topic")
        rule = Rule(kind, value.strip(), effect, at)
        self.store.set_rule(rule)
        self._change("picks")
        return rule

    def drop_rule(self, kind: RuleKind, value: str) -> Rule:
        """Take a rule away; see `Reader.drop_rule`."""
        rule = self.store.drop_rule(kind, value)
        self._change("picks")
        return rule

    def pick(self, topics: Sequence[str]) -> None:
        """Ask for these topics and no others."""
        self.store.set_picks(topics)
        self._change("picks")

    def dropped_words(self) -> list[str]:
        """Words of which lists teach nothing, by the reader's wish."""
        kept = self.store.setting(DROPPED_WORDS, [])
        return [word for word in kept if isinstance(word, str)] if isinstance(kept, list) else []

    def set_dropped_words(self, words: Sequence[str]) -> None:
        """Keep which words lists teach nothing of, in the place of those before."""
        self.store.set_setting(DROPPED_WORDS, list(words), orders=True)
        self._change("all")

    def undo(self) -> Event | Search | Rule | tuple[str, ...]:
        """Take back the latest thing that the reader did; see `Reader.undo`."""
        with self._deleting():
            undone = self.store.undo()
        match undone:
            case Event():
                self._change("all")
            case Search():
                self._change("searches")
            case Rule() | tuple():
                self._change("picks")
        return undone

    def forget_event(self, number: int) -> Event:
        """Take out one event; see `Reader.forget_event`."""
        with self._deleting():
            event = self.store.delete_event(number)
        self._change("all")
        return event

    def forget_search(self, number: int) -> Search:
        """Take out one query; see `Reader.forget_search`."""
        with self._deleting():
            search = self.store.delete_search(number)
        self._change("searches")
        return search

    @property
    def private(self) -> bool:
        """Whether nothing is to be recorded."""
        return bool(self.store.setting("private", False))

    @private.setter
    def private(self, value: bool) -> None:
        self.store.set_setting("private", value)
        if value:  # the lists that are shown from now on have no numbers
            self.store.forget_lists()

    @property
    def languages(self) -> tuple[str, ...]:
        """What the reader says to read; see `Reader.languages`."""
        kept = self.store.setting("languages", [])
        return tuple(one for one in kept if isinstance(one, str)) if isinstance(kept, list) else ()

    @languages.setter
    def languages(self, value: Sequence[str]) -> None:
        codes = [code.strip().casefold().replace("_", "-").partition("-")[0] for code in value]
        if wrong := [code for code in codes if not (code.isascii() and code.isalpha() and 2 <= len(code) <= 3)]:
            raise ValueError(f"no language {wrong[0]!r}; give codes such as en or zh")
        self.store.set_setting("languages", list(dict.fromkeys(codes)), orders=True)

    @property
    def variety(self) -> float:
        """How mixed the feed is; see `Reader.variety`."""
        kept = self.store.setting("variety", USUAL_VARIETY)
        is_fit = isinstance(kept, int | float) and not isinstance(kept, bool) and 0 <= kept <= 1
        return float(kept) if is_fit else USUAL_VARIETY  # type: ignore[arg-type]

    @variety.setter
    def variety(self, value: float) -> None:
        if not 0 <= value <= 1:
            raise ValueError(f"variety {value}; give 0 to 1")
        self.store.set_setting("variety", value, orders=True)

    def to_document(self) -> dict[str, object]:
        """Everything, as open JSON; see docs/profile.md."""
        return export_profile(self.store)

    def replace_by(self, document: bytes) -> None:
        """Put an exported profile in the place of this one; see `Reader.import_profile`."""
        with self._deleting():
            import_profile(self.store, document)
        self._change("all")

    def remember_list(self, article_ids: Sequence[str], terminal: str, origin: Origin = Origin.ELSEWHERE) -> None:
        """Keep what the numbers of a terminal's list stand for; see `Reader.remember_list`."""
        self.store.set_list(terminal, article_ids, origin)

    def origin_of(self, article_id: str, terminal: str) -> Origin:
        """What list an article stands in; see `Reader.origin_of`."""
        ids, _ = self.store.last_list(terminal) or ([], "")
        return self.store.list_origin(terminal) if article_id in ids else Origin.ELSEWHERE

    def forget_numbers(self, terminal: str) -> None:
        """The list that is shown now has none; see `Reader.forget_numbers`."""
        self.store.forget_numbers(terminal)

    def listed(self, number: int, terminal: str) -> str:
        """The id of the article that a terminal's last list showed with a number; see `Reader.listed`."""
        last = self.store.last_list(terminal)
        if self.private or (last and not last[0]):
            raise UnknownArticleError("the list shown has no numbers: name an article by its id")
        if last is None:
            fact = f"no article {number} in the last list: none was shown in this terminal"
            raise UnknownArticleError(fact, Remedy.LIST_ARTICLES)
        if not 1 <= number <= len(last[0]):
            known = f"which has {len(last[0])}"
            raise UnknownArticleError(f"no article {number} in the last list, {known}", Remedy.LIST_ARTICLES)
        return last[0][number - 1]

    def remember_named(self, article_id: str, terminal: str) -> None:
        """Keep which article was named last; see `Reader.remember_named`."""
        _, named = self.store.last_list(terminal) or ([], "")
        if named != article_id:
            self.store.set_named(terminal, article_id)

    def last_named(self, terminal: str) -> str:
        """The id of the article that was named last; see `Reader.last_named`."""
        _, named = (not self.private and self.store.last_list(terminal)) or ([], "")
        if not named:
            raise UnknownArticleError("no article was named before in this terminal", Remedy.LIST_ARTICLES)
        return named

    def erase(self) -> None:
        """Forget everything; what was learned is forgotten with it."""
        try:
            self.store.erase()
        except StorageError:
            # The rows may be gone all the same, where only the file could not be written anew.
            self._half_erasures += 1
            raise
        finally:
            self._change("all")


class LearnedProfile:
    """What was learned from a profile, made when it is asked for and kept in step with profile and cache."""

    def __init__(self, profile: ReaderProfile, begin: Callable[[], ReaderModel]) -> None:
        """Know nothing yet.

        Args:
            profile: To learn from.
            begin: Gives a model that knows nothing.
        """
        self._profile = profile
        self._begin = begin
        self._model: ReaderModel | None = None
        self._known = Revision()  # what the model has caught up with, but for the lists
        self._last_event = 0  # number of the last one that was learned
        self._shown: list[Shown] = []
        self._shown_ids: set[str] = set()
        self._last_shown = 0
        self._known_shown = -1  # revision
        self._rows: CachedRows | None = None  # in which the shown articles were found

    def opinions(self) -> Mapping[str, Opinion]:
        """What the reader did with each article, by its id."""
        return self._caught_up().opinions

    def model(self, rows: CachedRows) -> ReaderModel:
        """The reader as the profile says by now.

        Events are learned once. Only what cannot be added, such as an event that was taken back, makes it begin anew.

        Args:
            rows: The cache.
        """
        # An error on the way leaves nothing half learned.
        model, self._model = self._caught_up(), None
        self._learn_lists(model, rows)
        self._model = model
        return model

    def lists_to_keep(self) -> bytes:
        """See `ReaderModel.lists_to_keep`; nothing where something of the profile has gone since."""
        model = self._model
        return model.lists_to_keep() if model and self._profile.revision.all == self._known.all else b""

    def _caught_up(self) -> ReaderModel:
        """A model that has learned everything but the lists that were shown."""
        revision, known = self._profile.revision, self._known
        model, self._model = self._model, None
        is_new = model is None or revision.all != known.all or len(self._shown) > _MOST_SHOWN
        if model is None or is_new:
            model, self._last_event = self._begin(), 0
            self._forget_lists()
        store = self._profile.store
        if is_new:
            model.drop_words(self._profile.dropped_words())
        if is_new or revision.picks != known.picks:
            follows = [rule for rule in store.rules() if rule.effect is RuleEffect.FOLLOW]
            model.pick_topics(store.picks(), [rule.value for rule in follows if rule.kind is RuleKind.TOPIC])
        if is_new or revision.searches != known.searches:
            model.take_searches(store.searches()[::-1])
        if is_new or revision.events != known.events:
            for event in store.events(after=self._last_event):
                model.record(event)
                self._last_event = event.number
        # After the events: an open takes away only a mark from before it.
        if is_new or revision.marks != known.marks:
            model.take_marks(store.read_marks())
        self._model, self._known = model, revision
        return model

    def _learn_lists(self, model: ReaderModel, rows: CachedRows) -> None:
        more: list[Shown] = []
        if self._known_shown != self._known.shown:
            more, self._last_shown = self._profile.store.shown_after(self._last_shown)
            self._shown += more
            self._shown_ids.update(item.article_id for item in more)
            self._known_shown = self._known.shown
        if self._rows is None or (rows is not self._rows and self._touches_shown(self._rows, rows)):
            model.take_shown(self._shown, rows)
        elif more:
            model.record_shown(more, rows)
        self._rows = rows

    def _touches_shown(self, before: CachedRows, rows: CachedRows) -> bool:
        """Whether an article that was shown has changed, come or gone since, so that it teaches otherwise."""
        runs, fresh = rows.kept_from(before)
        is_gone = np.ones(len(before), bool)
        for was, _ in runs:
            is_gone[was] = False
        touched = (*(rows.article_ids[place] for place in fresh), *compress(before.article_ids, is_gone))
        return not self._shown_ids.isdisjoint(touched)

    def _forget_lists(self) -> None:
        self._shown, self._shown_ids = [], set()
        self._last_shown, self._known_shown, self._rows = 0, -1, None
