"""The profile as an open JSON document: out for the reader to see and keep, and in again. `profile.schema.json` beside
this file is its definition; what it refuses is not imported."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from edge_runtime.errors import ProfileFileError, Remedy
from edge_runtime.model.json_lines import Json
from edge_runtime.sentences import Sentence
from edge_runtime.storage.json_check import read_json, schema_problem
from edge_runtime.storage.profile import ProfileContents, ProfileStore
from edge_runtime.types import Article, Event, ReadMark, Rule, RuleEffect, RuleKind, Search, SentPush, Shown, Signal
from edge_runtime.worth.trials import Stage, Why, Worth

FORMAT = "edge-news-profile"
VERSION = 3  # 1 had no read marks, 2 no worth
MAX_BYTES = 100_000_000  # ten times what a full profile of long articles takes
SCHEMA = Path(__file__).with_name("profile.schema.json")

_ARTICLE_TEXTS = tuple(field.name for field in fields(Article))[:7]


def export_profile(store: ProfileStore) -> Json:
    """Everything that is kept of the reader but what can be undone and the last lists, ready for `json.dumps`."""
    contents = store.contents()
    return {
        "format": FORMAT,
        "version": VERSION,
        "events": [
            {
                "article": _article_to(event.article),
                "signal": event.signal.value,
                "at": _time_to(event.at),
                "dwell_s": event.dwell_s,
            }
            for event in contents.events
        ],
        "rules": [
            {"kind": rule.kind.value, "value": rule.value, "effect": rule.effect.value, "at": _time_to(rule.at)}
            for rule in contents.rules
        ],
        "searches": [{"query": search.query, "at": _time_to(search.at)} for search in contents.searches],
        "shown": [
            {"article_id": one.article_id, "score": one.score, "at": _time_to(one.at), "learned": one.learned}
            for one in contents.shown
        ],
        "read_marks": [
            {"article_id": mark.article_id, "is_read": mark.is_read, "at": _time_to(mark.at)}
            for mark in contents.read_marks
        ],
        "pushes": [
            {
                "article_id": push.article_id,
                "story": push.story,
                "probability": push.probability,
                "at": _time_to(push.at),
            }
            for push in contents.pushes
        ],
        "picks": list(contents.picks),
        "settings": dict(contents.settings),
        "worth": _worth_to(contents.worth),
    }


def import_profile(store: ProfileStore, data: bytes | str, max_bytes: int = MAX_BYTES) -> None:
    """Put an exported profile in the place of the one that is there, all or nothing.

    Of more events, searches and so on than a profile keeps, the oldest are left out.

    Raises:
        ProfileFileError: Not an exported profile, or one of a newer version; it names the first field that is wrong.
        StorageError: The profile cannot be written.
    """
    try:
        document = _read(data, max_bytes)
        store.replace(_contents_from(document))
    except RecursionError as error:
        raise ProfileFileError(Sentence("profile file: nested too deeply"), Remedy.EXPORT_AGAIN) from error


def _read(data: bytes | str, max_bytes: int) -> Json:
    """The document, of which everything is as the schema says."""
    if len(data) > max_bytes:
        raise ProfileFileError(
            Sentence(
                "profile file: {number} bytes; at most {most} are read", number=f"{len(data):,}", most=f"{max_bytes:,}"
            )
        )
    try:
        document = read_json(data.decode("utf-8-sig") if isinstance(data, bytes) else data)
    except ValueError as error:
        raise ProfileFileError(
            Sentence("profile file: no JSON that can be read: {cause}", cause=str(error)), Remedy.EXPORT_AGAIN
        ) from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ProfileFileError(
            Sentence('profile file: no "format": "{format}" in it', format=FORMAT), Remedy.EXPORTED_FILE
        )
    version = document.get("version")
    if isinstance(version, int) and version > VERSION:
        raise ProfileFileError(
            Sentence("profile file: version {number}, this release reads {known}", number=version, known=VERSION),
            Remedy.UPDATE,
        )
    if version in (1, 2) and not isinstance(version, bool):
        document = {"read_marks": [], "worth": None, **document, "version": VERSION}
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    if problem := schema_problem(document, schema, schema):
        raise ProfileFileError(Sentence("profile file: {cause}", cause=problem), Remedy.EXPORT_AGAIN)
    return document


def _contents_from(document: Mapping[str, Any]) -> ProfileContents:
    return ProfileContents(
        events=[
            Event(
                _article_from(row["article"], f"events[{n}].article"),
                Signal(row["signal"]),
                _time_from(row["at"], f"events[{n}].at"),
                float(row["dwell_s"]),
            )
            for n, row in enumerate(document["events"])
        ],
        rules=[
            Rule(
                RuleKind(row["kind"]), row["value"], RuleEffect(row["effect"]), _time_from(row["at"], f"rules[{n}].at")
            )
            for n, row in enumerate(document["rules"])
        ],
        searches=[
            Search(row["query"], _time_from(row["at"], f"searches[{n}].at"))
            for n, row in enumerate(document["searches"])
        ],
        shown=[
            Shown(
                row["article_id"], float(row["score"]), _time_from(row["at"], f"shown[{n}].at"), float(row["learned"])
            )
            for n, row in enumerate(document["shown"])
        ],
        pushes=[
            SentPush(row["article_id"], row["story"], row["probability"], _time_from(row["at"], f"pushes[{n}].at"))
            for n, row in enumerate(document["pushes"])
        ],
        picks=document["picks"],
        # What the numbers of the last list stood for, in files of earlier releases.
        settings={name: value for name, value in document["settings"].items() if name != "listed"},
        read_marks=[
            ReadMark(row["article_id"], row["is_read"], _time_from(row["at"], f"read_marks[{n}].at"))
            for n, row in enumerate(document["read_marks"])
        ],
        worth=_worth_from(document["worth"]),
    )


def _worth_to(worth: Worth | None) -> Json | None:
    return None if worth is None else {**asdict(worth), "stage": worth.stage.value, "why": worth.why.value}


def _worth_from(row: Mapping[str, Any] | None) -> Worth | None:
    if row is None:
        return None
    counts = {name: value for name, value in row.items() if name not in ("stage", "why")}
    return Worth(Stage(row["stage"]), Why(row["why"]), **counts)


def _article_to(article: Article) -> dict[str, str | None]:
    texts = {name: getattr(article, name) for name in _ARTICLE_TEXTS}
    return {**texts, "published": None if article.published is None else _time_to(article.published)}


def _article_from(row: Mapping[str, Any], path: str) -> Article:
    published = None if row["published"] is None else _time_from(row["published"], f"{path}.published")
    return Article(**{name: row[name] for name in _ARTICLE_TEXTS}, published=published)


def _time_to(time: datetime) -> str:
    return f"{time.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def _time_from(text: str, path: str) -> datetime:
    """A time of the schema's form; the calendar and the years 1 to 9999 are checked here."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ProfileFileError(f"profile file: {path}: {text} is no time: {error}", Remedy.EXPORT_AGAIN) from error
