"""Hands a notification to whatever shows it: the desktop, a command of the reader's, a service that apprise knows.

Nothing but its title and its body goes out, and nothing at all unless the reader asked for it.
"""

from __future__ import annotations

import contextlib
import html
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath
from typing import Any

from edge_runtime.errors import DeliveryError, Remedy
from edge_runtime.notify.channels import Channels
from edge_runtime.notify.texts import Notification

TIMEOUT_S = 30.0  # for one notification and one way
DESKTOP = "notify-send"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one notification on one way."""

    channel: str  # without the secrets of its address
    error: DeliveryError | None = None


def deliver(one: Notification, channels: Channels, timeout_s: float = TIMEOUT_S) -> tuple[Delivery, ...]:
    """Send a notification on every way; one that fails stops no other.

    Keep first that it is sent: what hangs or fails here must not come again and again.

    Args:
        one: Its title and body go out.
        channels: The ways.
        timeout_s: After which a program is killed.
    """
    ways: list[tuple[str, Callable[[], None]]] = []
    if channels.desktop:
        ways.append(("desktop", partial(_show_on_desktop, one, timeout_s)))
    if channels.command:
        ways.append((shown_command(channels.command), partial(_give_to_command, one, channels.command, timeout_s)))
    ways += [(shown_service(address), partial(_send_to_service, one, address)) for address in channels.services]
    return tuple(Delivery(name, _error_of(send)) for name, send in ways)


def check_service(address: str) -> None:
    """Refuse an address that no notification could be sent to.

    Raises:
        DeliveryError: apprise does not know its kind, or is not installed.
    """
    _service(address)


def shown_service(address: str) -> str:
    """An address without its secrets, which may be anywhere in it."""
    kind, separator, _ = address.partition("://")
    return f"{kind}://…" if separator else "…"


def shown_command(command: Sequence[str]) -> str:
    """The name of the program alone: its arguments may hold secrets too."""
    return f"command {PurePath(command[0]).name}"


def _error_of(send: Callable[[], None]) -> DeliveryError | None:
    try:
        send()
    except DeliveryError as error:
        return error
    return None


def _show_on_desktop(one: Notification, timeout_s: float) -> None:
    # A body may hold markup, and notify-send reads \n and \t in it; a title is text.
    body = html.escape(one.body, quote=False).replace("\\", "\\\\")
    words = [DESKTOP, "--app-name=edge-news", "--", one.title, *([body] if body else [])]
    _run(words, "", {}, timeout_s, Remedy.INSTALL_NOTIFY_SEND)


def _give_to_command(one: Notification, command: Sequence[str], timeout_s: float) -> None:
    given = {"EDGE_NEWS_TITLE": one.title, "EDGE_NEWS_BODY": one.body}
    _run(command, f"{one.title}\n{one.body}\n", given, timeout_s, Remedy.CHECK_PATH)


def _run(words: Sequence[str], text: str, given: Mapping[str, str], timeout_s: float, missing: Remedy) -> None:
    """Run a program without a shell; what it prints goes nowhere, what it complains of to standard error.

    Raises:
        DeliveryError: It cannot be run, took too long, or says by its status that it failed.
    """
    import subprocess  # loaded here: every command lists the ways, few use one

    program = words[0]
    try:
        process = subprocess.Popen(
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            env={**os.environ, **given},
            start_new_session=True,  # so that whatever it started goes with it
        )
    except OSError as error:
        remedy = missing if isinstance(error, FileNotFoundError) else None
        raise DeliveryError(f"{program} cannot be run: {error.strerror}", remedy) from error
    try:
        process.communicate(text.encode(), timeout=timeout_s)
    except subprocess.TimeoutExpired as error:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise DeliveryError(f"{program} took more than {timeout_s:g} seconds and was ended") from error
    if process.returncode:
        raise DeliveryError(f"{program} failed with status {process.returncode}")


def _send_to_service(one: Notification, address: str) -> None:
    service = _service(address)
    try:
        is_sent = service.notify(title=one.title, body=one.body, body_format="text")
    except Exception as error:  # a plug-in's own, which may hold the address
        raise DeliveryError(f"{shown_service(address)} failed: {type(error).__name__}") from None
    if not is_sent:
        raise DeliveryError(f"{shown_service(address)} was not reached, or refused it")


def _service(address: str) -> Any:
    try:
        import apprise
    except ImportError as error:
        raise DeliveryError("apprise is not installed", Remedy.INSTALL_APPRISE) from error
    # It logs addresses.
    import logging

    logging.getLogger("apprise").disabled = True
    asset = apprise.AppriseAsset(app_id="edge-news", app_desc="edge-news", app_url="", image_url_mask="")
    service = apprise.Apprise(asset=asset)
    if not service.add(address):
        raise DeliveryError(f"{shown_service(address)} is no address that apprise knows")
    return service
