"""The command serve: the pages in a browser, on this device or for others at home."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from edge_runtime.cli.app_passwords import add_app_options, answer_app_options
from edge_runtime.cli.argument_types import name
from edge_runtime.cli.call import Call, Commands
from edge_runtime.cli.remedies import COMMANDS

if TYPE_CHECKING:
    from edge_runtime.screens.reading import Reading

USUAL_PORT = 8765


def add_commands(commands: Commands) -> None:
    serve = commands.add(
        "serve",
        _serve,
        "pages in a browser, on this device or at home",
        "serve --lan",
        "It answers until it is ended. On this device it asks for no password. With --lan it does: make one first with "
        "--new-password.",
    )
    serve.add_argument("--port", type=_port, default=USUAL_PORT, metavar="N", help=f"where it listens ({USUAL_PORT})")
    serve.add_argument("--lan", action="store_true", help="for other devices of your network, with a password")
    serve.add_argument(
        "--host-name",
        type=name,
        action="append",
        default=[],
        metavar="NAME",
        help="it is asked by this name too, such as that of a proxy",
    )
    serve.add_argument("--public", action="store_true", help="for the whole internet; put a proxy with https before it")
    serve.add_argument("--new-password", action="store_true", help="make a password, show it once, and end")
    serve.add_argument("--feed-address", action="store_true", help="show where other readers find your feed, and end")
    serve.add_argument("--new-feed-address", action="store_true", help="make another such address, and end")
    add_app_options(serve)


def _serve(call: Call) -> None:
    options = call.options
    if answer_app_options(call):
        return
    if options.new_password or options.feed_address or options.new_feed_address:
        _make(call)
        return
    # Loaded here: no other command listens.
    from edge_runtime.web.routes import page_routes
    from edge_runtime.web.start import NoPasswordError, ServeError, Serving, serve

    asked = Serving(call.data_dir, options.port, options.lan, options.public, options.host_name)
    try:
        serve(
            asked,
            lambda: _reading(call),
            page_routes,
            lambda pages: call.screen.show({"pages": pages}, [*pages, "Ctrl+C ends it."]),
        )
    except NoPasswordError as error:
        raise ServeError(f"{error.fact}; `edge-news serve --new-password` makes one") from error


def _reading(call: Call) -> Reading:
    from edge_runtime.screens.reading import Reading

    return Reading(opened=call.open(), remedies=COMMANDS)


def _make(call: Call) -> None:
    """Make what was asked for, and show it; nothing of it goes into a journal, as what a server prints would."""
    from edge_runtime.storage.database import private_directory
    from edge_runtime.web.access import Access
    from edge_runtime.web.feeds_out import feed_paths

    options, access = call.options, Access(private_directory(call.data_dir))
    password = access.new_password() if options.new_password else None
    lines = (
        [f"password: {password}", "It is shown this once. Who was logged in has to log in again."] if password else []
    )
    paths: Sequence[str] = ()
    if options.feed_address or options.new_feed_address:
        is_new = options.new_feed_address or not access.feed_secret
        paths = feed_paths(access.new_feed_secret() if is_new else access.feed_secret)
        lines += [
            "The feeds are at these addresses, behind that of the page. Whoever knows them can read them.",
            *paths,
        ]
    call.screen.show({"password": password, "feeds": paths}, lines)


def _port(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() else -1
    if not 0 <= number <= 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; give 1 to 65535")
    return number
