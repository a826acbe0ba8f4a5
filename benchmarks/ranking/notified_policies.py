"""Notification policies: ours, `push.decide` on a calibrated probability, and any threshold on any probability."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, timedelta

import numpy as np

from benchmarks.ranking.notified_life import NEVER_S, Lived, Offers, chance
from benchmarks.ranking.world import World
from edge_runtime.model.probability import PlattPrior, fit, threshold_for
from edge_runtime.notify.decide import decide
from edge_runtime.notify.types import PushCandidate, PushHistory, PushSettings
from edge_runtime.types import SentPush
from trainer.data.newsroom import DAY_S, START

# Only the threshold decides: every look may send all that is likely enough.
NO_LIMITS = PushSettings(threshold=0.0, daily_cap=10_000, min_gap_minutes=1, at_once=10_000)
KEEP = 0.95
RECENT_S = 3 * DAY_S  # of candidates, from which a threshold is taken
MOST_PAIRS = 3000  # the latest; a reader's moods are those of the last weeks


class Device:
    """What one reader's phone keeps for notifications; a `notified_life.Notifier`.

    Every morning it fits its curve anew to what came of the lists and notifications before.
    """

    def __init__(
        self, world: World, offers: Offers, prior: PlattPrior, settings: PushSettings = NO_LIMITS, keep: float = 0.0
    ) -> None:
        """Know nothing of the reader.

        Args:
            world: Whose articles are sent.
            offers: Of that world.
            prior: The bundle's curve.
            settings: For `push.decide`.
            keep: If above 0, the share of the expected clicks for which a threshold is found every morning.
        """
        self._world, self._offers, self._prior, self.settings, self._keep = world, offers, prior, settings, keep
        self._pairs: deque[tuple[float, bool]] = deque(maxlen=MOST_PAIRS)
        self._recent: deque[tuple[int, float]] = deque()
        self._stories: set[str] = set()
        self._curve = fit([], [], prior)
        self._day = -1
        self._log: list[SentPush] = []
        self._waiting: dict[int, PushCandidate] = {}

    def judge(self, time_s: int, scores: np.ndarray, stories: Sequence[str]) -> np.ndarray:
        """(num_new,) probabilities, after a new fit and a new threshold if the day has changed."""
        # A story's later articles are no candidates in their own right.
        fresh = [score for score, story in zip(scores.tolist(), stories, strict=True) if story not in self._stories]
        self._recent.extend((time_s, score) for score in fresh)
        self._stories.update(stories)
        if time_s // DAY_S != self._day:
            self._day = time_s // DAY_S
            while self._recent and self._recent[0][0] < time_s - RECENT_S:
                self._recent.popleft()
            self._curve = fit([score for score, _ in self._pairs], [done for _, done in self._pairs], self._prior)
            if self._keep and self._recent:
                expected = self._curve.probability([score for _, score in self._recent])
                self.settings = replace(self.settings, threshold=threshold_for(expected, self._keep))
        return self._curve.probability(scores)

    def choose(
        self, time_s: int, offers: slice, probabilities: np.ndarray, stories: Sequence[str], read: Mapping[int, str]
    ) -> np.ndarray:
        """What `push.decide` sends: an article that was not likely enough when it came is not asked about again."""
        now = START + timedelta(seconds=time_s)
        max_age = timedelta(hours=self.settings.max_age_h)
        self._waiting = {place: one for place, one in self._waiting.items() if now - one.arrived <= max_age}
        for place, probability, story in zip(
            range(offers.start, offers.stop), probabilities.tolist(), stories, strict=True
        ):
            if probability >= self.settings.threshold:
                article = self._world.articles[self._offers.rows[place]]
                self._waiting[place] = PushCandidate(article, story, probability, now)
        known = [PushCandidate(self._world.articles[row], story, 0.0, now, True) for row, story in read.items()]
        candidates = [*self._waiting.values(), *known]
        decision = decide(candidates, PushHistory(self._log, now, 0.0), now, UTC, self.settings, floor=START)
        self._log = [one for one in self._log if now - one.at < timedelta(days=2)] + list(decision.records)
        place_of = {one.article.article_id: place for place, one in self._waiting.items()}
        sent = [place_of[one.article.article_id] for one in decision.send]
        for place in sent:
            del self._waiting[place]
        return np.array(sent, np.int64)

    def learn(self, scores: np.ndarray, opened: np.ndarray) -> None:
        """Keep the pairs."""
        self._pairs.extend(zip(scores.tolist(), opened.tolist(), strict=True))


def judge_from_lists(lived: Lived, offers: Offers, reader: int, device: Device) -> tuple[np.ndarray, np.ndarray]:
    """(num_offers,) probabilities and the thresholds of the moment, where the lists of the feed are all that teaches.

    Args:
        lived: The reader's days.
        offers: Of the world.
        reader: Row of `lived`.
        device: A new one.
    """
    probabilities, thresholds = np.zeros(len(offers.rows)), np.zeros(len(offers.rows))
    mine, done = np.flatnonzero(lived.list_readers == reader), 0
    for look_s in np.unique(offers.times_s).tolist():
        end = int(np.searchsorted(lived.list_times_s[mine], look_s, side="right"))
        device.learn(lived.list_scores[mine[done:end]], lived.list_opened[mine[done:end]])
        at, done = offers.at(look_s), end
        names = [str(story) for story in lived.stories[at]]
        probabilities[at] = device.judge(look_s, lived.scores[reader, at], names)
        thresholds[at] = device.settings.threshold
    return probabilities, thresholds


def send_above(
    probabilities: np.ndarray,
    thresholds: np.ndarray,
    lived: Lived,
    offers: Offers,
    true_stories: np.ndarray,
    minds: tuple[np.ndarray, np.ndarray, np.ndarray],
    *,
    with_rules: bool,
    knows_repeats: bool = False,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Send whatever is likely enough, for many thresholds at once.

    Args:
        probabilities: (num_readers, num_offers).
        thresholds: (num_thresholds, num_readers, num_offers).
        lived: The readers' days.
        offers: Of the world.
        true_stories: (num_articles,).
        minds: Liking, noise and dice, (num_readers, num_offers) each.
        with_rules: The rules of `push.decide`: no story twice, none that was read, as the engine names stories.
        knows_repeats: `probabilities` are of new stories and are to be lowered for stories opened before: the oracle.

    Returns:
        Sent, opened, and opened for the first time of its story; bool (num_thresholds, num_readers, num_offers).
    """
    liking, noise, dice = minds
    num_thresholds, num_readers = len(thresholds), len(probabilities)
    truly = true_stories[offers.rows]
    feed_s = story_times(lived.read_s, true_stories)
    engine_read_s = np.full((num_readers, int(lived.stories.max()) + 1), NEVER_S, np.int32)
    for place, row in enumerate(offers.rows):
        story = lived.stories[place]
        engine_read_s[:, story] = np.minimum(engine_read_s[:, story], lived.read_s[:, row])
    is_opened = np.zeros((num_thresholds, num_readers, len(true_stories)), bool)
    is_sent = np.zeros((num_thresholds, num_readers, engine_read_s.shape[1]), bool)
    sent, opened, first = (np.zeros(thresholds.shape, bool) for _ in range(3))
    for place, look_s in enumerate(offers.times_s):
        story, own = truly[place], lived.stories[place]
        known = is_opened[:, :, story] | (feed_s[:, story] <= look_s)
        likely = probabilities[:, place]
        if knows_repeats:
            likely = chance(np.log(likely / (1 - likely)), known)
        go = likely >= thresholds[:, :, place]
        if with_rules:
            go &= ~is_sent[:, :, own] & (engine_read_s[:, own] > look_s)
            is_sent[:, :, own] |= go
        opens = go & (dice[:, place] < chance(liking[:, place] + noise[:, place], known))
        sent[:, :, place], opened[:, :, place], first[:, :, place] = go, opens, opens & ~known
        is_opened[:, :, story] |= opens
    return sent, opened, first


def story_times(read_s: np.ndarray, true_stories: np.ndarray) -> np.ndarray:
    """(num_readers, num_articles) int32: when the feed first told each story; a story's number is its first article's.

    Args:
        read_s: (num_readers, num_articles) when each article was opened.
        true_stories: (num_articles,).
    """
    found = np.full(read_s.shape, NEVER_S, np.int32)
    np.minimum.at(found, (slice(None), true_stories), read_s)
    return found


def first_openings(opened: np.ndarray, lived: Lived, offers: Offers, true_stories: np.ndarray) -> np.ndarray:
    """(num_readers, num_offers) bool: of what was opened, what told a story that was not opened before.

    Args:
        opened: (num_readers, num_offers) bool.
        lived: With what the feed told them.
        offers: Of the world.
        true_stories: (num_articles,).
    """
    found = np.zeros(opened.shape, bool)
    feed_s, truly = story_times(lived.read_s, true_stories), true_stories[offers.rows]
    for reader, places in enumerate(opened):
        known: set[int] = set()
        for place in np.flatnonzero(places).tolist():
            story = int(truly[place])
            found[reader, place] = story not in known and feed_s[reader, story] > offers.times_s[place]
            known.add(story)
    return found
