"""Rows that follow the cache's changes are those that are read anew."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from edge_runtime import Article
from edge_runtime.content.topic_shares import packed
from edge_runtime.storage.articles import Analysed, ArticleCache, quantize_vectors
from edge_runtime.storage.cached_rows import CachedRows
from edge_runtime.storage.columns import Spare
from edge_runtime.storage.names import Names

DIM = 4
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
NAMES = st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=4, unique=True)
STEPS = st.lists(st.tuples(st.sampled_from(["put", "remove", "look"]), NAMES, st.integers(0, 9)), max_size=15)


def put(cache: ArticleCache, names: list[str], seed: int) -> None:
    rng = np.random.default_rng(seed)
    articles = [Article(name, f"Title {seed}", category=f"c{seed % 3}", source=f"s{seed % 2}") for name in names]
    vectors = quantize_vectors(rng.normal(size=(len(names), DIM)).astype(np.float32))
    (others,) = packed(np.array([[seed, 0, 7000 * seed, 0]], np.uint16))
    made = [Analysed(story=names[0], other_topics=others)] * len(names)
    cache.put(articles, vectors, "bundle", NOW, made, {"a": f"story {seed}"})


def assert_same(ours: CachedRows, anew: CachedRows) -> None:
    for field in fields(CachedRows):
        if field.name != "versions":
            one, other = getattr(ours, field.name), getattr(anew, field.name)
            assert list(one) == list(other) if isinstance(one, list | Names) else np.array_equal(one, other), field.name
    assert ours.versions.numbers.tolist() == anew.versions.numbers.tolist()


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    opened = ArticleCache(tmp_path_factory.mktemp("data") / "cache.db")
    yield opened
    opened.close()


# The last rows go, one of them comes again under its old number, and stands behind one that is new.
AGAIN = [("put", ["a"], 0), ("put", ["c"], 0), ("put", ["b", "d"], 0), ("look", [], 0)]
AGAIN += [("remove", ["a", "d", "b"], 0), ("put", ["a", "d"], 0)]


@settings(deadline=None, max_examples=25)
@example(AGAIN)
@given(STEPS)
def test_rows_after_any_changes_are_those_of_the_cache_and_know_what_has_stayed(cache, steps):
    cache.remove("abcdefgh")
    rows, changed, before = cache.rows(DIM), set(), []
    for kind, names, seed in [*steps, ("look", [], 0)]:
        if kind == "put":
            put(cache, names, seed)
            changed |= {*names, "a"}
        elif kind == "remove":
            cache.remove(names)
            changed |= set(names)
        else:
            before.append(rows)
            rows, changed = rows.changed(changed, cache.rows(DIM, changed)), set()
            assert_same(rows, cache.rows(DIM))
            assert rows.places_of("abcdefgh").tolist() == [
                rows.article_ids.index(name) if name in rows.article_ids else -1 for name in "abcdefgh"
            ]
    for old in before:
        runs, fresh = rows.kept_from(old)
        places = [np.arange(len(rows))[now] for _, now in runs]
        assert sorted(np.concatenate([fresh, *places]).tolist()) == list(range(len(rows)))
        for was, now in runs:
            assert old.article_ids[was] == rows.article_ids[now] and old.titles[was] == rows.titles[now]
            np.testing.assert_array_equal(old.vectors[was], rows.vectors[now])
            assert old.stories[was] == rows.stories[now]


def test_rows_that_are_not_the_caches_own_keep_nothing(cache):
    cache.remove("abcdefgh")
    put(cache, ["a", "b", "c"], 1)
    rows = cache.rows(DIM)
    some = rows.taken(np.array([2, 0]))
    assert (some.article_ids, some.stories) == (["c", "a"], ["a", "story 1"])
    assert some.places_of(["a", "b", "c"]).tolist() == [1, -1, 0]
    assert rows.kept_from(some)[1].tolist() == [0, 1, 2]
    with pytest.raises(ValueError, match="not of the cache's table"):
        some.changed(["a"], rows)


def test_a_column_of_names_asks_about_each_name_once_and_forgets_those_of_no_row():
    column = Names.of(["x", "", "X", "x"])
    assert column.named_codes().tolist() == [0, -1, 2, 0]
    assert column.where(str.isupper).tolist() == [False, False, True, False]
    assert column.places_by(str.upper) == {"X": [0, 2, 3], "": [1]}
    nothing, spare = np.zeros(0, np.intp), (Spare(), "names")
    for number in range(3000):
        column = column.changed([slice(1, 4)], np.array([3]), Names.of([str(number)]), spare)
        column = column.changed([slice(0, 3)], nothing, Names.of([]), spare) if number == 5 else column
    assert list(column)[-1] == "2999" and len(column.names) < 1100
    assert Names.of([]).places_by(str.upper) == {} and Names.of([]).where(bool).tolist() == []
