"""The figures of notifications: what share of the sends keeps what share of the clicks, and how far probabilities err.

Sums over readers, days from WARM_UP_DAYS on; intervals of a bootstrap over readers, each drawn with all that every
policy did with him or her.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.ranking.notified_life import Lived, Minds, Offers, chance
from benchmarks.ranking.notified_policies import (
    KEEP,
    Device,
    first_openings,
    judge_from_lists,
    send_above,
)
from benchmarks.ranking.world import World
from edge_runtime.model.probability import PlattPrior, calibration_error
from trainer.data.newsroom import DAY_S
from trainer.intervals import Interval, bootstrap
from trainer.measure.metrics import Floats

WARM_UP_DAYS = 5
PERIODS = ((1, 1), (2, 3), (4, 7), (8, 14), (15, 30))  # days, counted from 1
RESAMPLES = 1000
LEVELS = 25  # thresholds of a curve
HALF, ENOUGH = 0.5, 0.95  # the goal: at most so many of the sends, at least so many of the clicks

Sent = tuple[np.ndarray, np.ndarray, np.ndarray]  # sent, opened, opened as a new story; (..., readers, offers) bool


@dataclass(frozen=True, slots=True)
class Study:
    """Three lives of the same readers."""

    world: World
    offers: Offers
    prior: PlattPrior
    feed: Lived  # notifications are judged, none is sent
    notified: Lived  # ours are sent by a threshold alone, and teach
    usual: Lived  # ours are sent by the usual settings, and teach


@dataclass(frozen=True, slots=True)
class Counts:
    """Sums over days, (..., num_readers) each."""

    sends: Floats
    clicks: Floats
    stories: Floats  # clicks on stories that had not been opened before


@dataclass(frozen=True, slots=True)
class Row:
    """One policy, against everything as it comes."""

    name: str
    sends: Interval  # share of the sends
    clicks: Interval  # share of the clicks
    stories: Interval  # share of the stories opened
    per_send: Interval  # clicks


@dataclass(frozen=True, slots=True)
class Curve:
    """All thresholds on one probability, against a policy that sends without judging."""

    name: str
    sends: Floats  # (LEVELS,) shares, rising
    clicks: Floats  # (LEVELS,) shares
    at_half: Interval  # share of the clicks at HALF of the sends
    for_enough: Interval  # share of the sends for ENOUGH of the clicks; NaN if never


@dataclass(frozen=True, slots=True)
class Period:
    """Some days of history; counted from 1, both included."""

    days: tuple[int, int]
    error_before: float  # calibration error of the bundle's curve, on what was sent, all readers together
    error_after: float  # of the device's
    at_half: float  # share of the clicks of every story once, at half of its sends
    best_at_half: float  # the oracle's
    sends: float  # of ours with its threshold, against every story once
    clicks: float


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything from which the tables of the page are written."""

    readers: int
    days: int
    sends_a_day: float  # of everything as it comes
    clicks_a_day: float
    rows: tuple[Row, ...]
    of_all: tuple[Curve, ...]  # against everything as it comes
    of_stories: tuple[Curve, ...]  # against every story once
    stories_at_half: tuple[tuple[str, Interval], ...]  # share of the stories opened, at HALF of all sends
    one_mind: tuple[tuple[str, Interval, Interval], ...]  # a mind for a story: clicks, stories at HALF of all sends
    periods: tuple[Period, ...]
    errors: tuple[Interval, Interval]  # calibration errors, mean over readers: before, after


def figures(study: Study) -> Figures:
    """Compute everything from all lives."""
    world, offers = study.world, study.offers
    minds = _minds(study)
    late = offers.times_s >= WARM_UP_DAYS * DAY_S
    every = _send_all(study, minds, with_rules=False)
    once = _send_all(study, minds, with_rules=True)
    coins = np.random.default_rng(world.settings.seed).random(minds[0].shape)
    half = _replay(study, study.feed, coins, _constant(coins, [HALF]), minds, with_rules=False)
    from_lists, thresholds = _judged_from_lists(study)
    by_lists = _replay(study, study.feed, from_lists, thresholds[None], minds, with_rules=True)
    ours, usual = _lived(study, study.notified), _lived(study, study.usual)
    rows = [
        ("everything as it comes", _late(every, late)),
        ("a random half", _late(half, late)),
        ("every story once, nothing read", _late(once, late)),
        ("ours, taught by the feed alone", _late(by_lists, late)),
        ("ours, taught by notifications too", _late(ours, late)),
        ("ours, usual settings", _late(usual, late)),
    ]
    rows = [(name, Counts(*(part.reshape(-1) for part in _parts(counts)))) for name, counts in rows]
    base, rules = rows[0][1], rows[2][1]

    notified = study.notified.probabilities.astype(float)
    truth = chance(minds[0], np.zeros(minds[0].shape))
    curves: dict[str, Counts] = {}
    by_day: dict[str, Sent] = {}
    for name, lived, judged, with_rules, is_truth in (
        ("ours, taught by the feed alone", study.feed, from_lists, True, False),
        ("ours, taught by notifications too", study.notified, notified, True, False),
        ("ours without the rules", study.notified, notified, False, False),
        ("oracle", study.feed, truth, True, True),
        ("oracle without the rules", study.feed, truth, False, True),
    ):
        levels = _constant(judged, np.quantile(judged[:, late], np.linspace(0.99, 0, LEVELS)))
        by_day[name] = _replay(study, lived, judged, levels, minds, with_rules=with_rules, knows_repeats=is_truth)
        curves[name] = _late(by_day[name], late)
    within = [name for name in curves if not name.endswith("without the rules")]
    return Figures(
        readers=world.settings.readers,
        days=world.settings.days,
        sends_a_day=len(offers.rows) / world.settings.days,
        clicks_a_day=float(base.clicks.mean()) / (world.settings.days - WARM_UP_DAYS),
        rows=tuple(_row(name, counts, base) for name, counts in rows),
        of_all=tuple(_curve(name, counts, base) for name, counts in curves.items()),
        of_stories=tuple(_curve(name, curves[name], rules) for name in within),
        stories_at_half=tuple(
            (name, at_share(counts.sends, counts.stories, base.sends, base.stories)) for name, counts in curves.items()
        ),
        one_mind=_one_mind(study, minds, notified, truth, late),
        periods=tuple(
            _period(study, days, once, ours, by_day["ours, taught by notifications too"], by_day["oracle"])
            for days in PERIODS
            if days[0] <= world.settings.days
        ),
        errors=_errors(study, late),
    )


def ratio(over: Floats, under: Floats) -> Interval:
    """Sum over sum, with an interval over readers; (num_readers,) each."""
    found = over[_draws(len(over))].sum(axis=1) / under[_draws(len(under))].sum(axis=1)
    low, high = np.quantile(found, [0.025, 0.975])
    return Interval(float(over.sum() / under.sum()), float(low), float(high))


def at_share(
    sends: Floats,
    clicks: Floats,
    base_sends: Floats,
    base_clicks: Floats,
    share: float = HALF,
    *,
    inverse: bool = False,
) -> Interval:
    """Where a curve is at a share of the sends, with an interval over readers.

    Args:
        sends, clicks: (num_thresholds, num_readers), thresholds falling.
        base_sends, base_clicks: (num_readers,) of the policy that it is measured by.
        share: Of the base's sends.
        inverse: Take `share` as one of the clicks and give that of the sends.

    Returns:
        NaN where the curve does not reach the share.
    """

    def found(drawn: np.ndarray) -> float:
        x = sends[:, drawn].sum(axis=1) / base_sends[drawn].sum()
        y = clicks[:, drawn].sum(axis=1) / base_clicks[drawn].sum()
        known, wanted = (y, x) if inverse else (x, y)
        return float(np.interp(share, known, wanted, right=np.nan))

    values = [found(drawn) for drawn in _draws(len(base_sends))]
    low, high = np.quantile(values, [0.025, 0.975]) if np.isfinite(values).all() else (np.nan, np.nan)
    return Interval(found(np.arange(len(base_sends))), float(low), float(high))


def _draws(num_readers: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, num_readers, (RESAMPLES, num_readers))


def _minds(study: Study) -> Sent:
    minds, readers = Minds(study.world, study.offers), range(study.world.settings.readers)
    liking, noise, dice = zip(*((minds.liking(reader), *minds.moods(reader)) for reader in readers), strict=True)
    return np.array(liking), np.array(noise), np.array(dice)


def _constant(judged: np.ndarray, levels: np.ndarray | list[float]) -> np.ndarray:
    """(num_levels, num_readers, num_offers) the same threshold for all."""
    thresholds: np.ndarray = np.broadcast_to(np.reshape(levels, (-1, 1, 1)), (len(levels), *judged.shape))
    return thresholds


def _replay(
    study: Study,
    lived: Lived,
    judged: np.ndarray,
    thresholds: np.ndarray,
    minds: Sent,
    *,
    with_rules: bool,
    knows_repeats: bool = False,
) -> Sent:
    stories = study.world.press.stories
    return send_above(
        judged, thresholds, lived, study.offers, stories, minds, with_rules=with_rules, knows_repeats=knows_repeats
    )


def _send_all(study: Study, minds: Sent, *, with_rules: bool) -> Sent:
    judged = np.ones(minds[0].shape)
    return _replay(study, study.feed, judged, _constant(judged, [0.0]), minds, with_rules=with_rules)


def _judged_from_lists(study: Study) -> tuple[np.ndarray, np.ndarray]:
    judged = [
        judge_from_lists(study.feed, study.offers, reader, Device(study.world, study.offers, study.prior, keep=KEEP))
        for reader in range(study.world.settings.readers)
    ]
    probabilities, thresholds = zip(*judged, strict=True)
    return np.array(probabilities), np.array(thresholds)


def _lived(study: Study, lived: Lived) -> Sent:
    """What was sent in a life."""
    return lived.sent, lived.opened, first_openings(lived.opened, lived, study.offers, study.world.press.stories)


def _late(sent: Sent, days: np.ndarray) -> Counts:
    return Counts(*(part[..., days].sum(axis=-1).astype(float) for part in sent))


def _parts(counts: Counts) -> tuple[Floats, Floats, Floats]:
    return counts.sends, counts.clicks, counts.stories


def _row(name: str, counts: Counts, base: Counts) -> Row:
    return Row(
        name=name,
        sends=ratio(counts.sends, base.sends),
        clicks=ratio(counts.clicks, base.clicks),
        stories=ratio(counts.stories, base.stories),
        per_send=ratio(counts.clicks, counts.sends),
    )


def _curve(name: str, counts: Counts, base: Counts) -> Curve:
    return Curve(
        name=name,
        sends=counts.sends.sum(axis=1) / base.sends.sum(),
        clicks=counts.clicks.sum(axis=1) / base.clicks.sum(),
        at_half=at_share(counts.sends, counts.clicks, base.sends, base.clicks),
        for_enough=at_share(counts.sends, counts.clicks, base.sends, base.clicks, ENOUGH, inverse=True),
    )


def _one_mind(
    study: Study, minds: Sent, ours: np.ndarray, truth: np.ndarray, late: np.ndarray
) -> tuple[tuple[str, Interval, Interval], ...]:
    """As if a reader who passes over a story passed over its copies too: noise and dice belong to the story."""
    _, first_of_story, member = np.unique(
        study.world.press.stories[study.offers.rows], return_index=True, return_inverse=True
    )
    same = minds[0], minds[1][:, first_of_story[member]], minds[2][:, first_of_story[member]]
    base = _late(_send_all(study, same, with_rules=False), late)
    base = Counts(*(part[0] for part in _parts(base)))
    found = []
    for name, lived, judged, is_truth in (
        ("ours, taught by notifications too", study.notified, ours, False),
        ("oracle", study.feed, truth, True),
    ):
        levels = _constant(judged, np.quantile(judged[:, late], np.linspace(0.99, 0, LEVELS)))
        counts = _late(_replay(study, lived, judged, levels, same, with_rules=True, knows_repeats=is_truth), late)
        clicks = at_share(counts.sends, counts.clicks, base.sends, base.clicks)
        found.append((name, clicks, at_share(counts.sends, counts.stories, base.sends, base.stories)))
    return tuple(found)


def _period(study: Study, days: tuple[int, int], once: Sent, ours: Sent, judged: Sent, oracle: Sent) -> Period:
    day = study.offers.times_s // DAY_S + 1
    at = (day >= days[0]) & (day <= days[1])
    is_sent = study.notified.sent & at
    scores, opened = study.notified.scores[is_sent], study.notified.opened[is_sent]
    base, own = _late((once[0][0], once[1][0], once[2][0]), at), _late(ours, at)

    def at_half(sent: Sent) -> float:
        counts = _late(sent, at)
        sends, clicks = counts.sends.sum(axis=1) / base.sends.sum(), counts.clicks.sum(axis=1) / base.clicks.sum()
        return float(np.interp(HALF, sends, clicks))

    return Period(
        days=days,
        error_before=calibration_error(_prior_probability(study.prior, scores), opened),
        error_after=calibration_error(study.notified.probabilities[is_sent], opened),
        at_half=at_half(judged),
        best_at_half=at_half(oracle),
        sends=float(own.sends.sum() / base.sends.sum()),
        clicks=float(own.clicks.sum() / base.clicks.sum()),
    )


def _errors(study: Study, late: np.ndarray) -> tuple[Interval, Interval]:
    def mean(probability: Callable[[int, np.ndarray], np.ndarray]) -> Interval:
        errors = []
        for reader, sent in enumerate(study.notified.sent):
            at = sent & late
            if at.any():
                errors.append(calibration_error(probability(reader, at), study.notified.opened[reader, at]))
        return bootstrap(np.array(errors), seed=0)

    before = mean(lambda reader, at: _prior_probability(study.prior, study.notified.scores[reader, at]))
    return before, mean(lambda reader, at: study.notified.probabilities[reader, at])


def _prior_probability(prior: PlattPrior, scores: np.ndarray) -> np.ndarray:
    probabilities: np.ndarray = 1 / (1 + np.exp(-prior.log_odds(scores.astype(float))))
    return probabilities
