"""The tables of the article cache, version by version. A step that was released is never edited."""

from __future__ import annotations

import sqlite3
from array import array

from edge_runtime.content.search_query import searched_texts


def m001_create_articles(db: sqlite3.Connection) -> None:
    """Articles with their vectors; which bundle made a vector stands beside it."""
    db.execute(
        """CREATE TABLE articles (
            number INTEGER PRIMARY KEY,  -- order of arrival
            article_id TEXT NOT NULL UNIQUE,
            title TEXT NOT NULL,
            abstract TEXT NOT NULL,
            category TEXT NOT NULL,
            source TEXT NOT NULL,
            url TEXT NOT NULL,
            language TEXT NOT NULL,
            published INTEGER,           -- seconds UTC, NULL if not given
            added INTEGER NOT NULL,      -- seconds UTC
            codes BLOB NOT NULL,         -- int8 vector
            scale REAL NOT NULL,
            bundle TEXT NOT NULL         -- SHA-256 of the bundle that made the vector
        )"""
    )


def m002_create_checks(db: sqlite3.Connection) -> None:
    """Golden checks that were passed, so that each bundle and engine is checked once."""
    db.execute("CREATE TABLE checks (bundle TEXT NOT NULL, engine TEXT NOT NULL, PRIMARY KEY (bundle, engine))")


def m003_add_popularity(db: sqlite3.Connection) -> None:
    """What publishers counted; all three NULL if they sent nothing."""
    db.execute("ALTER TABLE articles ADD COLUMN shown INTEGER")
    db.execute("ALTER TABLE articles ADD COLUMN clicked INTEGER")
    db.execute("ALTER TABLE articles ADD COLUMN counted INTEGER")  # seconds UTC


def m004_add_analysis(db: sqlite3.Connection) -> None:
    """What the device made of an article; an empty text means that it made nothing."""
    db.execute("ALTER TABLE articles ADD COLUMN topic TEXT NOT NULL DEFAULT ''")
    db.execute("ALTER TABLE articles ADD COLUMN topic_probability REAL NOT NULL DEFAULT 0")
    db.execute("ALTER TABLE articles ADD COLUMN story TEXT NOT NULL DEFAULT ''")
    db.execute("ALTER TABLE articles ADD COLUMN keywords TEXT NOT NULL DEFAULT '[]'")  # JSON
    db.execute("ALTER TABLE articles ADD COLUMN words BLOB NOT NULL DEFAULT x''")  # int16 places of `word_head`


def m005_create_items(db: sqlite3.Connection) -> None:
    """Which article each item of each subscription is; texts as the numbers of `feeds.items.mark`, 0 for none."""
    db.execute(
        """CREATE TABLE items (
            number INTEGER PRIMARY KEY,
            subscription TEXT NOT NULL,      -- as `feeds.items.subscription_of` names it
            article_id TEXT NOT NULL,
            guid INTEGER NOT NULL,
            link INTEGER NOT NULL,           -- 0 for none and for a home page
            path INTEGER NOT NULL,
            title INTEGER NOT NULL,
            text INTEGER NOT NULL,
            dated INTEGER,                   -- seconds UTC, as the feed says it
            first_seen INTEGER NOT NULL,     -- seconds UTC
            last_seen INTEGER NOT NULL,      -- seconds UTC, to the day
            is_own INTEGER NOT NULL,         -- the article lies on the feed's site
            came_with_feed INTEGER NOT NULL, -- it was there when the feed was read first
            UNIQUE (subscription, article_id)
        )"""
    )
    db.execute("CREATE INDEX items_by_article ON items (article_id)")
    db.execute("CREATE INDEX items_by_link ON items (link, subscription)")


def m006_create_contents(db: sqlite3.Connection) -> None:
    """Full texts, in a table of their own: ranking reads all articles and none of these."""
    db.execute(
        """CREATE TABLE contents (
            article_id TEXT NOT NULL PRIMARY KEY REFERENCES articles (article_id) ON DELETE CASCADE,
            html BLOB NOT NULL,      -- UTF-8, compressed by zlib
            folded BLOB NOT NULL,    -- its words as `compare_text.fold` spells them, likewise
            is_cut INTEGER NOT NULL  -- 1 where there was more
        )"""
    )


def m007_create_searched_texts(db: sqlite3.Connection) -> None:
    """The texts as they are compared: to fold them all at each search would take ten times as long.

    A release that folds otherwise has to write them anew, in a step like this one.
    """
    db.execute(
        """CREATE TABLE searched_texts (
            number INTEGER PRIMARY KEY REFERENCES articles (number) ON DELETE CASCADE,
            -- As `compare_text.fold` spells them: source, title, abstract, a line each.
            text TEXT NOT NULL
        )"""
    )
    rows = db.execute("SELECT number, source, title, abstract FROM articles").fetchall()
    texts = searched_texts([row[1:] for row in rows])
    db.executemany(
        "INSERT INTO searched_texts (number, text) VALUES (?, ?)", zip((row[0] for row in rows), texts, strict=True)
    )


def m008_count_changes(db: sqlite3.Connection) -> None:
    """How often an article came, changed or went: whoever keeps what follows from all of them knows when it is old."""
    db.execute("CREATE TABLE changes (number INTEGER NOT NULL)")
    db.execute("INSERT INTO changes VALUES (0)")
    for change in ("INSERT", "UPDATE", "DELETE"):
        db.execute(
            f"CREATE TRIGGER articles_{change.lower()}_counts AFTER {change} ON articles "
            "BEGIN UPDATE changes SET number = number + 1; END"
        )


def m009_create_titles(db: sqlite3.Connection) -> None:
    """What was found out of the titles that came last, so that a process that begins need not read them again.

    With it an index of what eviction calls the age, which finds the articles of the last day too.
    """
    db.execute(
        """CREATE TABLE titles (
            number INTEGER PRIMARY KEY REFERENCES articles (number) ON DELETE CASCADE,
            language TEXT NOT NULL,  -- "" if unknown
            words TEXT NOT NULL,     -- the different ones in order, a space between
            rarities BLOB NOT NULL,  -- float32 of each word
            keys BLOB NOT NULL,      -- `story_shelf.shelf_keys`
            fingerprint INTEGER,     -- signed; NULL for a short title
            address TEXT NOT NULL    -- canonical
        )"""
    )
    db.execute("CREATE INDEX articles_by_age ON articles (min(coalesce(published, added), added))")


def m010_create_learned(db: sqlite3.Connection) -> None:
    """What lists have taught of the reader, so that no process learns it again. It goes when the profile is erased."""
    db.execute(
        """CREATE TABLE learned (
            number INTEGER PRIMARY KEY CHECK (number = 1),
            heads BLOB NOT NULL  -- `personal.kept_heads`
        )"""
    )


def m011_forget_function_words(db: sqlite3.Connection) -> None:
    """Words that are no tastes have no slots any more: what an earlier release kept of them is dropped."""
    # Loaded here: they need numpy, and the list that is kept is shown without it.
    from edge_runtime.content.function_words import is_taste
    from edge_runtime.content.title_words import slot_of
    from edge_runtime.content.titles import words_of_title

    query = "SELECT number, title, source, language, words FROM articles WHERE words != x''"
    changed = []
    for number, title, source, language, kept in db.execute(query).fetchall():
        found = words_of_title(title, source, language)
        no_tastes = {slot_of(word) for word in found.words if not is_taste(word, found.language)}
        slots = array("h", kept)
        if not no_tastes.isdisjoint(slots):
            stays = [slot for slot in slots if slot not in no_tastes]
            changed.append((array("h", stays + [0] * (len(slots) - len(stays))).tobytes(), number))
    db.executemany("UPDATE articles SET words = ? WHERE number = ?", changed)


def m012_add_other_topics(db: sqlite3.Connection) -> None:
    """What a text is about beside its topic; of an article that came before, it is not known."""
    db.execute("ALTER TABLE articles ADD COLUMN other_topics INTEGER NOT NULL DEFAULT 0")  # `topic_shares.packed`


def m013_add_image(db: sqlite3.Connection) -> None:
    """The address of a picture that stands for an article; an empty text if its feed named none."""
    db.execute("ALTER TABLE articles ADD COLUMN image TEXT NOT NULL DEFAULT ''")


def m014_give_no_number_twice(db: sqlite3.Connection) -> None:
    """The highest number that an article ever had: one that was evicted leaves its number to no other.

    Other programs know articles by these numbers. A cache that takes a damaged one's place begins with the
    milliseconds of its making, which are beyond all numbers before: no cache takes in a thousand articles a second
    for all its life. So they have 13 digits, and are exact in a JSON of any program.
    """
    db.execute("CREATE TABLE numbers (last INTEGER NOT NULL)")
    db.execute(
        """INSERT INTO numbers SELECT max(coalesce((SELECT max(number) FROM articles), 0),
            CAST(strftime('%s', 'now') AS INTEGER) * 1000)"""
    )
    db.execute(
        "CREATE TRIGGER articles_insert_takes_number AFTER INSERT ON articles "
        "BEGIN UPDATE numbers SET last = max(last, NEW.number); END"
    )


def m015_tell_what_changed(db: sqlite3.Connection) -> None:
    """Which rows came, changed or went last, so that another program need not read all of them again.

    Numbers of rows alone: what was erased leaves no name here.
    """
    db.execute(
        """CREATE TABLE changed_rows (
            change INTEGER PRIMARY KEY AUTOINCREMENT,  -- without gaps; the oldest go
            number INTEGER NOT NULL                    -- of `articles`
        )"""
    )
    for change, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
        db.execute(
            f"CREATE TRIGGER articles_{change.lower()}_told AFTER {change} ON articles "
            f"BEGIN INSERT INTO changed_rows (number) VALUES ({row}.number); END"
        )
    db.execute(
        "CREATE TRIGGER changed_rows_are_few AFTER INSERT ON changed_rows "
        "BEGIN DELETE FROM changed_rows WHERE change <= NEW.change - 2000; END"
    )


MIGRATIONS = [
    m001_create_articles,
    m002_create_checks,
    m003_add_popularity,
    m004_add_analysis,
    m005_create_items,
    m006_create_contents,
    m007_create_searched_texts,
    m008_count_changes,
    m009_create_titles,
    m010_create_learned,
    m011_forget_function_words,
    m012_add_other_topics,
    m013_add_image,
    m014_give_no_number_twice,
    m015_tell_what_changed,
]
