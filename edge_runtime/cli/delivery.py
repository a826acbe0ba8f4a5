"""Ways on which notifications reach the reader: set by `push settings`, used by `push --deliver` and `push --test`."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace

from edge_runtime.cli.argument_types import words
from edge_runtime.cli.call import Call
from edge_runtime.cli.printing import clean_text, warn
from edge_runtime.cli.remedies import told
from edge_runtime.model.json_lines import Json
from edge_runtime.notify.channels import Channels
from edge_runtime.notify.deliver import check_service, deliver, shown_command, shown_service
from edge_runtime.notify.texts import Notification

NO_WAY = "no way is set: `edge-news push settings --desktop on`, or --command, or --apprise, sets one"
_TEST = Notification("edge-news", "Notifications come here.", "")
_OFF = "off"


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of notifications, for the screen."""

    facts: list[Json]
    lines: list[str]
    failed: bool


def add_options(settings: argparse.ArgumentParser) -> None:
    """The ways, each off until it is set."""
    ways = settings.add_argument_group("where they go, with `push --deliver`")
    ways.add_argument("--desktop", choices=["on", _OFF], help="this device's notifications, by notify-send")
    ways.add_argument(
        "--command",
        type=words,
        metavar="COMMAND|off",
        help="a program of your own; title and body come on standard input and in EDGE_NEWS_TITLE, EDGE_NEWS_BODY",
    )
    ways.add_argument(
        "--apprise",
        type=words,
        action="append",
        metavar="URL|-|off",
        help="a service such as ntfy://topic; - reads it from standard input, where no list of processes shows it",
    )


def changed(call: Call, channels: Channels) -> Channels:
    """The ways with what the call sets.

    Raises:
        DeliveryError: A service is none, or apprise is not installed.
    """
    options = call.options
    if options.desktop:
        channels = replace(channels, desktop=options.desktop == "on")
    if options.command:
        channels = replace(channels, command=_command(call, options.command))
    if options.apprise:
        services = [sys.stdin.readline().strip() if one == "-" else one for one in options.apprise if one != _OFF]
        for service in services:
            check_service(service)
        channels = replace(channels, services=tuple(services))
    return channels


def fields(channels: Channels) -> Json:
    """The ways as JSON, without their secrets."""
    return {
        "desktop": channels.desktop,
        "command": clean_text(shown_command(channels.command)) if channels.command else None,
        "apprise": [*map(shown_service, channels.services)],
    }


def lines(channels: Channels) -> list[str]:
    """The ways as `push settings` lists them, without their secrets."""
    told_of = (
        ("desktop", "on" if channels.desktop else _OFF),
        ("command", clean_text(shown_command(channels.command)).partition(" ")[2] if channels.command else _OFF),
        ("apprise", " ".join(map(shown_service, channels.services)) or _OFF),
    )
    return [f"--{option:15}{value}" for option, value in told_of]


def send(notifications: Iterable[Notification], channels: Channels) -> Sent:
    """Send them on every way, and warn of what failed."""
    outcomes = [one for notification in notifications for one in deliver(notification, channels)]
    errors = [one.error for one in outcomes if one.error]
    for error in errors:
        warn(f"not delivered: {told(error)}")
    facts: list[Json] = [{"channel": one.channel, "error": told(one.error) if one.error else None} for one in outcomes]
    return Sent(
        facts, [f"{clean_text(one.channel)}: {'failed' if one.error else 'sent'}" for one in outcomes], bool(errors)
    )


def send_test(call: Call) -> int:
    """Send one notification that says that it is one."""
    with call.open() as reader:
        channels = reader.channels
    if not channels:
        call.refuse(NO_WAY)
    sent = send([_TEST], channels)
    call.screen.show({"delivered": sent.facts}, sent.lines)
    return int(sent.failed)


def _command(call: Call, text: str) -> tuple[str, ...]:
    try:
        return () if text == _OFF else tuple(shlex.split(text))
    except ValueError as error:
        call.refuse(f"--command: {error}: {text!r}")
