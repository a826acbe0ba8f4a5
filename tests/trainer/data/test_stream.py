"""A log that is read a window at a time teaches what it teaches from memory."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from benchmarks.streamed_training import SHOWN, make_dataset
from trainer.data.batches import ClickBatches, published_seconds
from trainer.data.dataset import ClickDataset, load_dataset
from trainer.data.impressions import Impressions, Ragged
from trainer.data.popularity import Tally, causal_counts, counts_before
from trainer.errors import LogError

SIZE, SHARDS = 900, 6


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_dataset(tmp_path_factory.mktemp("log"), SIZE, SHARDS)


@pytest.fixture(scope="module")
def whole(folder: Path) -> ClickDataset:
    return load_dataset(folder)


def batches(data: ClickDataset, seed: int = 5, batch: int = 32, negatives: int = 5):
    clicks = ClickBatches(data.source, published_seconds(data.articles), 10, negatives)
    assert len(clicks) == len(data_clicks(data))
    return list(clicks.epoch(batch, np.random.default_rng(seed)))


def data_clicks(data: ClickDataset) -> Counter[tuple[int, ...]]:
    """Each click with all that was shown beside it."""
    logs = data.stream.pieces(is_dev=False) if data.stream else [data.train]
    return Counter(
        (int(log.candidates.values[place]), *sorted(log.candidates[place // SHOWN].tolist()))
        for log in logs
        for place in log.comparable_clicks()
    )


def drawn(found) -> Counter[tuple[int, ...]]:
    return Counter((int(row[0]), *sorted(row.tolist())) for batch in found for row in batch.candidates)


def test_a_window_for_the_whole_log_gives_the_batches_of_memory_to_the_byte(folder, whole):
    stream = load_dataset(folder, SIZE - 1).stream  # train alone has room in it
    streamed = ClickDataset(whole.articles, whole.train, whole.dev, whole.facts, whole.translations, stream)
    for ours, theirs in zip(batches(streamed), batches(whole), strict=True):
        assert all((getattr(ours, name) == getattr(theirs, name)).all() for name in ("candidates", "history", "ages_s"))
    assert set(map(bytes, rows_of(streamed))) == set(map(bytes, rows_of(whole)))


def rows_of(data: ClickDataset) -> list[np.ndarray]:
    longest = data.source.longest_histories()
    return [longest[row] for row in range(len(longest))]


@pytest.mark.parametrize("window", [400, 150, 40])  # shards in a window: 2, 1, and a part of one
def test_an_epoch_has_each_click_once_and_no_window_is_larger_than_said(folder, whole, window):
    data = load_dataset(folder, window)
    found = batches(data, negatives=SHOWN)
    counted, expected = drawn(found), drawn(batches(whole, negatives=SHOWN))
    assert {len(batch) for batch in found} == {32} and len(found) == -(-len(data_clicks(whole)) // 32)
    assert counted.keys() == expected.keys()
    assert sum((counted - Counter(expected.keys())).values()) == counted.total() - len(expected)
    sizes = [len(load()) for load in data.source.windows(np.random.default_rng(0))]
    assert sum(sizes) == len(whole.train) and max(sizes) <= window
    assert len(data.train) <= max(1, window // 4) and len(data.dev) <= max(1, window // 4)


def test_the_order_is_that_of_the_seed(folder):
    data = load_dataset(folder, 300)
    first, again, other = (np.concatenate([batch.candidates for batch in batches(data, seed)]) for seed in (5, 5, 6))
    assert (first == again).all() and (first != other).any()


def test_a_window_of_a_part_of_a_shard_spans_the_whole_time(folder, whole):
    span = np.ptp(whole.train.times)
    windows = load_dataset(folder, 40).source.windows(np.random.default_rng(0))
    assert min(np.ptp(load().times) for load in windows) > span / 2


def test_a_batch_is_filled_up_even_if_the_last_window_has_no_click():
    def log_of(num_lists: int, clicked: int = 1) -> Impressions:
        pairs = Ragged(np.arange(2 * num_lists, dtype=np.int32), np.arange(num_lists + 1) * 2)
        numbers = np.arange(num_lists)
        marks = np.arange(2 * num_lists) % 2 < clicked
        return Impressions(list(map(str, numbers)), numbers, numbers, pairs, pairs, marks)

    class Parts:
        parts = log_of(5), log_of(2), log_of(3, clicked=0)

        def windows(self, rng):
            return [lambda part=part: part for part in self.parts]

        def num_clicks(self):
            return 7

    found = list(ClickBatches(Parts(), np.zeros(10), 3, 1).epoch(4, np.random.default_rng(0)))
    assert [len(batch) for batch in found] == [4, 4]
    shown = np.concatenate([batch.candidates[:, 0] for batch in found])
    assert sorted(shown[:7].tolist()) == [0, 0, 2, 2, 4, 6, 8] and shown[7] in shown[4:7]


def test_what_the_log_has_shown_is_known_of_all_of_it(folder, whole):
    assert (load_dataset(folder, 40).training_rows() == whole.training_rows()).all()


def test_counts_of_a_sample_are_those_of_the_whole_log(folder, whole):
    data = load_dataset(folder, 300)
    every = causal_counts(whole.dev, [whole.train])
    parts = [*data.stream.pieces(is_dev=True), *data.stream.pieces(is_dev=False)]
    found = counts_before(whole.dev, parts)
    for name in ("shown", "clicked", "as_of_s"):
        assert (getattr(found, name) == getattr(every, name)).all()
    assert every.clicked.any()


@pytest.mark.parametrize("most", [1, 100, 10_000])
def test_in_order_of_time_the_log_is_that_of_memory(folder, whole, most):
    stream = load_dataset(folder, 300).stream
    parts = list(stream.in_time(most, with_train=True))
    assert len(parts) == {1: len(parts), 100: 9, 10_000: 1}[most] and len(parts) <= SIZE
    for place, expected in ((0, whole.train), (1, whole.dev)):
        logs = [part[place] for part in parts]
        assert [name for log in logs for name in log.ids] == expected.ids
        assert (np.concatenate([log.times for log in logs]) == expected.times).all()
        assert (np.concatenate([log.candidates.values for log in logs]) == expected.candidates.values).all()
        assert (np.concatenate([log.clicked for log in logs]) == expected.clicked).all()
        histories = [log.history[row].tolist() for log in logs for row in range(len(log))]
        assert histories == [expected.history[row].tolist() for row in range(len(expected))]
    ends = [max(log.times.max(initial=0) for log in part) // 60 for part in parts]
    assert ends == sorted(set(ends))  # no minute is in two parts
    alone = [dev for train, dev in stream.in_time(most, with_train=False) if not len(train)]
    assert [name for log in alone for name in log.ids] == whole.dev.ids


def test_a_log_whose_readers_can_read_little_is_cut_in_order_of_time_too(folder, whole):
    has_text = np.arange(len(whole.articles)) % 3 > 0
    parts = list(load_dataset(folder, 300).stream.restricted(has_text).in_time(100, with_train=True))
    for place, expected in ((0, whole.train.restricted(has_text)), (1, whole.dev.restricted(has_text))):
        assert [name for part in parts for name in part[place].ids] == expected.ids
        used = np.unique(np.concatenate([part[place].history.used() for part in parts]))
        assert (used == np.unique(expected.history.used())).all()


@pytest.mark.parametrize("half_life_s", [float("inf"), 86_400.0])
@pytest.mark.parametrize("most", [1, 100, 10_000])
def test_counts_in_order_of_time_are_those_of_the_whole_log(folder, whole, most, half_life_s):
    every, tally = causal_counts(whole.dev, [whole.train], half_life_s), Tally(len(whole.articles), half_life_s)
    found = [
        tally.count(dev, [train]) for train, dev in load_dataset(folder, 300).stream.in_time(most, with_train=True)
    ]
    for name in ("shown", "clicked", "as_of_s"):
        assert (np.concatenate([getattr(counts, name) for counts in found]) == getattr(every, name)).all()


def test_the_longest_history_of_a_reader_is_the_first_of_those():
    history = Ragged(np.arange(9, dtype=np.int32), np.array([0, 1, 3, 5, 7, 7, 9]))
    empty = Ragged(np.zeros(0, np.int32), np.zeros(7, np.int64))
    users = np.array([4, 2, 4, 4, 2, 1], np.int32)
    log = Impressions(list("abcdef"), users, np.zeros(6, np.int64), history, empty, np.zeros(0, bool))
    longest = log.longest_histories()
    assert [longest[row].tolist() for row in range(len(longest))] == [[1, 2], [3, 4], [7, 8]]


def test_a_log_without_room_in_memory_is_told_what_to_set(folder, monkeypatch):
    def no_room(*given: object, **named: object) -> None:
        raise MemoryError("malloc of size 7 failed")

    monkeypatch.setattr("trainer.data.dataset.read_part", no_room)
    with pytest.raises(LogError, match=r"no room for it \(malloc of size 7 failed\).*data: window"):
        load_dataset(folder)
