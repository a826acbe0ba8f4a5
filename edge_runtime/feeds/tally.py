"""Counting what is sent: every request of this process, whatever it is for, until it is kept.

Feeds, pages, pictures and previews are fetched in threads and partly without a reader. So the count is the process's,
and the reader that is used next keeps it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from edge_runtime.storage.requests import HostRequests


class Tally:
    """Requests by host that are not kept yet; for use from any thread."""

    def __init__(self) -> None:
        """Nothing was asked yet."""
        self._lock = threading.Lock()
        self._made: dict[str, HostRequests] = {}

    def count(self, host: str, at: datetime, sent_bytes: int, received_bytes: int) -> None:
        """Count one request."""
        self.add([HostRequests(host, 1, sent_bytes, received_bytes, at)])

    def add(self, made: Iterable[HostRequests]) -> None:
        """Count what was taken and could not be kept, or new requests."""
        with self._lock:
            for one in made:
                before = self._made.get(one.host)
                self._made[one.host] = both(before, one) if before else one

    def take(self) -> list[HostRequests]:
        """What was counted; it is the caller's to keep now."""
        with self._lock:
            made, self._made = self._made, {}
        return list(made.values())

    def waiting(self) -> list[HostRequests]:
        """What was counted and not taken."""
        with self._lock:
            return list(self._made.values())


def both(one: HostRequests, other: HostRequests) -> HostRequests:
    """Two counts of one host as one."""
    return replace(
        one,
        requests=one.requests + other.requests,
        sent_bytes=one.sent_bytes + other.sent_bytes,
        received_bytes=one.received_bytes + other.received_bytes,
        since=min(one.since, other.since),
    )


def summed(made: Iterable[HostRequests]) -> list[HostRequests]:
    """Counts, of which several may be of one host, as one a host; most asked first."""
    hosts: dict[str, HostRequests] = {}
    for one in made:
        hosts[one.host] = both(hosts[one.host], one) if one.host in hosts else one
    return sorted(hosts.values(), key=lambda one: (-one.requests, one.host))


REQUESTS = Tally()
