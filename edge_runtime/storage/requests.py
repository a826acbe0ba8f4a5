"""How often each host was asked, and how many bytes went there and came back: a table of `feeds.db`."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from edge_runtime.storage.database import transaction, vacuum

MOST_HOSTS = 1000  # counted by name; a server can lead through as many as it likes
OTHER_HOSTS = ""  # the name of all others together


@dataclass(frozen=True, slots=True)
class HostRequests:
    """What was sent to a host and came from it, without what TLS and TCP add."""

    host: str  # "" for hosts that are not kept by name
    requests: int
    sent_bytes: int  # request lines and headers; a request has no body
    received_bytes: int  # status lines, headers and what was read of the bodies, as they came over the wire
    since: datetime  # UTC-aware: the first of them


def create_requests(db: sqlite3.Connection) -> None:
    """Requests by host, from now on; time is seconds UTC."""
    db.execute(
        """CREATE TABLE requests (
            host TEXT PRIMARY KEY NOT NULL,  -- '' for those without a name of their own
            requests INTEGER NOT NULL,
            sent_bytes INTEGER NOT NULL,
            received_bytes INTEGER NOT NULL,
            since INTEGER NOT NULL
        )"""
    )


class RequestStore:
    """The counts. A method that writes raises StorageError, and then nothing is changed."""

    def __init__(self, db: sqlite3.Connection, path: Path) -> None:
        """Use a connection of `open_database`, and its file's name for messages."""
        self._db, self._path = db, path

    def add(self, made: Sequence[HostRequests], named: Collection[str] | None = None) -> None:
        """Add to the counts.

        Args:
            made: What was asked since the last time.
            named: New hosts that may be kept by name; all if not given.
        """
        with transaction(self._db, self._path):
            known = {host for (host,) in self._db.execute("SELECT host FROM requests")}
            for one in made:
                is_new = one.host not in known
                is_named = not is_new or (len(known) < MOST_HOSTS and (named is None or one.host in named))
                host = one.host if is_named else OTHER_HOSTS
                known.add(host)
                self._db.execute(
                    """INSERT INTO requests VALUES (?, ?, ?, ?, ?) ON CONFLICT (host) DO UPDATE SET
                    requests = requests + excluded.requests, sent_bytes = sent_bytes + excluded.sent_bytes,
                    received_bytes = received_bytes + excluded.received_bytes, since = min(since, excluded.since)""",
                    (host, one.requests, one.sent_bytes, one.received_bytes, int(one.since.timestamp())),
                )

    def all(self) -> list[HostRequests]:
        """The counts of every host, most asked first."""
        with transaction(self._db, self._path, write=False):
            rows = self._db.execute("SELECT * FROM requests ORDER BY requests DESC, host").fetchall()
        return [
            HostRequests(host, number, sent, received, datetime.fromtimestamp(since, UTC))
            for host, number, sent, received, since in rows
        ]

    def erase(self) -> None:
        """Delete the counts and leave none of their bytes in the file."""
        with transaction(self._db, self._path):
            self._db.execute("DELETE FROM requests")
        vacuum(self._db, self._path)
