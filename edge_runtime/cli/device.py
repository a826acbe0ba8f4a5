"""Commands about the installation: init, info, about, requests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from edge_runtime.cli.call import Call, Commands
from edge_runtime.cli.printing import clean_text, local_time, spelled, warn
from edge_runtime.cli.remedies import told
from edge_runtime.engines import unfit_engines
from edge_runtime.installation import bundle_of, install_bundle
from edge_runtime.model.bundle import read_bundle
from edge_runtime.model.json_lines import Json
from edge_runtime.pages.worth import worth_line

FIRST_STEPS = (
    "next: `edge-news topics food travel` asks for topics, `edge-news add https://…` subscribes to a feed, "
    "`edge-news add --demo` takes in articles to look at"
)


def add_commands(commands: Commands) -> None:
    commands.group("this device")
    init = commands.add(
        "init", _init, "set up the data directory, or give it another bundle", "init --bundle mine.bundle"
    )
    init.add_argument("--bundle", type=Path, metavar="FILE", help="checked on this device before it is installed")
    commands.add("info", _info, "what is running here, and what it takes on the disk", "info")
    commands.add("requests", _requests, "which hosts were asked, how often, and how many bytes that took", "requests")
    about = commands.add("about", _about, "the model card: what the model is for, made of and worth", "about")
    about.add_argument("--bundle", type=Path, metavar="FILE", help="another one than is running here")


def _init(call: Call) -> None:
    if call.options.bundle:
        install_bundle(call.data_dir, call.options.bundle, call.options.engine)
    facts = _facts(call)
    call.screen.show(facts, [*_lines(call, facts), "", *call.screen.paragraph(FIRST_STEPS)])


def _info(call: Call) -> None:
    facts = _facts(call)
    lines = _lines(call, facts)
    call.screen.show(facts, lines)


def _requests(call: Call) -> None:
    with call.open() as reader:
        made = reader.requests_made()
    hosts = [
        {
            "host": one.host,
            "requests": one.requests,
            "sent_bytes": one.sent_bytes,
            "received_bytes": one.received_bytes,
            "since": one.since.isoformat(),
        }
        for one in made
    ]
    lines = [f"{'requests':>8} {'sent':>12} {'received':>14}  host"] if made else ["no host was asked yet"]
    lines += [
        f"{one.requests:8,} {one.sent_bytes:12,} {one.received_bytes:14,}  {clean_text(one.host) or 'other hosts'}"
        for one in made
    ]
    if made:
        since = local_time(min(one.since for one in made))
        lines += ["", *call.screen.paragraph(f"since {since}, in bytes; nothing else was sent")]
    call.screen.show_long({"hosts": hosts}, lines)


def _about(call: Call) -> None:
    path = call.options.bundle or bundle_of(call.data_dir)
    bundle = read_bundle(path)
    missing = f"{path} has no model card; `edge-news info` says what else is known"
    card = bundle.card.rstrip().splitlines() or [missing]
    call.screen.show({"model_version": bundle.manifest.model_version, "card": bundle.card}, map(_cleaned, card))


def _cleaned(line: str) -> str:
    """A line of a card, with its indent and the columns of its tables."""
    return "".join(character if character.isprintable() else " " for character in line)


def _facts(call: Call) -> Json:
    with call.open() as reader:
        facts = {**reader.info(), "worth": worth_line(reader.worth(call.now))}
    for notice in unfit_engines():
        warn(told(notice))
    files = sorted(file for file in call.data_dir.iterdir() if file.is_file())
    return {**facts, "disk_bytes": {file.name: file.stat().st_size for file in files}}


def _lines(call: Call, facts: Json) -> list[str]:
    lines = []
    for name, value in facts.items():
        first, *rest = call.screen.paragraph(_front(value) if name == "front" else _text(value), 18)
        lines += [f"{name.replace('_', ' '):18}{first.lstrip()}", *rest]
    return lines


def _front(front: Any) -> str:
    """Bytes and mean of every size, largest first; the one that is running here is marked."""
    if front is None:
        return "not measured"
    points = sorted(front["points"], key=lambda point: -point["bytes"])
    told = (
        f"{point['name']} {point['bytes']:,} bytes {point['mean']:.4f}{' (this one)' if point['is_own'] else ''}"
        for point in points
    )
    return f"{front['metric']} by size: {', '.join(told)}"


def _text(value: object) -> str:
    match value:
        case dict():
            # Of a measured figure its mean is enough here; --json has the interval.
            return _text(value["mean"]) if "mean" in value else ", ".join(f"{k} {_text(v)}" for k, v in value.items())
        case list():
            return ", ".join(map(str, value))
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.4g}"
    return f"{value:,}" if isinstance(value, int) else spelled(str(value))
