"""The tables of the profile, version by version. A step that was released is never edited."""

from __future__ import annotations

import sqlite3

from edge_runtime.content.compare_text import fold
from edge_runtime.storage.outbox import create_outbox


def m001_create_events(db: sqlite3.Connection) -> None:
    """One row for each thing the reader did."""
    db.execute(
        """CREATE TABLE events (
            number INTEGER PRIMARY KEY AUTOINCREMENT,  -- order of happening, whatever the clock said
            article_id TEXT NOT NULL,
            title TEXT NOT NULL,
            abstract TEXT NOT NULL,
            category TEXT NOT NULL,
            source TEXT NOT NULL,
            url TEXT NOT NULL,
            language TEXT NOT NULL,
            published INTEGER,
            signal TEXT NOT NULL,
            at INTEGER NOT NULL                        -- seconds UTC
        )"""
    )


def m002_create_picks(db: sqlite3.Connection) -> None:
    """Topics that the reader asked for."""
    db.execute("CREATE TABLE picks (topic TEXT NOT NULL PRIMARY KEY)")


def m003_add_dwell(db: sqlite3.Connection) -> None:
    """How long an article was read, and an index to find what is too old without reading texts."""
    db.execute("ALTER TABLE events ADD COLUMN dwell_s REAL NOT NULL DEFAULT 0")
    db.execute("CREATE INDEX events_not_saved ON events (number, signal) WHERE signal != 'save'")


def m004_create_rules_searches_and_changes(db: sqlite3.Connection) -> None:
    """What the reader asked for. Events, searches and changes draw their numbers from one sequence."""
    db.execute(
        """CREATE TABLE rules (
            kind TEXT NOT NULL,
            key TEXT NOT NULL,    -- of the value, by which values are compared
            value TEXT NOT NULL,
            effect TEXT NOT NULL,
            at INTEGER NOT NULL,  -- seconds UTC
            PRIMARY KEY (kind, key)
        )"""
    )
    db.execute(
        """CREATE TABLE searches (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            query TEXT NOT NULL,
            at INTEGER NOT NULL
        )"""
    )
    db.execute(
        """CREATE TABLE changes (                      -- what undoing needs
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL,                        -- 'rule', 'picks', or 'replaced': what came before is not undone
            before TEXT NOT NULL,                      -- JSON: a rule's columns or the picks; null if there was none
            after TEXT NOT NULL
        )"""
    )


def m005_create_shown_and_pushes(db: sqlite3.Connection) -> None:
    """What was put before the reader."""
    db.execute(
        """CREATE TABLE shown (
            number INTEGER PRIMARY KEY,
            article_id TEXT NOT NULL,
            day INTEGER NOT NULL,  -- days UTC since 1970
            score REAL NOT NULL,
            at INTEGER NOT NULL,
            learned REAL NOT NULL,
            UNIQUE (article_id, day)
        )"""
    )
    db.execute(
        """CREATE TABLE pushes (
            number INTEGER PRIMARY KEY,
            article_id TEXT NOT NULL,
            story TEXT NOT NULL,
            probability REAL NOT NULL,
            at INTEGER NOT NULL
        )"""
    )


def m006_create_settings(db: sqlite3.Connection) -> None:
    """Choices of the reader and of the program on the reader's behalf."""
    db.execute("CREATE TABLE settings (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)")  # JSON


def m007_compare_rules_without_accents(db: sqlite3.Connection) -> None:
    """Rules that were told apart by accents alone become one: the later stays."""
    rules = db.execute("SELECT kind, value, effect, at FROM rules ORDER BY at, rowid").fetchall()
    db.execute("DELETE FROM rules")
    db.executemany(
        "INSERT OR REPLACE INTO rules (kind, value, effect, at, key) VALUES (?,?,?,?,?)",
        [(*rule, fold(rule[1])) for rule in rules],
    )


def m008_create_lists(db: sqlite3.Connection) -> None:
    """The last list of each terminal; the one list of all of them, a setting before, goes."""
    db.execute(
        """CREATE TABLE lists (
            number INTEGER PRIMARY KEY,  -- order of use
            terminal TEXT NOT NULL UNIQUE,
            article_ids TEXT NOT NULL,   -- JSON; none where the list has no numbers
            named TEXT NOT NULL          -- id of the article that a command named last; empty if there was none
        )"""
    )
    db.execute("DELETE FROM settings WHERE name = 'listed'")


def m009_create_read_marks(db: sqlite3.Connection) -> None:
    """What the reader marked as read or unread; a mark says more than an open before it."""
    db.execute(
        """CREATE TABLE read_marks (
            number INTEGER PRIMARY KEY,  -- order of marking
            article_id TEXT NOT NULL UNIQUE,
            is_read INTEGER NOT NULL,
            at INTEGER NOT NULL          -- seconds UTC
        )"""
    )


def m010_create_first_screen(db: sqlite3.Connection) -> None:
    """The list that is shown again until something that orders it has changed, whoever changes it.

    What was shown is left out: lists stay as they are while nobody does anything.
    """
    db.execute(
        """CREATE TABLE first_screen (
            number INTEGER PRIMARY KEY CHECK (number = 1),
            document TEXT NOT NULL, -- JSON, see `edge_runtime.cli.first_screen`
            cache INTEGER NOT NULL  -- the cache's number of changes before the list was made
        )"""
    )
    for table in ("events", "rules", "searches", "picks", "settings", "read_marks"):
        for change in ("INSERT", "UPDATE", "DELETE"):
            row = "OLD" if change == "DELETE" else "NEW"
            which = f"WHEN {row}.name = 'private'" if table == "settings" else ""
            db.execute(
                f"CREATE TRIGGER {table}_{change.lower()}_ends_screen AFTER {change} ON {table} {which} "
                "BEGIN DELETE FROM first_screen; END"
            )


def m011_create_trial(db: sqlite3.Connection) -> None:
    """Whether the order helps the reader: votes, and the list that is voted about.

    That list is shown again until the reader says something that is to change it; an open that is gone has not been.
    """
    db.execute(
        """CREATE TABLE trial (
            number INTEGER PRIMARY KEY CHECK (number = 1),
            key BLOB NOT NULL,             -- of the coins
            bundle INTEGER NOT NULL,       -- that ranked
            since INTEGER NOT NULL,        -- seconds UTC, of the stage
            told TEXT,                     -- stage that the reader was told of
            last_list INTEGER NOT NULL,
            stage TEXT NOT NULL,           -- from here see `edge_runtime.worth.trials.Worth`
            why TEXT NOT NULL,
            trial INTEGER NOT NULL,
            wins INTEGER NOT NULL,
            losses INTEGER NOT NULL,
            lists INTEGER NOT NULL,
            opens INTEGER NOT NULL,
            watch REAL NOT NULL,
            recent_opens REAL NOT NULL,
            usual_opens REAL NOT NULL,
            ranked_lists INTEGER NOT NULL,
            last_drop INTEGER NOT NULL,
            rests INTEGER NOT NULL,
            list_at INTEGER,               -- of the list in `listed`; from here null where there is none
            list_until INTEGER,
            list_cache INTEGER,
            list_kept INTEGER
        )"""
    )
    db.execute(
        """CREATE TABLE listed (           -- the first articles of the list that was shown last
            position INTEGER PRIMARY KEY,
            article_id TEXT NOT NULL,
            pair INTEGER,
            is_ranked INTEGER NOT NULL,
            is_opened INTEGER NOT NULL
        )"""
    )
    db.execute("DELETE FROM first_screen")  # it does not say which list it is
    db.execute("ALTER TABLE lists ADD COLUMN origin TEXT NOT NULL DEFAULT 'elsewhere'")
    for table in ("rules", "picks", "events"):
        for change in ("INSERT", "UPDATE", "DELETE"):
            row = "OLD" if change == "DELETE" else "NEW"
            which = f"WHEN {row}.signal IN ('like', 'dislike')" if table == "events" else ""
            db.execute(
                f"CREATE TRIGGER {table}_{change.lower()}_renews_list AFTER {change} ON {table} {which} "
                "BEGIN UPDATE trial SET list_kept = 0 WHERE list_kept; END"
            )
    db.execute(
        "CREATE TRIGGER events_delete_takes_vote AFTER DELETE ON events WHEN OLD.signal = 'open' "
        "BEGIN UPDATE listed SET is_opened = 0 WHERE article_id = OLD.article_id; END"
    )
    for change in ("INSERT", "UPDATE", "DELETE"):
        row = "OLD" if change == "DELETE" else "NEW"
        db.execute(
            f"CREATE TRIGGER order_{change.lower()}_ends_screen AFTER {change} ON settings WHEN {row}.name = 'order' "
            "BEGIN DELETE FROM first_screen; END"
        )


def m012_create_editions(db: sqlite3.Connection) -> None:
    """What the feed of one hour was: apps of other makers show it as a feed of its own."""
    db.execute(
        """CREATE TABLE editions (
            at INTEGER NOT NULL,        -- seconds UTC, when it was made
            position INTEGER NOT NULL,  -- from 1
            article_id TEXT NOT NULL,
            reason TEXT NOT NULL,       -- in the reader's language then
            PRIMARY KEY (at, position)
        ) WITHOUT ROWID"""
    )


def m013_create_outbox(db: sqlite3.Connection) -> None:
    """Marks on their way to servers that the reader has an account on."""
    create_outbox(db)


MIGRATIONS = [
    m001_create_events,
    m002_create_picks,
    m003_add_dwell,
    m004_create_rules_searches_and_changes,
    m005_create_shown_and_pushes,
    m006_create_settings,
    m007_compare_rules_without_accents,
    m008_create_lists,
    m009_create_read_marks,
    m010_create_first_screen,
    m011_create_trial,
    m012_create_editions,
    m013_create_outbox,
]
