"""The thread that owns the reader."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from edge_runtime import Reader, StorageError
from edge_runtime.tui.reader_thread import ReaderThread


def test_everything_is_done_in_one_thread_and_in_order(tmp_path):
    done = []

    async def ask(thread):
        asked = [thread.keep(lambda _, n=n: done.append((n, threading.current_thread().name))) for n in range(20)]
        await asyncio.gather(*asked)

    thread = ReaderThread(lambda: Reader.open(tmp_path / "data"))
    asyncio.run(ask(thread))
    thread.close()
    assert [number for number, _ in done] == list(range(20)) and len({name for _, name in done}) == 1


def test_what_nobody_waits_for_is_dropped_unless_it_is_to_be_kept(tmp_path):
    done = []

    async def leave(thread):
        thread.keep(lambda _: time.sleep(0.2))

        async def wait(answer):
            await answer

        jobs = [thread.ask(lambda _: done.append("asked")), thread.keep(lambda _: done.append("kept"))]
        tasks = [asyncio.create_task(wait(job)) for job in jobs]
        await asyncio.sleep(0.05)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    thread = ReaderThread(lambda: Reader.open(tmp_path / "data"))
    asyncio.run(leave(thread))
    thread.close()
    assert done == ["kept"]


def test_a_data_directory_that_cannot_be_used_is_told_at_once(tmp_path):
    (tmp_path / "data").write_text("no directory")
    with pytest.raises(StorageError):
        ReaderThread(lambda: Reader.open(tmp_path / "data"))
    assert not [one for one in threading.enumerate() if one.name.startswith("edge-news reader")]
