"""A log that is larger than the memory trains, and ranks as well as if it had been in memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.streamed_training import make_dataset, train_apart

LIMIT_MIB = 220


@pytest.mark.long
def test_a_log_that_has_no_room_in_memory_is_streamed_and_teaches_as_much(tmp_path: Path):
    place = make_dataset(tmp_path, 400_000, shards=9)
    killed = train_apart(place, window=0, limit_mib=LIMIT_MIB, batch=1024)
    assert isinstance(killed, str) and "the memory has no room for it" in killed
    streamed = train_apart(place, window=50_000, limit_mib=LIMIT_MIB, batch=1024)
    assert not isinstance(streamed, str), streamed
    held = [train_apart(place, window=0, seed=seed, batch=1024) for seed in (0, 1)]
    figures = [found.ndcg10 for found in held if not isinstance(found, str)]
    noise = abs(figures[0] - figures[1])
    assert streamed.ndcg10 == pytest.approx(sum(figures) / 2, abs=max(2 * noise, 0.004))
    assert streamed.steps == held[0].steps
