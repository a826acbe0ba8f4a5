"""The profile's values as rows of its tables, and back. Each function runs inside a transaction of its caller."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from edge_runtime.content.compare_text import fold
from edge_runtime.errors import Remedy, UnknownEntryError
from edge_runtime.sentences import Sentence
from edge_runtime.storage.article_columns import article_from, article_row
from edge_runtime.storage.trial_rows import TABLES
from edge_runtime.types import Event, Origin, ReadMark, Rule, RuleEffect, RuleKind, Search, SentPush, Shown, Signal

_EVENT = "article_id, title, abstract, category, source, url, language, published, signal, at, dwell_s"
_TABLES = (
    *("events", "rules", "searches", "changes", "shown", "read_marks", "pushes", "picks", "settings"),
    *("lists", "first_screen", "editions", *TABLES),
    "outbox",  # after what fills it as it goes
)
_DAY_S = 86_400
# A change of this kind was made along with the event that has the next number, and is undone with it.
REPLACED_JUDGEMENT = "replaced judgement"


def events(db: sqlite3.Connection, after: int = 0) -> list[Event]:
    """Events beyond a number, oldest first."""
    query = f"SELECT {_EVENT}, number FROM events WHERE number > ? ORDER BY number"
    return [_event_from(row) for row in db.execute(query, (after,))]


def saved_ids(db: sqlite3.Connection) -> frozenset[str]:
    """Ids of the articles that were saved."""
    return frozenset(name for (name,) in db.execute("SELECT article_id FROM events WHERE signal = 'save'"))


def read_ids(db: sqlite3.Connection) -> frozenset[str]:
    """Ids of the articles that were opened or marked as read, and not marked as unread."""
    query = """SELECT article_id FROM events WHERE signal IN ('open', 'dwell') UNION
        SELECT article_id FROM read_marks WHERE is_read EXCEPT SELECT article_id FROM read_marks WHERE NOT is_read"""
    return frozenset(name for (name,) in db.execute(query))


def insert_events(db: sqlite3.Connection, given: Sequence[Event], most: int) -> None:
    """Add as the latest of the profile; of more than `most` that are not saves, the oldest go.

    Who opens an article reads it, so an open takes a mark "unread" away.
    """
    for event in given:
        if not 0 <= event.dwell_s < math.inf:
            raise ValueError(f"dwell_s: {event.dwell_s}; give seconds, 0 or more")
    numbered = enumerate(given, start=_next_number(db))
    db.executemany(
        f"INSERT INTO events ({_EVENT}, number) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
        [event_row(replace(event, number=number)) for number, event in numbered],
    )
    opened = [(event.article.article_id,) for event in given if event.signal in (Signal.OPEN, Signal.DWELL)]
    db.executemany("DELETE FROM read_marks WHERE article_id = ? AND NOT is_read", opened)
    db.execute(
        """DELETE FROM events WHERE number IN (
            SELECT number FROM events WHERE signal != 'save' ORDER BY number DESC LIMIT -1 OFFSET ?)""",
        (most,),
    )


def take_event(db: sqlite3.Connection, number: int) -> Event:
    """Delete one event and return it.

    Raises:
        UnknownEntryError: It is not there.
    """
    row = db.execute(f"SELECT {_EVENT}, number FROM events WHERE number = ?", (number,)).fetchone()
    if row is None:
        raise UnknownEntryError(Sentence("no event {number} in the profile", number=number), Remedy.LIST_PROFILE)
    db.execute("DELETE FROM events WHERE number = ?", (number,))
    return _event_from(row)


def rules(db: sqlite3.Connection) -> list[Rule]:
    """Every follow and mute, sorted by kind and value."""
    return [_rule_from(row) for row in db.execute("SELECT kind, value, effect, at FROM rules ORDER BY kind, key")]


def find_rule(db: sqlite3.Connection, kind: RuleKind, value: str) -> Rule | None:
    """The rule of a kind and value, if there is one."""
    query = "SELECT kind, value, effect, at FROM rules WHERE kind = ? AND key = ?"
    row = db.execute(query, (kind.value, fold(value))).fetchone()
    return row and _rule_from(row)


def put_rule(db: sqlite3.Connection, rule: Rule) -> None:
    """Keep a rule instead of the one of its kind and value."""
    key = fold(rule.value)
    if not key:
        raise ValueError(f"rule about a {rule.kind}: an empty value; name one")
    db.execute("INSERT OR REPLACE INTO rules (kind, value, effect, at, key) VALUES (?,?,?,?,?)", (*rule_row(rule), key))


def delete_rule(db: sqlite3.Connection, rule: Rule) -> None:
    """Delete the rule of this kind and value, if there is one."""
    db.execute("DELETE FROM rules WHERE kind = ? AND key = ?", (rule.kind.value, fold(rule.value)))


def searches(db: sqlite3.Connection) -> list[Search]:
    """What the reader looked for, oldest first."""
    return [_search_from(row) for row in db.execute("SELECT query, at, number FROM searches ORDER BY number")]


def insert_searches(db: sqlite3.Connection, given: Sequence[Search], most: int) -> None:
    """Add as the latest of the profile; of more than `most` the oldest go."""
    numbered = enumerate(given, start=_next_number(db))
    rows = [(search.query, _seconds(search.at), number) for number, search in numbered]
    db.executemany("INSERT INTO searches (query, at, number) VALUES (?,?,?)", rows)
    _trim(db, "searches", most)


def take_search(db: sqlite3.Connection, number: int) -> Search:
    """Delete one search and return it.

    Raises:
        UnknownEntryError: It is not there.
    """
    row = db.execute("SELECT query, at, number FROM searches WHERE number = ?", (number,)).fetchone()
    if row is None:
        raise UnknownEntryError(Sentence("no search {number} in the profile", number=number), Remedy.LIST_PROFILE)
    db.execute("DELETE FROM searches WHERE number = ?", (number,))
    return _search_from(row)


def shown(db: sqlite3.Connection) -> list[Shown]:
    """What was put before the reader, oldest first."""
    return shown_after(db, 0)[0]


def shown_after(db: sqlite3.Connection, number: int) -> tuple[list[Shown], int]:
    """What was put before the reader beyond a number, oldest first, and the number of the last."""
    query = "SELECT article_id, score, at, learned, number FROM shown WHERE number > ? ORDER BY number"
    found = db.execute(query, (number,)).fetchall()
    return [Shown(name, score, _time(at), learned) for name, score, at, learned, _ in found], (
        found[-1][-1] if found else number
    )


def insert_shown(db: sqlite3.Connection, given: Sequence[Shown], most: int) -> None:
    """Add what was not yet shown on its day; of more than `most` the oldest go."""
    for one in given:
        if not (math.isfinite(one.score) and math.isfinite(one.learned)):
            raise ValueError(f"score of {one.article_id!r}: {one.score}, {one.learned}; give finite numbers")
    rows = [(one.article_id, _seconds(one.at) // _DAY_S, one.score, _seconds(one.at), one.learned) for one in given]
    db.executemany("INSERT OR IGNORE INTO shown (article_id, day, score, at, learned) VALUES (?,?,?,?,?)", rows)
    _trim(db, "shown", most)


def read_marks(db: sqlite3.Connection) -> list[ReadMark]:
    """What was marked as read or unread, the latest last; one mark for each article."""
    rows = db.execute("SELECT article_id, is_read, at FROM read_marks ORDER BY number")
    return [ReadMark(article_id, bool(is_read), _time(at)) for article_id, is_read, at in rows]


def put_read_marks(db: sqlite3.Connection, given: Sequence[ReadMark], most: int) -> None:
    """Keep marks in the place of those of the same articles; of more than `most` the oldest go."""
    db.executemany("DELETE FROM read_marks WHERE article_id = ?", [(mark.article_id,) for mark in given])
    rows = [(mark.article_id, mark.is_read, _seconds(mark.at)) for mark in given]
    db.executemany("INSERT OR REPLACE INTO read_marks (article_id, is_read, at) VALUES (?,?,?)", rows)
    _trim(db, "read_marks", most)


def take_back(db: sqlite3.Connection, article_id: str, *signals: Signal) -> list[Event]:
    """Delete every event of an article with some signals, and return them, oldest first."""
    which = f"article_id = ? AND signal IN ({', '.join('?' * len(signals))})"
    query = f"SELECT {_EVENT}, number FROM events WHERE {which} ORDER BY number"
    found = [_event_from(row) for row in db.execute(query, (article_id, *(one.value for one in signals)))]
    db.executemany("DELETE FROM events WHERE number = ?", [(event.number,) for event in found])
    return found


def bring_back(db: sqlite3.Connection, article_id: str) -> None:
    """Undo the latest change that took events of an article back.

    Raises:
        UnknownEntryError: There is none.
    """
    for number, before in db.execute(
        "SELECT number, before FROM changes WHERE kind = 'taken back' ORDER BY number DESC"
    ).fetchall():
        if json.loads(before)[0][0] == article_id:
            _undo_change(db, number, "taken back")
            return
    raise UnknownEntryError(Sentence("nothing of article {name} was taken back", name=repr(article_id)))


def event_row(event: Event) -> tuple[str | int | float | None, ...]:
    """An event as the table and `undo` keep it."""
    return (*article_row(event.article), event.signal.value, _seconds(event.at), event.dwell_s, event.number)


def pushes(db: sqlite3.Connection) -> list[SentPush]:
    """Notifications that were sent, oldest first."""
    rows = db.execute("SELECT article_id, story, probability, at FROM pushes ORDER BY number")
    return [SentPush(article_id, story, probability, _time(at)) for article_id, story, probability, at in rows]


def insert_pushes(db: sqlite3.Connection, given: Sequence[SentPush], most: int) -> None:
    """Add as the latest; of more than `most` the oldest go."""
    for push in given:
        if not 0 <= push.probability <= 1:
            raise ValueError(f"probability of {push.article_id!r}: {push.probability}; give 0 to 1")
    rows = [(push.article_id, push.story, push.probability, _seconds(push.at)) for push in given]
    db.executemany("INSERT INTO pushes (article_id, story, probability, at) VALUES (?,?,?,?)", rows)
    _trim(db, "pushes", most)


def picks(db: sqlite3.Connection) -> tuple[str, ...]:
    """Topics that the reader asked for, in alphabetic order."""
    return tuple(topic for (topic,) in db.execute("SELECT topic FROM picks ORDER BY topic"))


def put_picks(db: sqlite3.Connection, topics: Iterable[str]) -> None:
    """Keep these topics and no others."""
    db.execute("DELETE FROM picks")
    db.executemany("INSERT OR IGNORE INTO picks VALUES (?)", [(topic,) for topic in topics])


def settings(db: sqlite3.Connection) -> dict[str, object]:
    """The value of each setting that was ever set, by the setting's name."""
    return {name: json.loads(value) for name, value in db.execute("SELECT name, value FROM settings ORDER BY name")}


def put_settings(db: sqlite3.Connection, given: Mapping[str, object]) -> None:
    """Keep settings instead of those of the same names."""
    rows = [(name, json.dumps(value, allow_nan=False)) for name, value in given.items()]
    db.executemany("INSERT OR REPLACE INTO settings (name, value) VALUES (?,?)", rows)


def last_list(db: sqlite3.Connection, terminal: str) -> tuple[list[str], str] | None:
    """The ids of a terminal's last list, and of the article that was named there last; None before the first."""
    row = db.execute("SELECT article_ids, named FROM lists WHERE terminal = ?", (terminal,)).fetchone()
    return row and (json.loads(row[0]), row[1])


def list_origin(db: sqlite3.Connection, terminal: str) -> Origin:
    """What a terminal's last list was one of."""
    row = db.execute("SELECT origin FROM lists WHERE terminal = ?", (terminal,)).fetchone()
    return Origin(row[0]) if row else Origin.ELSEWHERE


def put_list(
    db: sqlite3.Connection, terminal: str, article_ids: Sequence[str], named: str, origin: Origin, most: int
) -> None:
    """Keep a terminal's last list instead of the one before; of more than `most` terminals the oldest go."""
    db.execute("DELETE FROM lists WHERE terminal = ?", (terminal,))
    row = (terminal, json.dumps(article_ids), named, origin.value)
    db.execute("INSERT INTO lists (terminal, article_ids, named, origin) VALUES (?,?,?,?)", row)
    _trim(db, "lists", most)


def first_screen(db: sqlite3.Connection) -> tuple[str, int]:
    """The first screen, and the cache's number of changes; "" where none is kept."""
    return db.execute("SELECT document, cache FROM first_screen").fetchone() or ("", 0)


def put_first_screen(db: sqlite3.Connection, document: str, cache: int) -> None:
    """Keep a first screen instead of the one before."""
    db.execute("INSERT OR REPLACE INTO first_screen (number, document, cache) VALUES (1, ?, ?)", (document, cache))


def insert_change(db: sqlite3.Connection, kind: str, before: object, after: object, most: int) -> None:
    """What `undo` needs, if anything has changed; of more than `most` the oldest go. Tuples come back as lists."""
    if kind != "replaced" and before == after:
        return
    row = (_next_number(db), kind, json.dumps(before), json.dumps(after))
    db.execute("INSERT INTO changes (number, kind, before, after) VALUES (?,?,?,?)", row)
    _trim(db, "changes", most)


def undo(db: sqlite3.Connection) -> Event | Search | Rule | tuple[str, ...]:
    """The latest event, search or change, taken back.

    Raises:
        UnknownEntryError: There is none, or everything was replaced after it.
    """
    latest = db.execute(
        """SELECT number, kind FROM (SELECT number, 'event' AS kind FROM events
        UNION ALL SELECT number, 'search' FROM searches
        UNION ALL SELECT number, kind FROM changes) ORDER BY number DESC LIMIT 1"""
    ).fetchone()
    match latest:
        case (number, "event"):
            undone = take_event(db, number)
            along = "SELECT number FROM changes WHERE number = ? AND kind = ?"
            if db.execute(along, (number - 1, REPLACED_JUDGEMENT)).fetchone():
                _undo_change(db, number - 1, REPLACED_JUDGEMENT)
            return undone
        case (number, "search"):
            return take_search(db, number)
        case (number, str(kind)) if kind in ("rule", "picks", "taken back", REPLACED_JUDGEMENT):
            return _undo_change(db, number, kind)
    raise UnknownEntryError(Sentence("there is nothing to undo"))


def clear(db: sqlite3.Connection) -> None:
    """Delete every row; numbers begin at 1 again."""
    for table in (*_TABLES, "sqlite_sequence"):
        db.execute(f"DELETE FROM {table}")


def rule_row(rule: Rule) -> tuple[str, str, str, int]:
    """Kind, value, effect and time, as the table and `undo` keep them."""
    return rule.kind.value, rule.value, rule.effect.value, _seconds(rule.at)


def _undo_change(db: sqlite3.Connection, number: int, kind: str) -> Event | Rule | tuple[str, ...]:
    before, after = map(
        json.loads, db.execute("SELECT before, after FROM changes WHERE number = ?", (number,)).fetchone()
    )
    db.execute("DELETE FROM changes WHERE number = ?", (number,))
    if kind == "picks":
        put_picks(db, before)
        return tuple(after)
    if kind in ("taken back", REPLACED_JUDGEMENT):
        # Their numbers were not given again, so they are what they were.
        db.executemany(f"INSERT INTO events ({_EVENT}, number) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)", before)
        return _event_from(before[-1])
    changed = _rule_from(after or before)
    delete_rule(db, changed)
    if before:
        put_rule(db, _rule_from(before))
    return changed


def _next_number(db: sqlite3.Connection) -> int:
    """Of the sequence that events, searches and changes share; a number that was given is not given again."""
    (number,) = db.execute("SELECT coalesce(max(seq), 0) + 1 FROM sqlite_sequence").fetchone()
    return int(number)


def _trim(db: sqlite3.Connection, table: str, most: int) -> None:
    """Delete all rows of a table but the newest."""
    newest = f"SELECT number FROM {table} ORDER BY number DESC LIMIT -1 OFFSET ?"
    db.execute(f"DELETE FROM {table} WHERE number IN ({newest})", (most,))


def _event_from(row: Sequence[Any]) -> Event:
    signal, at, dwell_s, number = row[8:]
    return Event(article_from(row), Signal(signal), _time(at), dwell_s, number)


def _rule_from(row: Sequence[Any]) -> Rule:
    kind, value, effect, at = row
    return Rule(RuleKind(kind), value, RuleEffect(effect), _time(at))


def _search_from(row: Sequence[Any]) -> Search:
    query, at, number = row
    return Search(query, _time(at), number)


def _seconds(time: datetime) -> int:
    return int(time.timestamp())


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
