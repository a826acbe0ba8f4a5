"""Options of the command serve: passwords for reader apps, which can be taken back one by one."""

from __future__ import annotations

import argparse

from edge_runtime.cli.argument_types import name
from edge_runtime.cli.call import Call


def add_app_options(serve: argparse.ArgumentParser) -> None:
    """What to make, list or take back."""
    serve.add_argument(
        "--app-password", type=_app, metavar="NAME", help="make a password for a reader app, show it once, and end"
    )
    serve.add_argument("--app-passwords", action="store_true", help="list the apps that have one, and end")
    serve.add_argument("--revoke-app", type=name, metavar="NAME", help="take an app's password back, and end")


def answer_app_options(call: Call) -> bool:
    """Do what was asked for; whether anything was."""
    options = call.options
    if not (options.app_password or options.app_passwords or options.revoke_app):
        return False
    # Loaded here: only these need it.
    from edge_runtime.storage.database import private_directory
    from edge_runtime.web.greader.app_passwords import AppPasswords

    apps = AppPasswords(private_directory(call.data_dir))
    lines, made = [], None
    if options.revoke_app:
        apps.revoke(options.revoke_app)
        lines.append(f"{options.revoke_app} is let in no more.")
    if options.app_password:
        made = apps.make(options.app_password, call.now)
        lines += [
            f"user name: {options.app_password}",
            f"password: {made}",
            "It is shown this once. In the app choose Google Reader API or FreshRSS; docs/readers.md says how.",
        ]
    found = apps.apps()
    if options.app_passwords:
        lines += [f"{app}, since {at:%Y-%m-%d}" for app, at in found] or ["No app has a password."]
    call.screen.show({"password": made, "apps": [{"name": app, "since": at.isoformat()} for app, at in found]}, lines)
    return True


def _app(text: str) -> str:
    from edge_runtime.web.greader.app_passwords import checked_name

    try:
        return checked_name(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
