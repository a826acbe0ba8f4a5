"""Who listens at an address of an engine: all but the engine is told in some seconds, by one sentence."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread

import pytest

from tests.edge_runtime.feeds.hostile_server import HostileServer
from tests.trainer.clusters.test_choice import installed as installed
from trainer.cli.command_line import main
from trainer.clusters.addresses import ANSWERED_S, RAY, SPARK, Engine, reach
from trainer.clusters.choice import open_runner
from trainer.errors import ClusterError

pytestmark = pytest.mark.server
SETTINGS = bytes(3) + b"\x04" + bytes(5)  # the first frame of a server of HTTP/2
FAILURE = (8 + 1 + 4 + 4).to_bytes(8) + b"\x08" + (4).to_bytes(4) + b"none"  # a message of Spark, of type 8


def port_of(listening: socket.socket) -> int:
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    port: int = listening.getsockname()[1]
    return port


@contextmanager
def answering(answer: bytes, *, bytewise: bool = False) -> Iterator[int]:
    """A port where each connection gets the same answer, as a whole or a byte at a time, and is closed."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(4096)
                for part in (answer[n : n + 1] for n in range(len(answer))) if bytewise else (answer,):
                    connection.sendall(part)
                    time.sleep(0.01)

        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        thread.join(5)


CHOSEN: dict[str, Callable[[int], object]] = {
    "Ray": lambda port: open_runner("ray", ray_address=f"127.0.0.1:{port}"),
    "Spark": lambda port: open_runner("spark", spark_master=f"spark://127.0.0.1:{port}"),
}


@pytest.mark.parametrize("name", CHOSEN)
def test_an_address_where_nothing_listens_is_told_at_once(name: str, installed: None):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        with pytest.raises(
            ClusterError, match=rf"127\.0\.0\.1:{port}: no {name} answers: Connection refused; start its"
        ):
            CHOSEN[name](port)


@pytest.mark.parametrize("name", CHOSEN)
def test_a_server_of_pages_at_the_address_is_told_at_once(name: str, installed: None, server: HostileServer):
    begun = time.monotonic()
    with pytest.raises(ClusterError, match=rf"127\.0\.0\.1:{server.port}: no {name} answers: something else listens"):
        CHOSEN[name](server.port)
    assert time.monotonic() - begun < ANSWERED_S


@pytest.mark.parametrize("name", CHOSEN)
def test_a_socket_that_says_nothing_is_told_after_some_seconds(
    name: str, installed: None, tmp_path, capsys: pytest.CaptureFixture[str], slow: None
):
    (tmp_path / "log.jsonl").touch()
    files = ["--articles", str(tmp_path / "log.jsonl"), "--train", str(tmp_path / "log.jsonl"), "--out", str(tmp_path)]
    with socket.socket() as silent:
        place = f"127.0.0.1:{port_of(silent)}"
        engine = ["--ray-address", place] if name == "Ray" else ["--spark-master", f"spark://{place}"]
        begun = time.monotonic()
        assert main(["prepare", *files, "--engine", name.lower(), *engine]) == 1
    assert ANSWERED_S <= time.monotonic() - begun < 2 * ANSWERED_S
    told = capsys.readouterr().err.splitlines()
    assert told == [
        f"edge-news-trainer: {engine[1]}: no {name} answers: what listens there said nothing of it for 5 seconds; "
        "start its head there, or correct the address"
    ]


@pytest.mark.parametrize("bytewise", [False, True])
@pytest.mark.parametrize(("engine", "answer"), [(RAY, SETTINGS), (SPARK, FAILURE)], ids=["Ray", "Spark"])
def test_the_first_words_of_an_engine_are_known_in_any_pieces(engine: Engine, answer: bytes, *, bytewise: bool):
    with answering(answer[:9], bytewise=bytewise) as port:
        reach(f"127.0.0.1:{port}", engine)


@pytest.mark.parametrize(("engine", "answer"), [(SPARK, SETTINGS), (RAY, FAILURE), (RAY, b""), (SPARK, FAILURE[:8])])
def test_other_words_are_those_of_something_else(engine: Engine, answer: bytes):
    with (
        answering(answer) as port,
        pytest.raises(ClusterError, match=rf"no {engine.name} answers: something else listens there"),
    ):
        reach(f"127.0.0.1:{port}", engine)


def test_of_several_masters_one_is_enough():
    with socket.socket() as unused, answering(FAILURE) as port:
        unused.bind(("127.0.0.1", 0))
        reach(f"spark://127.0.0.1:{unused.getsockname()[1]},127.0.0.1:{port}", SPARK)
