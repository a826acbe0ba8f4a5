"""What lists have taught is learned once, is the same in the next process, and goes with the profile."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from edge_runtime import Reader, Signal, demo_articles
from edge_runtime.personal import shown_lists
from edge_runtime.personal.kept_heads import kept_heads
from edge_runtime.personal.word_head import WordHead
from edge_runtime.types import Shown

LEARNED = "learned", "words", "exploration", "passed"


@pytest.fixture
def data_dir(tmp_path, now, monkeypatch):
    """Of a reader who saw sixty articles, opened a few, and looked at the feed once since."""
    monkeypatch.setattr(shown_lists, "_FEWEST_KEPT", 20)
    with Reader.open(tmp_path / "data") as reader:
        articles = demo_articles(now)[:100]
        reader.add(articles, now)
        reader._profile.record_shown([Shown(a.article_id, 0.1, now - timedelta(hours=9)) for a in articles[:60]])
        for article in articles[:60:9]:
            reader.record(article.article_id, Signal.OPEN, now - timedelta(hours=8))
        reader.feed(now, 1)
    return tmp_path / "data"


@pytest.fixture
def examples(monkeypatch):
    """How many examples words are learned from, from now on."""
    learned, learn = [], WordHead.learn
    monkeypatch.setattr(WordHead, "learn", lambda head, given: (learned.append(len(list(given))), learn(head, given)))
    return learned


def parts_of(reader: Reader, now) -> dict[str, np.ndarray]:
    return reader._maker(now).parts()


@pytest.mark.parametrize("change", ["nothing", "more shown", "an old one opened"])
def test_another_process_learns_what_is_new_alone_and_knows_the_same(data_dir, now, examples, change):
    with Reader.open(data_dir) as reader:
        if change == "more shown":
            more = [Shown(article.article_id, 0.2, now) for article in demo_articles(now)[60:70]]
            reader._profile.record_shown(more)
        elif change == "an old one opened":
            reader.record(demo_articles(now)[1].article_id, Signal.OPEN, now)
        later = now + timedelta(hours=1)
        parts = parts_of(reader, later)
        # An outcome that is another one makes all be learned again: words go by the order of the lists.
        assert sum(examples) == {"nothing": 0, "more shown": 10, "an old one opened": 60}[change]
        reader._cache.learned.forget()
        reader._learned._model = None
        for name, part in parts_of(reader, later).items():
            np.testing.assert_allclose(parts[name], part, atol=1e-6, err_msg=name)


def test_nothing_of_it_outlives_an_erasing_and_nothing_is_kept_in_private(data_dir, now):
    with Reader.open(data_dir) as reader:
        kept = reader._cache.learned.get()
        assert kept_heads(kept).num_examples == 60
        (data_dir / "cache.db.damaged").write_bytes(kept)
        reader.feed(now, 1)
        reader.erase()
        reader.feed(now, 1)
    pieces = [kept[begin : begin + 16] for begin in range(32, len(kept) - 16, 500)]
    pieces = [piece for piece in pieces if len(set(piece)) > 8]
    for file in data_dir.iterdir():
        assert not any(piece in file.read_bytes() for piece in pieces), file
    assert len(pieces) > 20
    with Reader.open(data_dir) as reader:
        reader._profile.record_shown([Shown(a.article_id, 0.1, now) for a in demo_articles(now)[:50]])
        reader.private = True
        reader.feed(now + timedelta(hours=1), 1)
    with Reader.open(data_dir) as reader:
        assert reader._cache.learned.get() == b""


def test_what_another_release_wrote_counts_for_nothing(data_dir, now, examples):
    with Reader.open(data_dir) as reader:
        reader._cache.learned.put(b"\2" + reader._cache.learned.get()[1:])
        reader.feed(now, 1)
    assert sum(examples) == 60
    assert kept_heads(b"") is kept_heads(bytes(99)) is None
