"""Two processes train as one does."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.many_processes import train_on
from benchmarks.streamed_training import make_dataset


@pytest.mark.long
@pytest.mark.server
def test_two_processes_learn_what_one_learns(tmp_path: Path):
    place = make_dataset(tmp_path, 5_000, 2)
    ((alone,), both) = (train_on(place, processes, steps=30, batch=64) for processes in (1, 2))
    assert len(both) == 2 and len(alone.losses) == 30
    for one in both:
        assert one.losses == pytest.approx(alone.losses, rel=1e-5)
        # Not each array: where the gradient is but rounding, as of topics that a log lacks, Adam scales that up.
        assert sum(one.weights) == pytest.approx(sum(alone.weights), rel=1e-5)
    assert alone.losses[-1] < alone.losses[0]
