"""What runs on other machines fails as it would here, and needs the folder that is written to."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from trainer.clusters.cluster_runner import SHIPPED, ClusterRunner, Outcome, attempt, package_folders
from trainer.data.runner import Task
from trainer.errors import ClusterError, LogError


class Here(ClusterRunner):
    """An engine that is this process."""

    def _outcomes(self, function: Callable[[Task], Outcome], tasks: Iterable[Task]) -> Iterator[Outcome]:
        yield from map(function, tasks)


class Unportable(Exception):
    """Its message is not what it is made from, so it does not survive a pickle."""

    def __init__(self, a: str, b: str) -> None:
        super().__init__(a + b)


def failing(error: Exception) -> int:
    raise error


@pytest.fixture
def runner(tmp_path: Path) -> ClusterRunner:
    folder = tmp_path / "dataset.partial" / "spill"
    folder.mkdir(parents=True)
    return Here(folder)


def test_results_come_in_order_and_nothing_is_left_in_the_folder(runner: ClusterRunner, tmp_path: Path):
    assert list(runner.map(len, ["a", "bb", "ccc"])) == [1, 2, 3]
    assert [path.name for path in (tmp_path / "dataset.partial").iterdir()] == ["spill"]


@pytest.mark.parametrize("error", [LogError("a.parquet: no column"), OSError(errno.ENOSPC, "No space left on device")])
def test_a_failure_keeps_its_class_and_words(runner: ClusterRunner, error: Exception):
    with pytest.raises(type(error)) as caught:
        list(runner.map(failing, [error]))
    assert caught.value.args == error.args


def test_a_failure_that_cannot_travel_is_told_by_class_and_words(runner: ClusterRunner):
    with pytest.raises(ClusterError, match="Unportable: ab"):
        list(runner.map(failing, [Unportable("a", "b")]))


def test_a_machine_without_the_folder_is_named_with_the_folder(tmp_path: Path):
    outcome = attempt(tmp_path / "elsewhere" / "here.partial", tmp_path, len, "abc")
    assert isinstance(outcome.failure, ClusterError)
    assert f"does not see {tmp_path / 'elsewhere'}, where the dataset is written" in str(outcome.failure)


def test_the_packages_that_workers_get_are_these():
    assert [folder.name for folder in package_folders()] == list(SHIPPED)
    assert all((folder / "__init__.py").is_file() for folder in package_folders())
