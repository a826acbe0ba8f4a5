"""Parsing the runtime's command line; each subcommand calls the reader's engine and prints what it gives."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from edge_runtime.article_files import parse_time, read_articles
from edge_runtime.bundle import read_bundle
from edge_runtime.errors import EdgeError
from edge_runtime.reader import DEFAULT_BUNDLE, INSTALLED_BUNDLE, Reader, install_bundle
from edge_runtime.types import Article, ScoredArticle, Signal


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand; 0 is success, 1 an error that was explained, 2 a wrong call."""
    options = _parser().parse_args(arguments, argparse.Namespace(data=default_data_dir(), json=False, now=None))
    try:
        options.call(options)
    except EdgeError as error:
        if options.json:
            print(json.dumps({"error": str(error)}, ensure_ascii=False))
        print(f"edge-news: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def default_data_dir() -> Path:
    """Where cache and profile live if `--data` does not say: the platform's folder for a user's data."""
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "edge-news"


def _parser() -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False)
    # Suppressed defaults: an option may stand before or after the subcommand.
    shared.add_argument("--data", type=Path, default=argparse.SUPPRESS, metavar="DIR", help="data directory")
    shared.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print JSON")
    shared.add_argument("--now", type=_time, default=argparse.SUPPRESS, metavar="TIME", help="as of this ISO 8601 time")
    parser = argparse.ArgumentParser(
        prog="edge-news",
        description="Ranks cached news on this device; what you read never leaves it.",
        parents=[shared],
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, call: Any, summary: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=summary, parents=[shared])
        added.set_defaults(call=call)
        return added

    command("init", _init, "set up the data directory, or give it another bundle").add_argument("--bundle", type=Path)
    command("info", _info, "what is running here")
    about = command("about", _about, "the model card: what the model is for, made of and worth")
    about.add_argument("--bundle", type=Path, help="another one than is running here")
    command("add", _add, "take in articles from a JSON Lines file").add_argument("file", type=Path)
    command("feed", _feed, "the cached articles, best first").add_argument("--limit", type=int, default=20)
    for signal in Signal:
        added = command(signal.value, _record, f"{signal.value} an article")
        added.add_argument("article_id")
        added.set_defaults(signal=signal)
    topics = command("topics", _topics, "the topics you asked for; with names, ask for these instead")
    topics.add_argument("topic", nargs="*")
    topics.add_argument("--none", action="store_true", help="ask for none")
    command("profile", _profile, "everything this device knows of you")
    command("erase", _erase, "forget the profile; cached articles stay").add_argument("--yes", action="store_true")
    return parser


def _time(text: str) -> datetime:
    try:
        return parse_time(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _now(options: argparse.Namespace) -> datetime:
    now: datetime = options.now or datetime.now(UTC)
    return now


def _show(options: argparse.Namespace, facts: dict[str, Any], text: str) -> None:
    print(json.dumps(facts, ensure_ascii=False) if options.json else text)


def _init(options: argparse.Namespace) -> None:
    if options.bundle:
        install_bundle(options.data, options.bundle)
    _info(options)


def _info(options: argparse.Namespace) -> None:
    with Reader.open(options.data) as reader:
        facts = reader.info()
    lines = [f"{name.replace('_', ' '):18} {value}" for name, value in facts.items() if not isinstance(value, dict)]
    _show(options, facts, "\n".join(lines))


def _about(options: argparse.Namespace) -> None:
    installed = options.data / INSTALLED_BUNDLE
    path = options.bundle or (installed if installed.exists() else DEFAULT_BUNDLE)
    bundle = read_bundle(path)
    facts = {"model_version": bundle.manifest.model_version, "card": bundle.card}
    _show(options, facts, bundle.card.rstrip() or f"{path} has no model card; `edge-news info` says what else is known")


def _add(options: argparse.Namespace) -> None:
    articles, warnings = read_articles(options.file)
    with Reader.open(options.data) as reader:
        report = reader.add(articles, _now(options))
    found = [*warnings, *report.warnings]
    facts = {
        "added": report.added,
        "updated": report.updated,
        "skipped": report.skipped + len(warnings),
        "warnings": found,
    }
    for warning in found:
        print(f"warning: {warning}", file=sys.stderr)
    _show(options, facts, f"{report.added} added, {report.updated} updated, {facts['skipped']} skipped")


def _feed(options: argparse.Namespace) -> None:
    now = _now(options)
    with Reader.open(options.data) as reader:
        feed = reader.feed(now, options.limit)
    if not feed and not options.json:
        print("no articles yet: `edge-news add FILE` takes in some (docs/data.md describes the file)")
        return
    text = "\n".join(
        f"{number:3}. {scored.article.title or scored.article.abstract}\n"
        f"     {_meta(scored, now)}{scored.reason}  [{scored.article.article_id}]"
        for number, scored in enumerate(feed, start=1)
    )
    _show(options, {"articles": [_scored_fields(scored) for scored in feed]}, text)


def _record(options: argparse.Namespace) -> None:
    with Reader.open(options.data) as reader:
        reader.record(options.article_id, options.signal, _now(options))
        article = reader.article(options.article_id)
    facts = {"article": _article_fields(article), "signal": options.signal.value}
    lines = [text for text in (article.title, article.abstract, article.url) if text]
    _show(options, facts, "\n".join(lines) if options.signal is Signal.OPEN else f"{options.signal.value}d: {lines[0]}")


def _topics(options: argparse.Namespace) -> None:
    with Reader.open(options.data) as reader:
        if options.topic or options.none:
            reader.pick_topics([] if options.none else options.topic)
        picked, known = reader.profile().picked_topics, reader.known_topics()
    facts = {"picked": list(picked), "known": list(known)}
    _show(options, facts, f"asked for: {', '.join(picked) or 'none'}\nknown: {', '.join(known)}")


def _profile(options: argparse.Namespace) -> None:
    with Reader.open(options.data) as reader:
        profile = reader.profile()
    events = [
        {"at": event.at.isoformat(), "signal": event.signal.value, "article": _article_fields(event.article)}
        for event in profile.events
    ]
    lines = [f"{share:5.0%} {topic}" for topic, share in profile.topic_shares.items()]
    lines += [f"{e.at:%Y-%m-%d %H:%M} {e.signal.value:8} {e.article.title}" for e in profile.events]
    if profile.picked_topics:
        lines.insert(0, f"asked for: {', '.join(profile.picked_topics)}")
    facts = {"topics": dict(profile.topic_shares), "picked_topics": list(profile.picked_topics), "events": events}
    _show(options, facts, "\n".join(lines) or "the profile is empty")


def _erase(options: argparse.Namespace) -> None:
    if not options.yes and sys.stdin.isatty() and input("Forget everything you read? [y/N] ").lower() != "y":
        print("nothing was erased")
        return
    with Reader.open(options.data) as reader:
        reader.erase()
    _show(options, {"erased": True}, "the profile is empty")


def _meta(scored: ScoredArticle, now: datetime) -> str:
    article = scored.article
    hours = None if article.published is None else max(0, int((now - article.published).total_seconds() // 3600))
    age = "" if hours is None else f"{hours} h" if hours < 48 else f"{hours // 24} d"
    return "".join(f"{word} · " for word in (article.source, article.category, age) if word)


def _article_fields(article: Article) -> dict[str, Any]:
    return {
        "article_id": article.article_id,
        "title": article.title,
        "abstract": article.abstract,
        "category": article.category,
        "source": article.source,
        "url": article.url,
        "language": article.language,
        "published": None if article.published is None else article.published.isoformat(),
        "popularity": None
        if article.popularity is None
        else {**asdict(article.popularity), "as_of": article.popularity.as_of.isoformat()},
    }


def _scored_fields(scored: ScoredArticle) -> dict[str, Any]:
    return {
        **_article_fields(scored.article),
        "score": scored.score,
        "parts": dict(scored.parts),
        "reason": scored.reason,
        "is_read": scored.is_read,
    }
