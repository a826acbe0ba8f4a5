"""The command push: what is worth a notification now, why or why not, and how much of it the reader wants."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from edge_runtime.cli import argument_types as types
from edge_runtime.cli import delivery
from edge_runtime.cli.call import Call, Commands
from edge_runtime.cli.printing import Screen, local_time
from edge_runtime.model.json_lines import Json
from edge_runtime.notify.channels import Channels
from edge_runtime.notify.steady_clock import steady_time
from edge_runtime.notify.texts import Notification, notifications
from edge_runtime.notify.types import PushDecision, PushSettings
from edge_runtime.pages.rows import title_of
from edge_runtime.reader import Reader

NUM_NAMED = 20

# Option, field, how it is read, what stands for its value, help.
_OPTIONS: tuple[tuple[str, str, Any, str, str], ...] = (
    ("threshold", "threshold", types.probability, "P", "least chance of being opened, 0 to 1"),
    ("cap", "daily_cap", types.count_or_none, "N", "notifications a day at most; 0 is none at all"),
    ("gap", "min_gap_minutes", types.minutes, "MINUTES", "between two notifications"),
    ("quiet", "quiet_hours", types.hours, "22:00-07:00|off", "hours without any"),
    ("digest", "digest_times", types.times, "07:30,18:00|off", "times of a digest"),
    ("digest-size", "digest_size", types.count, "N", "stories that a digest names"),
    ("backlog-after", "backlog_after_h", types.positive, "HOURS", "after so long away, one digest of what was missed"),
    ("max-age", "max_age_h", types.positive, "HOURS", "older articles are no news"),
    ("at-once", "at_once", types.count, "N", "notifications at one time at most"),
)


def add_commands(commands: Commands) -> None:
    commands.group("notifications")
    push = commands.add(
        "push",
        _push,
        "print the notifications that are worth it now",
        "push --dry-run",
        "Run it from a timer. What it prints counts as sent, and its story is not sent again. With nothing to send it "
        "prints nothing.",
    )
    kinds = push.add_mutually_exclusive_group()
    kinds.add_argument("--dry-run", action="store_true", help="say of every new article why or why not; change nothing")
    kinds.add_argument("--deliver", action="store_true", help="also send them on the ways of `push settings`")
    kinds.add_argument("--test", action="store_true", help="send a notification that says it is a test")
    help_text = f"how many articles a dry run names ({NUM_NAMED}); --json has all"
    push.add_argument("--limit", type=types.count, default=NUM_NAMED, metavar="N", help=help_text)
    actions = push.add_subparsers(metavar="settings", title="action")
    settings = commands.under(
        actions,
        "settings",
        _settings,
        "show or set how much disturbance you want, and where it goes",
        "push settings --cap 3 --quiet 21:30-08:00",
    )
    for option, name, read, metavar, help_text in _OPTIONS:
        settings.add_argument(f"--{option}", dest=name, type=read, metavar=metavar, help=help_text)
    settings.add_argument("--defaults", action="store_true", help="the usual settings, but for the options given")
    delivery.add_options(settings)


def _push(call: Call) -> int:
    from edge_runtime.cli.local_zone import local_zone

    if call.options.test:
        return delivery.send_test(call)
    dry_run = call.options.dry_run
    steady = None if call.options.now else steady_time()
    with call.open() as reader:
        channels = reader.channels if call.options.deliver else Channels()
        if call.options.deliver and not channels:
            call.refuse(delivery.NO_WAY)
        decision = reader.decide_pushes(call.now, local_zone(), steady)
        told = notifications(decision)
        facts: Json = {
            "notifications": [
                {"title": one.title, "body": one.body, "article_id": one.article_id or None} for one in told
            ],
            "verdicts": dict(decision.verdicts),
            "next_at": decision.next_at.isoformat() if decision.next_at else None,
            "dry_run": dry_run,
        }
        lines = [line for one in told for line in _notification_lines(call.screen, one)]
        if dry_run:
            look = local_time(decision.next_at) if decision.next_at else "when articles come"
            verdicts = _verdict_lines(call, reader, decision) or ["no new articles"]
            lines += [*([""] if lines else []), *verdicts, "", f"next look: {look}"]
        if not dry_run:  # before it is printed: with a full disk nothing is sent, and not the same again and again
            reader.mark_sent(decision, call.now, steady)
    sent = delivery.send(told, channels)
    if call.options.deliver:
        facts["delivered"] = sent.facts
    if lines or call.screen.is_json:
        call.screen.show_long(facts, lines)
    return int(sent.failed)


def _notification_lines(screen: Screen, one: Notification) -> list[str]:
    return [*map(screen.bold, screen.paragraph(one.title)), *(screen.paragraph(one.body, 2) if one.body else [])]


def _verdict_lines(call: Call, reader: Reader, decision: PushDecision) -> list[str]:
    """Each verdict over its articles; those that few share come first."""
    verdicts: dict[str, list[str]] = {}
    for article_id, verdict in decision.verdicts.items():
        verdicts.setdefault(verdict, []).append(article_id)
    lines: list[str] = []
    room = call.options.limit
    for verdict in sorted(verdicts, key=lambda verdict: len(verdicts[verdict])):
        named = verdicts[verdict][:room]
        room -= len(named)
        lines += map(call.screen.bold, call.screen.paragraph(verdict)) if named else []
        lines += [line for one in named for line in call.screen.paragraph(title_of(reader.article(one)), 2)]
    left = len(decision.verdicts) - call.options.limit
    return (
        [*lines, "", f"and {left} more: `edge-news push --dry-run --limit {left + call.options.limit}`"]
        if left > 0
        else lines
    )


def _settings(call: Call) -> None:
    given = {name: getattr(call.options, name) for _, name, *_ in _OPTIONS}
    changes = {name: value for name, value in given.items() if value is not None}
    with call.open() as reader:
        if changes or call.options.defaults:
            usual = PushSettings() if call.options.defaults else reader.push_settings
            reader.push_settings = replace(usual, **changes)
        settings, ways = reader.push_settings, reader.channels
        if (new := delivery.changed(call, ways)) != ways:
            reader.channels = ways = new
    facts = {name: _as_json(getattr(settings, name)) for _, name, *_ in _OPTIONS} | delivery.fields(ways)
    lines = [
        f"--{option:15}{_as_text(name, getattr(settings, name)):13}{help_text}"
        for option, name, _, _, help_text in _OPTIONS
    ]
    call.screen.show(facts, [*lines, *delivery.lines(ways)])


def _as_json(value: Any) -> Any:
    return [f"{wall:%H:%M}" for wall in value] if isinstance(value, tuple) else value


def _as_text(name: str, value: Any) -> str:
    if not isinstance(value, tuple):
        return f"{value:g}"
    if name == "quiet_hours":
        return "off" if value[0] == value[1] else "-".join(_as_json(value))
    return ",".join(_as_json(value)) or "off"
