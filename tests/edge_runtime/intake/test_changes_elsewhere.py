"""What another program changes in the cache is read, and nothing else is."""

from __future__ import annotations

import random
from dataclasses import replace

from edge_runtime import Article, Popularity, Reader
from tests.edge_runtime.storage.test_cached_rows import assert_same


def readings(reader: Reader) -> int:
    """How many rows were read for ranking so far."""
    return reader._cache._readings


def test_rows_follow_another_program_whatever_it_does(tmp_path, one_model, now, rounds):
    rng = random.Random(1)
    articles = [Article(f"a{n}", f"Ferry {n} leaves", source=f"s{n % 3}", published=now) for n in range(60)]
    with Reader.open(tmp_path) as mine, Reader.open(tmp_path) as other:
        mine.add(articles, now)
        dim = mine._intake.rows().vectors.codes.shape[1]
        for step in range(rounds(40, 1_000)):
            some = rng.sample(articles, 4)
            for who in rng.sample([mine, other], rng.randint(1, 2)):
                match rng.choice(["new text", "counts", "remove", "again"]):
                    case "new text":
                        who.add([replace(one, title=f"Ferry {step} is late") for one in some], now)
                    case "counts":
                        who.add([replace(one, popularity=Popularity(step + 1, 0, now)) for one in some], now)
                    case "remove":
                        who.remove([one.article_id for one in some])
                    case _:
                        who.add(some, now)
            if rng.random() < 0.7:
                assert_same(mine._intake.rows(), mine._cache.rows(dim))
        assert_same(mine._intake.rows(), other._intake.rows())


def test_a_change_by_another_program_costs_the_rows_that_changed(tmp_path, one_model, now):
    articles = [Article(f"a{n}", f"Ferry {n} leaves", published=now) for n in range(400)]
    with Reader.open(tmp_path) as mine, Reader.open(tmp_path) as other:
        mine.add(articles, now)
        mine.feed(now)
        other.add([Article("new", "A bridge opens", published=now)], now)
        other.remove(["a7"])
        before = readings(mine)
        assert {"new"} == {row for row in mine._intake.rows().article_ids if not row.startswith("a")}
        assert readings(mine) - before <= 5  # the story of an old one may change with the new one
        # Of more changes than are remembered, all rows are read.
        for number in range(6):
            other.add([replace(one, popularity=Popularity(number + 1, 0, now)) for one in articles], now)
        before = readings(mine)
        mine.feed(now)
        assert readings(mine) - before == mine.count() == 401
