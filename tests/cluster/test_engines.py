"""Each engine gives what one process gives, whatever dies on the way."""

from __future__ import annotations

from functools import partial
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.cluster.faults import always_dies, dying_once, no_use
from tests.cluster.job import catalogue_bytes, hash_of, leftovers, make_log
from trainer.data.prepare import OpenRunner
from trainer.data.runner import LocalRunner
from trainer.errors import ClusterError, LogError

pytestmark = pytest.mark.cluster


@pytest.mark.parametrize(("files", "buckets"), [(1, 1), (5, 32)])
def test_the_hash_is_that_of_one_process_for_any_files_and_buckets(
    files: int, buckets: int, engine: OpenRunner, tmp_path: Path, expected: str
):
    log = make_log(tmp_path, files)
    assert hash_of(log, tmp_path / "out", engine, buckets) == expected
    assert leftovers(tmp_path / "out") == []


def test_a_worker_that_dies_in_the_middle_is_made_up_for(engine: OpenRunner, tmp_path: Path, expected: str):
    assert hash_of(make_log(tmp_path), tmp_path / "out", dying_once(engine, tmp_path / "mark")) == expected
    assert (tmp_path / "mark").exists()
    assert leftovers(tmp_path / "out") == []


@pytest.mark.skipif(find_spec("wordllama") is None, reason="WORDLLAMA IS NOT INSTALLED: make setup")
def test_vectors_of_a_catalogue_have_the_bytes_of_one_process(engine: OpenRunner, tmp_path: Path):
    assert catalogue_bytes(tmp_path, engine) == catalogue_bytes(tmp_path, partial(LocalRunner, workers=1))


def test_failures_keep_their_class_and_workers_that_die_again_and_again_are_told(engine: OpenRunner, tmp_path: Path):
    (tmp_path / "spill").mkdir()
    with engine(tmp_path / "spill") as runner:
        with pytest.raises(LogError, match="3: of no use"):
            list(runner.map(no_use, [3]))
        with pytest.raises(ClusterError, match=r"Ray lost a task 3 times|Spark gave up: .*; it tries a task 3 times"):
            list(runner.map(always_dies, [3]))
