"""Notification policies: everything, a random half, and ours: `push.decide` with a calibrated probability."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, timedelta

import numpy as np

from benchmarks.ranking.notified_life import Offers
from benchmarks.ranking.world import World
from edge_runtime.open_probability import PlattPrior, fit, threshold_for
from edge_runtime.push import PushCandidate, PushSettings, decide
from edge_runtime.pushing import UNTOLD
from edge_runtime.types import SentPush
from trainer.data.newsroom import DAY_S, START

RELAXED = PushSettings(threshold=0.0, daily_cap=10_000, min_gap_minutes=1, at_once=10_000)
RECENT_DAYS = 3  # of candidates, from which a threshold is taken
MOST_PAIRS = 3000  # the latest


@dataclass(slots=True)
class Device:
    """What one reader's phone knows of notifications."""

    world: World
    offers: Offers
    settings: PushSettings = RELAXED
    keep: float | None = None  # share of the expected clicks; None: the settings' threshold
    prior: PlattPrior = UNTOLD
    from_lists: bool = True
    from_sent: bool = True
    log: list[SentPush] = field(default_factory=list)
    pairs: deque[tuple[float, bool]] = field(default_factory=lambda: deque(maxlen=MOST_PAIRS))
    recent: deque[tuple[int, float]] = field(default_factory=deque)
    waiting: dict[int, PushCandidate] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    day: int = -1
    probabilities: dict[int, float] = field(default_factory=dict)

    def choose(self, time_s: int, offers: slice, scores: np.ndarray, stories: Sequence[str], read: dict) -> np.ndarray:
        now = START + timedelta(seconds=time_s)
        for score, story in zip(scores.tolist(), stories, strict=True):
            if story not in self.seen:
                self.recent.append((time_s, score))
        self.seen.update(stories)
        if time_s // DAY_S != self.day:
            self.day = time_s // DAY_S
            while self.recent and self.recent[0][0] < time_s - RECENT_DAYS * DAY_S:
                self.recent.popleft()
            if self.pairs:
                values, opened = zip(*self.pairs, strict=True)
            else:
                values, opened = (), ()
            self.curve = fit(np.array(values), np.array(opened, bool), self.prior)
            if self.keep is not None:
                expected = self.curve.probability([score for _, score in self.recent])
                self.settings = replace(self.settings, threshold=threshold_for(expected, self.keep))
        found = self.curve.probability(scores).tolist()
        for place, story, p in zip(range(offers.start, offers.stop), stories, found, strict=True):
            self.probabilities[place] = p
            if p >= self.settings.threshold:
                article = self.world.articles[self.offers.rows[place]]
                self.waiting[place] = PushCandidate(article, story, p, now)
        hours = timedelta(hours=self.settings.max_age_h)
        self.waiting = {p: c for p, c in self.waiting.items() if now - c.arrived <= hours}
        if not self.waiting:
            return np.zeros(0, np.int64)
        known = [PushCandidate(self.world.articles[row], story, 0.0, now, is_read=True) for row, story in read.items()]
        decision = decide(
            [*self.waiting.values(), *known], self.log, (), now, UTC, self.settings, now, 0.0, floor=START
        )
        self.log = [one for one in self.log if now - one.at < timedelta(days=2)] + list(decision.records)
        place_of = {c.article.article_id: p for p, c in self.waiting.items()}
        sent = [place_of[c.article.article_id] for c in decision.send]
        for place in sent:
            del self.waiting[place]
        return np.array(sent, np.int64)

    def learn(self, scores: np.ndarray, opened: np.ndarray, by_notification: bool) -> None:
        if self.from_sent if by_notification else self.from_lists:
            self.pairs.extend(zip(scores.tolist(), opened.tolist(), strict=True))

    curve: object = None
