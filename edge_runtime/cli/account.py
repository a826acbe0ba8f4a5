"""The command account: servers that the reader has an account on, such as Miniflux or FreshRSS."""

from __future__ import annotations

import getpass
import sys
from typing import TYPE_CHECKING

from edge_runtime.cli.add import add_ca_file
from edge_runtime.cli.argument_types import name, words
from edge_runtime.cli.call import Call, Commands
from edge_runtime.cli.documents import read_bytes
from edge_runtime.cli.printing import local_time
from edge_runtime.cli.remedies import told_again
from edge_runtime.model.json_lines import Json

if TYPE_CHECKING:
    from edge_runtime.storage.accounts import Account

NO_ACCOUNTS = "no accounts: `edge-news account add greader+https://HOST --user NAME` adds one"


def add_commands(commands: Commands) -> None:
    account = commands.add(
        "account", _account, "read what Miniflux or FreshRSS brings, and tell it what you read", "account list"
    )
    actions = account.add_subparsers(metavar="add|list|remove", title="action")
    added = commands.under(
        actions,
        "add",
        _add,
        "log in to a server; the next sync takes it in",
        "account add greader+https://rss.example.org/api/greader.php --user me",
        "The password, or the API key of Miniflux, is asked for. It is kept in accounts.json of the data directory, "
        "for you alone.",
    )
    added.add_argument("address", type=name, metavar="greader+URL|miniflux+URL")
    added.add_argument("--user", type=words, metavar="NAME", help="your name there; none with an API key of Miniflux")
    added.add_argument("--secret-file", type=name, metavar="FILE", help="has the secret; - is standard input")
    add_ca_file(added)
    commands.under(actions, "list", _list, "your accounts, and how they are", "account list")
    removed = commands.under(
        actions,
        "remove",
        _remove,
        "forget an account, its feeds and its secret",
        "account remove 1",
        "Its articles and what you did with them stay. What the server was not told yet is dropped.",
    )
    removed.add_argument("account", type=words, help="its number in `edge-news account list`, or its address")


def _account(call: Call) -> None:
    call.refuse("say what to do: add, list or remove")


def _add(call: Call) -> None:
    from edge_runtime.accounts.upstream import account_address
    from edge_runtime.feeds.outcome import SyncOptions

    options = call.options
    _, url, _ = account_address(options.address)  # before a secret is asked for
    secret = _secret(call, url)
    with call.open() as reader:
        account = reader.accounts.add(
            options.address, secret, call.now, options.user or "", SyncOptions(ca_file=options.ca_file)
        )
    said = [f"{account.name}: logged in; `edge-news sync` takes it in"]
    if account.url.startswith("http:"):
        said.append("Over http others on the way can read the secret; use https where the server has it.")
    call.screen.show(_fields(account), [line for one in said for line in call.screen.paragraph(one)])


def _secret(call: Call, url: str) -> str:
    """What is typed, or a file's first line: never a word of the command line, which others can see."""
    if call.options.secret_file is None:
        if sys.stdin.isatty():
            return getpass.getpass(f"Password or API key for {url}: ")
        call.refuse("no terminal to ask on: name a file with --secret-file, or - for standard input")
    text = read_bytes(call.options.secret_file).decode("utf-8", "replace")
    return text.splitlines()[0] if text else ""


def _list(call: Call) -> None:
    with call.open() as reader:
        accounts = reader.accounts.all()
    lines = []
    for number, account in enumerate(accounts, start=1):
        who = f" as {account.user}" if account.user else ""
        lines += call.screen.paragraph(f"{number:3}. {account.name}{who}")
        synced = f"synced {local_time(account.last_ok)}" if account.last_ok else "not synced yet"
        state = " · ".join(word for word in (synced, told_again(account.last_error)) if word)
        lines += map(call.screen.dim, call.screen.paragraph(state, 5))
    call.screen.show_long({"accounts": [*map(_fields, accounts)]}, lines or call.screen.paragraph(NO_ACCOUNTS))


def _remove(call: Call) -> None:
    with call.open() as reader:
        account = reader.accounts.remove(call.options.account)
    said = f"{account.name} is forgotten; its articles and what you did with them stay"
    call.screen.show(_fields(account), call.screen.paragraph(said))


def _fields(account: Account) -> Json:
    return {
        "account": account.name,
        "user": account.user,
        "added": account.added.isoformat(),
        "last_ok": account.last_ok.isoformat() if account.last_ok else None,
        "next_at": account.next_at.isoformat() if account.next_at else None,
        "last_error": told_again(account.last_error),
    }
