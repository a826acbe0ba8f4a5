"""The profile: what the reader did and asked for, on this device alone. It keeps its own copy of each article's text,
so that interests outlive the cache and a new bundle can read them anew."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from edge_runtime.errors import Remedy, UnknownEntryError
from edge_runtime.sentences import Sentence
from edge_runtime.storage import editions as edition_rows
from edge_runtime.storage import outbox, trial_rows
from edge_runtime.storage import profile_rows as rows
from edge_runtime.storage.database import (
    changes_elsewhere,
    one_look,
    open_database,
    remove_backups,
    transaction,
    vacuum,
)
from edge_runtime.storage.judgements import Judged, judge, marks
from edge_runtime.storage.profile_schema import MIGRATIONS, m001_create_events
from edge_runtime.types import (
    Article,
    ArticleMarks,
    Edition,
    Event,
    Origin,
    ReadMark,
    Rule,
    RuleKind,
    Search,
    SentPush,
    Shown,
    Signal,
)
from edge_runtime.worth.lists import ELSEWHERE, Trial
from edge_runtime.worth.trials import Worth

__all__ = ["ProfileContents", "ProfileLimits", "ProfileStore", "m001_create_events"]


@dataclass(frozen=True, slots=True)
class ProfileLimits:
    """How many of each a profile keeps; of more, the oldest go."""

    events: int = 10_000  # beside saves, which stay until they are taken back
    searches: int = 1_000
    shown: int = 5_000
    pushes: int = 1_000
    read_marks: int = 40_000  # twice as many as articles in a full cache
    changes: int = 100  # of rules, picks and what was taken back, that can be undone
    lists: int = 50  # the last one of so many terminals


@dataclass(frozen=True, slots=True)
class ProfileContents:
    """Everything a profile keeps but what can be undone and the last lists of terminals; oldest first."""

    events: Sequence[Event] = ()
    rules: Sequence[Rule] = ()  # by kind and value
    searches: Sequence[Search] = ()
    shown: Sequence[Shown] = ()
    pushes: Sequence[SentPush] = ()
    picks: Sequence[str] = ()
    settings: Mapping[str, object] = field(default_factory=dict)
    read_marks: Sequence[ReadMark] = ()  # one for each article
    worth: Worth | None = None  # what votes say of the order; None before the first trial


class ProfileStore:
    """`profile.db` in the data directory. Times are kept in whole seconds.

    Every method that writes raises StorageError, and then nothing is changed; what it wrote is on the disk when it
    returns. One that deletes also raises it where the rows are gone, but copies of them in old backups or in free pages
    are not.
    """

    def __init__(self, path: Path, limits: ProfileLimits = ProfileLimits()) -> None:
        """Open or create it; see `open_database` for errors."""
        self._path = path
        self._limits = limits
        self._db = open_database(path, MIGRATIONS, backup=True)

    @property
    def notices(self) -> tuple[str, ...]:
        """What the reader should be told of opening the file."""
        return self._db.notices

    def one_look(self) -> AbstractContextManager[None]:
        """See `database.one_look`."""
        return one_look(self._db)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def record(self, article: Article, signal: Signal, at: datetime, dwell_s: float = 0.0) -> None:
        """Keep what the reader did with an article."""
        self.record_all([Event(article, signal, at, dwell_s)])

    def record_all(self, events: Sequence[Event]) -> None:
        """Keep events in the order given, all or none; their numbers are not looked at.

        Of more than `ProfileLimits.events` that are not saves, the oldest go.

        Raises:
            ValueError: `dwell_s` is below 0 or not finite.
        """
        with self._writing():
            rows.insert_events(self._db, events, self._limits.events)

    def record_opened(self, event: Event, bundle: int) -> None:
        """Keep that an article was opened from the feed, which may be a vote; see `trial_rows.open_from_feed`."""
        with self._writing():
            rows.insert_events(self._db, [event], self._limits.events)
            at_s = int(event.at.timestamp())
            trial_rows.open_from_feed(self._db, event.article.article_id, at_s, bundle)

    def trial(self) -> Trial | None:
        """What is kept to find out whether the order helps; None before enough was opened."""
        with self._reading():
            return trial_rows.trial(self._db)

    def change_trial(self, change: Callable[[Trial], Trial]) -> None:
        """Keep what becomes of the trial, if there is one."""
        with self._writing():
            before = trial_rows.trial(self._db)
            if before and (after := change(before)) != before:
                trial_rows.put_trial(self._db, after)

    def events(self, after: int = 0) -> list[Event]:
        """Every event beyond a number, with its own, oldest first."""
        with self._reading():
            return rows.events(self._db, after)

    def saved_ids(self) -> frozenset[str]:
        """Ids of the articles that were saved; nothing has to be learned for it."""
        with self._reading():
            return rows.saved_ids(self._db)

    def read_ids(self) -> frozenset[str]:
        """Ids of what was opened or marked as read, but for what was marked as unread since; nothing is learned."""
        with self._reading():
            return rows.read_ids(self._db)

    def delete_event(self, number: int) -> Event:
        """Take back one event, which is returned.

        Raises:
            UnknownEntryError: There is no such number.
        """
        with self._writing():
            event = rows.take_event(self._db, number)
        remove_backups(self._path)
        return event

    def judge(self, event: Event) -> Judged:
        """Keep a like or a dislike in the place of earlier ones of the article; of the same nothing is written."""
        with self._writing():
            judged = judge(self._db, event, self._limits.events, self._limits.changes)
        if judged is Judged.REPLACED:
            remove_backups(self._path)
        return judged

    def marks(self, article_ids: Sequence[str]) -> list[ArticleMarks]:
        """What lists say of articles, in the order asked for; nothing has to be learned for it."""
        with self._reading():
            return marks(self._db, article_ids)

    def take_back(self, article_id: str, *signals: Signal) -> None:
        """Take every event of an article with some signals out, as if it had not been; `undo` brings them back.

        Raises:
            UnknownEntryError: There is none.
        """
        self.take_back_all([article_id], *signals)

    def take_back_all(self, article_ids: Sequence[str], *signals: Signal) -> None:
        """Do as `take_back` for each of several articles, for all or none; `undo` brings back one after the other.

        Raises:
            UnknownEntryError: There is nothing of one of them.
        """
        with self._writing():
            for article_id in article_ids:
                taken = rows.take_back(self._db, article_id, *signals)
                if not taken:
                    raise UnknownEntryError(
                        Sentence(
                            "nothing to take back: no {signal} of article {name}",
                            signal=" or ".join(signals),
                            name=repr(article_id),
                        )
                    )
                before = [rows.event_row(event) for event in taken]
                rows.insert_change(self._db, "taken back", before, None, self._limits.changes)
        remove_backups(self._path)

    def bring_back(self, article_id: str) -> None:
        """Put in again what `take_back` took of an article last.

        Raises:
            UnknownEntryError: It took nothing, or that is no longer known.
        """
        with self._writing():
            rows.bring_back(self._db, article_id)

    def undo(self) -> Event | Search | Rule | tuple[str, ...]:
        """Take back the latest thing the reader did; called again, the one before it.

        Returns:
            The event or search that is no longer there, or the event that `take_back` took and that is back; the rule
            that was set, and is now as it was before, or that was dropped, and is now back; the picks that were set,
            and are now as they were before.

        Raises:
            UnknownEntryError: Nothing was done since the beginning, the last erasing or the last import.
        """
        with self._writing():
            undone = rows.undo(self._db)
        remove_backups(self._path)
        return undone

    def rules(self) -> list[Rule]:
        """Every rule, by kind and value."""
        with self._reading():
            return rows.rules(self._db)

    def set_rule(self, rule: Rule) -> None:
        """Keep a rule; it takes the place of the one of its kind and value, as `compare_text.fold` spells it.

        Raises:
            ValueError: The value is empty.
        """
        with self._writing():
            before = rows.find_rule(self._db, rule.kind, rule.value)
            rows.put_rule(self._db, rule)
            rows.insert_change(
                self._db, "rule", before and rows.rule_row(before), rows.rule_row(rule), self._limits.changes
            )

    def drop_rule(self, kind: RuleKind, value: str) -> Rule:
        """Take a rule away, which is returned.

        Raises:
            UnknownEntryError: There is none of this kind and value.
        """
        with self._writing():
            rule = rows.find_rule(self._db, kind, value)
            if rule is None:
                raise UnknownEntryError(
                    Sentence("no rule for the {kind} {name}", kind=str(kind), name=repr(value)), Remedy.LIST_PROFILE
                )
            rows.delete_rule(self._db, rule)
            rows.insert_change(self._db, "rule", rows.rule_row(rule), None, self._limits.changes)
        return rule

    def searches(self) -> list[Search]:
        """What the reader looked for, newest first."""
        with self._reading():
            return rows.searches(self._db)[::-1]

    def record_search(self, query: str, at: datetime) -> None:
        """Keep what the reader looked for; of more than `ProfileLimits.searches` the oldest go."""
        with self._writing():
            rows.insert_searches(self._db, [Search(query, at)], self._limits.searches)

    def delete_search(self, number: int) -> Search:
        """Take back one search, which is returned.

        Raises:
            UnknownEntryError: There is no such number.
        """
        with self._writing():
            search = rows.take_search(self._db, number)
        remove_backups(self._path)
        return search

    def shown(self) -> list[Shown]:
        """What was put before the reader, oldest first: one for each article and day."""
        with self._reading():
            return rows.shown(self._db)

    def shown_after(self, number: int) -> tuple[list[Shown], int]:
        """What was put before the reader beyond a number, oldest first, and the number of the last."""
        with self._reading():
            return rows.shown_after(self._db, number)

    def record_shown(self, shown: Sequence[Shown]) -> None:
        """Keep what was put before the reader; of an article, the first of each day (UTC) counts.

        Of more than `ProfileLimits.shown` the oldest go.

        Raises:
            ValueError: A score is not finite.
        """
        with self._writing():
            rows.insert_shown(self._db, shown, self._limits.shown)

    def read_marks(self) -> list[ReadMark]:
        """What the reader marked as read or unread, the latest last; one mark for each article."""
        with self._reading():
            return rows.read_marks(self._db)

    def mark_read(self, marks: Sequence[ReadMark]) -> None:
        """Keep marks in the place of earlier ones; of more than `ProfileLimits.read_marks` the oldest go."""
        with self._writing():
            rows.put_read_marks(self._db, marks, self._limits.read_marks)

    def set_upstreams(self, accounts: Collection[int]) -> None:
        """Queue marks for these accounts of `feeds.db` from now on, and for no others; written where it changes."""
        with self._reading():
            known = {account for (account,) in self._db.execute("SELECT account FROM upstreams")}
        if known != set(accounts):
            with self._writing():
                outbox.set_upstreams(self._db, accounts)

    def waiting_marks(self, account: int) -> list[outbox.OutMark]:
        """Marks that an account's server has not been told of, oldest first."""
        with self._reading():
            return outbox.waiting(self._db, account)

    def drop_waiting(self, account: int, numbers: Collection[int]) -> None:
        """These were told, or are no longer to be."""
        with self._writing():
            outbox.drop(self._db, account, numbers)

    def queue_marks(self, account: int, marks: Sequence[tuple[str, outbox.MarkKind, bool]], at: datetime) -> None:
        """Let a server be told of marks that were made before its account was known here."""
        with self._writing():
            outbox.queue(self._db, account, marks, int(at.timestamp()))

    def take_marks(
        self, account: int, marks: Sequence[ReadMark], saves: Sequence[Event], unsaved: Sequence[str]
    ) -> int:
        """Keep what an account's server says, all or nothing; it is not told to it again.

        A deed of here that waits to be told stays as it is.

        Args:
            account: Its number.
            marks: What is read and unread there.
            saves: With Signal.SAVE.
            unsaved: Ids of articles.

        Returns:
            How many saves were taken back.
        """
        with self._writing(), outbox.unechoed(self._db, account):
            waiting = {(one.article_id, one.kind) for one in outbox.waiting(self._db, account)}
            saved = rows.saved_ids(self._db)
            left = [one for one in marks if (one.article_id, outbox.MarkKind.READ) not in waiting]
            rows.put_read_marks(self._db, left, self._limits.read_marks)
            new = [one for one in saves if one.article.article_id not in saved]
            new = [one for one in new if (one.article.article_id, outbox.MarkKind.SAVED) not in waiting]
            rows.insert_events(self._db, new, self._limits.events)
            gone = [name for name in unsaved if name in saved and (name, outbox.MarkKind.SAVED) not in waiting]
            for name in gone:
                before = [rows.event_row(event) for event in rows.take_back(self._db, name, Signal.SAVE)]
                rows.insert_change(self._db, "taken back", before, None, self._limits.changes)
        if gone:
            remove_backups(self._path)
        return len(gone)

    def editions(self) -> list[Edition]:
        """What the feed was at some times, newest first."""
        with self._reading():
            return edition_rows.editions(self._db)

    def keep_edition(self, edition: Edition, oldest: datetime) -> None:
        """Keep what the feed is now, and forget those from before a time.

        Raises:
            ValueError: There is one of the same second.
        """
        with self._writing():
            edition_rows.put_edition(self._db, edition, oldest)

    def pushes(self) -> list[SentPush]:
        """Notifications that were sent, oldest first."""
        with self._reading():
            return rows.pushes(self._db)

    def record_pushes(
        self, pushes: Sequence[SentPush], shift_s: int = 0, settings: Mapping[str, object] | None = None
    ) -> None:
        """Keep that notifications were sent; of more than `ProfileLimits.pushes` the oldest go.

        Args:
            pushes: The new ones.
            shift_s: Seconds to move the times of all earlier ones by, as after the clock was set.
            settings: To be kept along with them, or not at all.

        Raises:
            ValueError: A probability is outside of 0 to 1.
        """
        with self._writing():
            self._db.execute("UPDATE pushes SET at = at + ?", (shift_s,))
            rows.insert_pushes(self._db, pushes, self._limits.pushes)
            trial_rows.leave_out(self._db, [push.article_id for push in pushes])
            rows.put_settings(self._db, settings or {})

    def picks(self) -> tuple[str, ...]:
        """Topics that the reader asked for, in alphabetic order."""
        with self._reading():
            return rows.picks(self._db)

    def set_picks(self, topics: Sequence[str]) -> None:
        """Ask for these topics and no others."""
        with self._writing():
            before = rows.picks(self._db)
            rows.put_picks(self._db, topics)
            rows.insert_change(self._db, "picks", before, rows.picks(self._db), self._limits.changes)

    def setting(self, name: str, default: object) -> object:
        """A setting's value, or the default if it was never set."""
        with self._reading():
            return rows.settings(self._db).get(name, default)

    def set_setting(self, name: str, value: object, *, orders: bool = False) -> None:
        """Keep a setting; that is nothing to be undone.

        Args:
            name: Of the setting.
            value: What JSON can say.
            orders: Whether articles are ordered by it, so that no list made before it is shown again.

        Raises:
            ValueError: A number in it is not finite.
            TypeError: JSON has nothing like the value.
        """
        with self._writing():
            rows.put_settings(self._db, {name: value})
            if orders:
                self._db.execute("DELETE FROM first_screen")

    def last_list(self, terminal: str) -> tuple[list[str], str] | None:
        """The ids of a terminal's last list, and of the article that was named there last, "" if none was.

        None before the first list. A list without ids is one that has no numbers.
        """
        with self._reading():
            return rows.last_list(self._db, terminal)

    def list_origin(self, terminal: str) -> Origin:
        """What the last list of a terminal was one of."""
        with self._reading():
            return rows.list_origin(self._db, terminal)

    def set_list(self, terminal: str, article_ids: Sequence[str], origin: Origin = Origin.ELSEWHERE) -> None:
        """Keep what the numbers of a terminal's last list stand for; of more terminals than the limit the oldest go."""
        with self._writing():
            _, named = rows.last_list(self._db, terminal) or ([], "")
            rows.put_list(self._db, terminal, article_ids, named, origin, self._limits.lists)

    def set_named(self, terminal: str, article_id: str) -> None:
        """Keep which article was named last in a terminal."""
        with self._writing():
            article_ids, _ = rows.last_list(self._db, terminal) or ([], "")
            origin = rows.list_origin(self._db, terminal)
            rows.put_list(self._db, terminal, article_ids, article_id, origin, self._limits.lists)

    def forget_numbers(self, terminal: str) -> None:
        """The list that a terminal shows now has no numbers; nothing is written where the one before had none."""
        article_ids, _ = self.last_list(terminal) or ([], "")
        if article_ids:
            self.set_list(terminal, [])

    def forget_lists(self) -> None:
        """Forget the last lists of all terminals."""
        with self._writing():
            self._db.execute("DELETE FROM lists")

    def first_screen(self) -> tuple[str, int]:
        """What `set_first_screen` kept; "" if nothing is, or the profile orders articles otherwise by now."""
        with self._reading():
            return rows.first_screen(self._db)

    def set_first_screen(self, document: str, cache: int, state: tuple[int, int]) -> None:
        """Keep a list as JSON until something in the profile that orders articles changes.

        Args:
            document: See `edge_runtime.cli.first_screen`.
            cache: The cache's number of changes before the list was made.
            state: That of before the list was made; if it is another one by now, nothing is kept.
        """
        with self._writing():
            if self._state() == state:
                rows.put_first_screen(self._db, document, cache)

    def state(self) -> tuple[int, int]:
        """Numbers of which one is another after any change, by this object or by another program."""
        with self._reading():
            return self._state()

    def _state(self) -> tuple[int, int]:
        (elsewhere,) = self._db.execute("PRAGMA data_version").fetchone()
        return int(elsewhere), self._db.total_changes

    def changes_elsewhere(self) -> int:
        """A number that is another one after a change that was not made by this object, but by another process say."""
        return changes_elsewhere(self._db, self._path)

    def erasures(self) -> int:
        """Another number after an erasing by any program: SQLite counts how often it writes a file anew."""
        with self._reading():
            (number,) = self._db.execute("PRAGMA schema_version").fetchone()
        return int(number)

    def contents(self) -> ProfileContents:
        """Everything that is kept, as it was at one moment."""
        with self._reading():
            return ProfileContents(
                rows.events(self._db),
                rows.rules(self._db),
                rows.searches(self._db),
                rows.shown(self._db),
                rows.pushes(self._db),
                rows.picks(self._db),
                rows.settings(self._db),
                rows.read_marks(self._db),
                trial.worth if (trial := trial_rows.trial(self._db)) else None,
            )

    def replace(self, contents: ProfileContents) -> None:
        """Put this in the place of everything that was kept, all or nothing. What was before is not undone.

        Raises:
            ValueError: As for the methods that record each of them.
        """
        with self._writing():
            rows.clear(self._db)
            rows.insert_events(self._db, contents.events, self._limits.events)
            for rule in sorted(contents.rules, key=lambda rule: rule.at):  # of two that compare alike the later stays
                rows.put_rule(self._db, rule)
            rows.insert_searches(self._db, contents.searches, self._limits.searches)
            rows.insert_shown(self._db, contents.shown, self._limits.shown)
            rows.put_read_marks(self._db, contents.read_marks, self._limits.read_marks)
            rows.insert_pushes(self._db, contents.pushes, self._limits.pushes)
            rows.put_picks(self._db, contents.picks)
            rows.put_settings(self._db, contents.settings)
            if contents.worth:
                trial_rows.put_trial(self._db, trial_rows.new_trial(contents.worth, ELSEWHERE))
            self._db.execute("DELETE FROM outbox")  # what was read long ago is no news to a server
            rows.insert_change(self._db, "replaced", None, None, self._limits.changes)
        remove_backups(self._path)

    def erase(self) -> None:
        """Delete everything and leave none of its bytes in the profile's files: database, journal, backups.

        Flash memory may keep old blocks of its own, which only an encrypted disk makes unreadable.
        """
        with self._writing():
            rows.clear(self._db)
        remove_backups(self._path)
        vacuum(self._db, self._path)

    def _reading(self) -> AbstractContextManager[None]:
        return transaction(self._db, self._path, write=False)

    def _writing(self) -> AbstractContextManager[None]:
        return transaction(self._db, self._path)
