"""Whether an engine listens at an address, asked in its own words: the engine itself would try for a minute or more."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass

from trainer.errors import ClusterError

ANSWERED_S = 5.0  # time for a connection, and again for an answer
_BEGINNING = 9  # bytes of it that are looked at
_STREAM = b"/files/none\r\n\r\n"  # whose end makes a server of HTTP answer too


@dataclass(frozen=True, slots=True)
class Engine:
    """What is said to an engine, and how its answer begins."""

    name: str
    port: str  # its usual one, as an example
    question: bytes
    is_answer: Callable[[bytes], bool]


def _is_settings(answer: bytes) -> bool:
    """A frame of HTTP/2: its length, type 4 for settings, flags, and stream 0."""
    return answer[3] == 4 and answer[5:] == bytes(4)


def _is_message(answer: bytes) -> bool:
    """A message of Spark: its length, and a type, of which there are less than 32."""
    return int.from_bytes(answer[:8]) < 1 << 20 and answer[8] < 32


# gRPC begins as HTTP/2 does: both sides send their settings.
RAY = Engine("Ray", "6379", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(3) + b"\x04" + bytes(5), _is_settings)
# A request for a stream that no master has (type 6), which is answered with a failure.
SPARK = Engine(
    "Spark",
    "7077",
    (13 + len(_STREAM)).to_bytes(8) + b"\x06" + len(_STREAM).to_bytes(4) + _STREAM,
    _is_message,
)


def reach(address: str, engine: Engine) -> None:
    """Ask whether an engine is there.

    Args:
        address: Of one machine, or of several with commas between them, any of which will do.
        engine: What should listen there.

    Raises:
        ClusterError: The address is none, nothing listens there, or something else does.
    """
    failures = []
    for place in address.partition("://")[2].split(",") if "://" in address else [address]:
        host, mark, port = place.rpartition(":")
        if not mark or not host or not port.isdecimal() or int(port) > 65_535:
            raise ClusterError(f"{address}: {place!r} is not host:port, such as 10.0.0.1:{engine.port}")
        try:
            with socket.create_connection((host.strip("[]"), int(port)), ANSWERED_S) as connection:
                failure = _failure(connection, engine)
        except OSError as error:
            failure = str(error.strerror or error)
        if failure is None:
            return
        failures.append(failure)
    raise ClusterError(
        f"{address}: no {engine.name} answers: {failures[0]}; start its head there, or correct the address"
    )


def _failure(connection: socket.socket, engine: Engine) -> str | None:
    """What is wrong with who listens there; None if it is the engine."""
    if engine is RAY and os.environ.get("RAY_USE_TLS", "0").lower() in ("1", "true"):
        return None  # its words are encrypted
    connection.sendall(engine.question)
    answer, until = b"", time.monotonic() + ANSWERED_S
    while len(answer) < _BEGINNING:
        connection.settimeout(max(0.001, until - time.monotonic()))
        try:
            # All of it: a connection that is closed with some unread is an error in the engine's log.
            more = connection.recv(4096)
        except TimeoutError:
            return f"what listens there said nothing of it for {ANSWERED_S:g} seconds"
        if not more:
            break
        answer += more
    if len(answer) >= _BEGINNING and engine.is_answer(answer[:_BEGINNING]):
        return None
    return "something else listens there"
