"""From accounts to servers: who is asked in a sync, and by which of the two interfaces."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from edge_runtime.accounts.exchange import AccountErrands, Job, not_due
from edge_runtime.accounts.greader import GoogleReader
from edge_runtime.accounts.ledger import Ledger, Places
from edge_runtime.accounts.line import Line, LineOptions
from edge_runtime.accounts.miniflux import Miniflux
from edge_runtime.accounts.secrets import read_secrets
from edge_runtime.accounts.upstream import Login, Upstream
from edge_runtime.errors import AccountError
from edge_runtime.feeds.outcome import SyncOptions
from edge_runtime.sentences import Sentence
from edge_runtime.storage.accounts import Account


def account_errands(places: Places, data_dir: Path, now: datetime, options: SyncOptions) -> AccountErrands:
    """What a sync does for all accounts.

    Args:
        places: Where they are kept.
        data_dir: Has their secrets.
        now: UTC-aware.
        options: Of the sync.

    Raises:
        StorageError: The secrets cannot be read.
    """
    secrets = read_secrets(data_dir)

    def opening(account: Account) -> Callable[[], Upstream]:
        def open_one() -> Upstream:
            secret = secrets.get(account.number, "")
            if not secret:
                raise AccountError(
                    Sentence("{address}: its secret is not in accounts.json; add it again", address=account.url)
                )
            return opened(account.kind, account.url, Login(account.user, secret), now, options)

        return open_one

    accounts = places.feeds.accounts.all()
    jobs = [Job(Ledger(one, places, now), opening(one), not_due(one, now, options)) for one in accounts]
    return AccountErrands(jobs, now, options)


def opened(kind: str, url: str, login: Login, now: datetime, options: SyncOptions) -> Upstream:
    """A server of a kind; nothing is asked yet."""
    line = Line(url, now, LineOptions(time_limit_s=options.time_limit_s, ca_file=options.ca_file))
    return Miniflux(line, login) if kind == "miniflux" else GoogleReader(line, login)
