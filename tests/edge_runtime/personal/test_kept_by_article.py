"""What is kept between looks says what a computation of everything says."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from edge_runtime import Reader, RuleKind, Signal, demo_articles
from edge_runtime.model.scoring import HALF_LIFE_FACTORS, log_mean_exp, total
from edge_runtime.personal import interest_sums, kept_by_article
from edge_runtime.personal.interests import session_weights
from edge_runtime.personal.kept_by_article import KeptByArticle
from edge_runtime.personal.reader_model import ReaderModel
from edge_runtime.profile.reader_profile import LearnedProfile, ReaderProfile
from edge_runtime.types import RuleEffect


def parts_anew(reader: Reader, now_s: float, seed: tuple[int, int], followed: np.ndarray) -> dict[str, np.ndarray]:
    """By a model that has learned and seen nothing yet, of rows that are read anew."""
    model, intake = reader._model, reader._intake
    learned = LearnedProfile(ReaderProfile(reader._profile.store), lambda: ReaderModel(model, look_at=intake.look_at))
    rows = reader._cache.rows(model.bundle.manifest.dim)
    return learned.model(rows).parts(rows, now_s, np.random.default_rng(seed), followed)


def step(reader: Reader, rng: np.random.Generator, more, at) -> None:
    """Something that a reader or a publisher does."""
    names = reader._intake.rows().article_ids
    some = [names[row] for row in rng.integers(len(names), size=3)]
    match rng.integers(8):
        case 0 | 1:
            reader.record(some[0], Signal.OPEN, at)
        case 2:
            reader.record(some[0], list(Signal)[rng.integers(len(Signal))], at, dwell_s=float(rng.uniform(0, 99)))
        case 3:
            reader.add([next(more) for _ in range(rng.integers(1, 4))], at)
        case 4:
            reader._intake._evicted(some[:1], max_articles=len(names) - int(rng.integers(1, 4)))
        case 5:
            reader.mark_shown(reader.feed(at, 5), at)
        case 6:
            reader.search("trump climate", at)
        case 7 if reader.profile().events:
            reader.undo()


@pytest.mark.parametrize("seed", range(4))
def test_parts_after_anything_are_those_that_are_computed_anew(reader, now, seed):
    rng, given = np.random.default_rng(seed), demo_articles(now)[-120:]
    more, at = iter(given[60:]), now
    reader.add(given[:60], now)
    reader.set_rule(RuleKind.TOPIC, "politics", RuleEffect.FOLLOW, now)
    for number in range(25):
        step(reader, rng, more, at)
        at += timedelta(minutes=float(rng.uniform(0, 90)))
        if number % 3:
            continue
        maker = reader._maker(at)
        hour = int(at.timestamp() // 3600)
        anew = parts_anew(reader, at.timestamp(), (maker.learned.num_events, hour), maker._followed())
        parts = maker.parts()
        assert parts.keys() == anew.keys()
        for name, part in parts.items():
            np.testing.assert_allclose(part, anew[name], atol=1e-5, err_msg=name)
        places = maker.order(parts, 20).places
        assert np.all(np.diff(total(anew)[maker.order(anew, 20).places]) == np.diff(total(anew)[places]))


def test_parts_are_those_of_the_bundles_model(reader, now):
    reader.add(demo_articles(now)[-80:], now)
    for place in (3, 5, 8, 13):
        reader.record(reader._intake.rows().article_ids[place], Signal.OPEN, now)
    reader.record(reader._intake.rows().article_ids[21], Signal.DISLIKE, now)
    maker, now_s = reader._maker(now), now.timestamp()
    rows, (state, opinions) = maker.rows, maker.learned.state(now_s)
    model = maker.model
    expected = model.score_parts(
        state,
        rows.vectors[:],
        model.topic_numbers(list(rows.topics)),
        now_s - rows.published_s,
        (rows.shown, rows.clicked),
        model.warm_vectors(rows.article_ids),
        np.array([HALF_LIFE_FACTORS.get(topic, 1.0) for topic in rows.topics], np.float32),
    )
    parts = maker.parts()
    del expected["topic"]  # of which the device knows more: see test_topic_lift.py
    expected["freshness"] = 0.5 * expected["freshness"]
    log_weights = np.log(session_weights(opinions, now_s)).astype(np.float32)
    session = log_mean_exp(rows.vectors[:], state.interests, log_weights, model.bundle.head.sharpness)
    # What the bundle cannot read is neither near to the session nor far from it.
    expected["session"] = np.where(maker.learned.is_legible(rows), 0.3 * (session - session.mean()), 0)
    for name, part in expected.items():
        np.testing.assert_allclose(parts[name], part, atol=1e-5, err_msg=name)
    # Of what the bundle does not know, the part that overrules all others.
    assert parts["already read"].tolist() == [-100.0 * (place in (3, 5, 8, 13)) for place in range(80)]


def test_a_click_computes_one_interest_and_a_new_article_one_row(reader, now, monkeypatch):
    asked = []

    def counted(vectors, interests, sharpness):
        asked.append((len(vectors), len(interests)))
        return real(vectors, interests, sharpness)

    real = interest_sums.interest_powers
    monkeypatch.setattr(interest_sums, "interest_powers", counted)
    given = demo_articles(now)[-50:]
    reader.add(given[:40], now)
    rows = reader._intake.rows()
    names = [rows.article_ids[place] for place in np.flatnonzero(rows.vectors[:].any(axis=1))]
    for name in names[:3]:
        reader.record(name, Signal.OPEN, now)
    reader.feed(now)
    reader.record(names[3], Signal.OPEN, now)
    reader.feed(now)
    reader.add(given[40:41], now)
    reader.feed(now)
    reader.feed(now + timedelta(hours=1))
    assert asked == [(40, 3), (40, 1), (1, 4)]


def test_many_small_runs_are_computed_anew(reader, now, monkeypatch):
    monkeypatch.setattr(kept_by_article, "_MOST_RUNS", 2)
    reader.add(demo_articles(now)[-30:], now)
    before, kept, asked = reader._intake.rows(), KeptByArticle(), []

    def ages(rows):
        asked.append(len(rows))
        return rows.published_s.astype(np.float32)

    kept.of("age", before, 0, ages)
    reader._cache.remove([before.article_ids[place] for place in (3, 9, 20)])
    rows = before.changed(before.article_ids, reader._cache.rows(64))
    reader._cache.remove([rows.article_ids[1]])
    kept.of("age", rows, 0, ages)
    assert kept.of("age", rows, 0, ages) is kept.of("age", rows, 0, ages)
    assert asked == [30, 27]
