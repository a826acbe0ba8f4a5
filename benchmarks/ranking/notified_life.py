"""Readers who live with the engine's feed, and what each new article would be to them as a notification.

At every full hour from 7 to 21 o'clock the engine scores what came since the last look. An article is looked at once,
and whether a notified reader would open it is settled by dice that belong to reader and article: every policy meets
the same readers in the same mood. docs/lab/push.md says what is left out.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np

from benchmarks.ranking.engine_policy import Engine
from benchmarks.ranking.world import DWELL_S, NOISE, REPEAT_LOSS, Life, Session, World
from edge_runtime import Event, Shown, Signal, read_bundle
from edge_runtime.content.analysis import Analyst
from edge_runtime.content.stories import StoryIndex
from edge_runtime.content.titles import title_words
from edge_runtime.installation import DEFAULT_BUNDLE
from edge_runtime.model.parts import judged, learned
from edge_runtime.model.scoring import total
from edge_runtime.storage.cached_rows import CachedRows
from trainer.data.newsroom import DAY_S, START
from trainer.data.readers import RECENCY_LOSS
from trainer.errors import ConfigError

HOUR_S = 3600
FIRST_LOOK_H, LAST_LOOK_H = 7, 21  # full hours of the day, both included
NEVER_S = np.iinfo(np.int32).max
EVERY_NTH = 16  # of the other cached articles that are scored beside the new ones: see `NotifyingEngine.judge`


class Offers:
    """The articles that come out while readers are asked, in the order in which they are looked at.

    Attributes:
        rows: (num_offers,) int64 rows of `World.articles`.
        times_s: (num_offers,) int64 from the simulation's start: the first look after publication.
    """

    def __init__(self, world: World) -> None:
        """Find each article's first look; what would be looked at after the last day is left out."""
        hours = world.published_s // HOUR_S + 1  # what comes out at the full hour is not there yet
        of_day = hours % 24
        waits = np.where(of_day < FIRST_LOOK_H, FIRST_LOOK_H - of_day, 0)
        waits = np.where(of_day > LAST_LOOK_H, 24 + FIRST_LOOK_H - of_day, waits)
        times_s = (hours + waits) * HOUR_S
        is_offered = (world.published_s >= 0) & (times_s < world.settings.days * DAY_S)
        self.rows, self.times_s = np.flatnonzero(is_offered), times_s[is_offered]

    def at(self, time_s: int) -> slice:
        """Places of the offers of one look."""
        first, end = np.searchsorted(self.times_s, [time_s, time_s + 1])
        return slice(int(first), int(end))


class Minds:
    """What readers make of offers; the truth."""

    def __init__(self, world: World, offers: Offers) -> None:
        """Every policy asks the same minds."""
        self._world, self._offers = world, offers

    def liking(self, reader: int) -> np.ndarray:
        """(num_offers,) float64 logits above the threshold, for a story that is new to the reader."""
        world, rows, times_s = self._world, self._offers.rows, self._offers.times_s
        days = times_s // DAY_S
        found = np.empty(len(rows))
        for day in np.unique(days):
            at = days == day
            who = np.full(np.count_nonzero(at), reader)
            found[at] = world.mornings[day].preference(who, times_s[at], rows[at, None])[:, 0]
        liking: np.ndarray = found + world.source_tastes[reader, world.sources[rows]] - world.threshold
        return liking

    def moods(self, reader: int) -> tuple[np.ndarray, np.ndarray]:
        """Noise in logits and dice in [0, 1), (num_offers,) each."""
        rng = np.random.default_rng([self._world.settings.seed, reader, 0])  # not a session's: those have two numbers
        return NOISE * rng.normal(size=len(self._offers.rows)), rng.random(len(self._offers.rows))


def chance(liking: np.ndarray, is_known: np.ndarray) -> np.ndarray:
    """Probability that a notification is opened, of likings in logits and whether the story was opened before."""
    opens: np.ndarray = 1 / (1 + np.exp(REPEAT_LOSS * is_known - liking))
    return opens


class Notifier(Protocol):
    """Decides for one reader; called look after look."""

    def judge(self, time_s: int, scores: np.ndarray, stories: Sequence[str]) -> np.ndarray:
        """(num_new,) probabilities of new articles, in the order of time, with the engine's scores and stories."""

    def choose(
        self, time_s: int, offers: slice, probabilities: np.ndarray, stories: Sequence[str], read: Mapping[int, str]
    ) -> np.ndarray:
        """Places of offers to send now, in the order of sending: of those that are given now or were earlier.

        Args:
            time_s: From the simulation's start.
            offers: Places of the new ones.
            probabilities: (num_new,).
            stories: Of the new ones, as the engine names them.
            read: Rows of the articles that were opened in the feed in the last two days, and their stories.
        """

    def learn(self, scores: np.ndarray, opened: np.ndarray) -> None:
        """What became of articles with these scores, shown in the feed or sent."""


class NotifyingEngine(Engine):
    """The engine with a look at new articles between the sessions."""

    def __init__(self, world: World, offers: Offers) -> None:
        """Take the readers of a world, and the moments of the looks."""
        super().__init__(world, world.settings.seed)
        self._session = len(world.times_s)  # stories are named at looks too, not at sessions alone
        self._names, self._named = _story_names(world, tuple(np.unique(offers.times_s).tolist())), 0

    def look(self, time_s: int, rows: np.ndarray) -> list[str]:
        """Take new articles in; the names of their stories."""
        first, self._cached = self._window(_look(time_s))
        self._new = rows - first
        others = np.setdiff1d(np.arange(0, len(self._cached.article_ids), EVERY_NTH), self._new)
        self._some, self._looked = self._cached.taken(np.concatenate([self._new, others])), _look(time_s)
        self._offered = self._readers[0].topics_offered(self._cached)  # whoever reads
        return [self._cached.stories[place] for place in self._new]

    def judge(self, reader: int) -> tuple[np.ndarray, np.ndarray]:
        """(num_new,) scores of the new articles of the last `look`, as the feed has them; and what of each is learned.

        No article's score depends on the others but for the session part, which is measured from the mean over the
        cache, and the topic part, which is told how much of each topic there is. So a part of the cache will do.
        """
        followed = self._followed(reader, self._some)
        now_s = self._looked.now.timestamp()
        parts = self._readers[reader].parts(self._some, now_s, None, followed, offered=self._offered)
        return total(judged(parts))[: len(self._new)], total(learned(parts))[: len(self._new)]

    def story(self, row: int) -> str:
        """The name that an article's story has now."""
        return self._stories[self._world.articles[row].article_id]

    def scores_of(self, shown: np.ndarray) -> np.ndarray:
        """(k,) scores of a list that `rank` gave just now, without exploration."""
        scores: np.ndarray = self._judged[0][shown - self._first]
        return scores

    def teach(self, reader: int, shown: Sequence[Shown], rows: np.ndarray, opened: np.ndarray) -> None:
        """Record notifications of this look as a list that was shown, and what was opened of them.

        Args:
            reader: Who got them.
            shown: As they were judged.
            rows: (num_sent,) the articles.
            opened: (num_sent,) bool.
        """
        model, at = self._readers[reader], self._looked.now
        for row in rows[opened]:
            article, vector = self._world.articles[row], self._desk.vectors[row]
            model.record(Event(article, Signal.OPEN, at), vector)
            model.record(Event(article, Signal.DWELL, at, DWELL_S), vector)
        model.record_shown(shown, self._cached)

    def _window(self, session: Session) -> tuple[int, CachedRows]:
        while self._named < len(self._names) and self._names[self._named][0] <= session.time_s:
            self._stories |= self._names[self._named][1]
            self._named += 1
        return super()._window(session)


@lru_cache(maxsize=1)
def _story_names(world: World, looks_s: tuple[int, ...]) -> list[tuple[int, dict[str, str]]]:
    """Article id -> story, what is new or has changed at every session and look, in the order of time."""
    analyst = Analyst(read_bundle(DEFAULT_BUNDLE), map(title_words, world.articles))
    index, done, found = StoryIndex(analyst.title_weights), 0, []
    for time_s in sorted({*looks_s, *world.times_s.tolist()}):
        _, end = world.window(time_s)
        arrived = world.articles[done:end]
        found.append((time_s, index.assign(arrived, [item.published or START for item in arrived])))
        done = end
    return found


def _look(time_s: int) -> Session:
    return Session(-1, time_s, np.zeros(0, np.int64))


@dataclass(frozen=True, slots=True)
class Lived:
    """What a block of readers lived through; a reader's row is the number within the block."""

    scores: np.ndarray  # (num_readers, num_offers) float32: the engine's, at the look
    stories: np.ndarray  # (num_offers,) int64: the story as the engine names it at the look, numbered
    read_s: np.ndarray  # (num_readers, num_articles) int32: when it was opened in the feed; NEVER_S if it was not
    list_readers: np.ndarray  # (num_shown,) of what the feed showed, in the order of time
    list_times_s: np.ndarray  # (num_shown,)
    list_scores: np.ndarray  # (num_shown,) float32
    list_opened: np.ndarray  # (num_shown,) bool
    probabilities: np.ndarray  # (num_readers, num_offers) float32: the notifier's; NaN without one
    sent: np.ndarray  # (num_readers, num_offers) bool; none without a notifier
    opened: np.ndarray  # (num_readers, num_offers) bool: of what was sent


def live(world: World, offers: Offers, readers: range, notifiers: Sequence[Notifier] = ()) -> Lived:
    """Let a block of readers live through all days.

    Args:
        world: The readers and articles.
        offers: Of that world.
        readers: The block.
        notifiers: One for each reader of the block. What they send and the reader opens teaches the engine, and is
            opened for good, as in the feed. Without them nothing is sent.
    """
    engine, life, minds = NotifyingEngine(world, offers), _Life(world), Minds(world, offers)
    shape = len(readers), len(offers.rows)
    scores, probabilities = np.zeros(shape, np.float32), np.full(shape, np.nan, np.float32)
    learned, stories = np.zeros(shape), np.zeros(shape[1], np.int64)
    sent, opened = np.zeros(shape, bool), np.zeros(shape, bool)
    read_s = np.full((len(readers), len(world.articles)), NEVER_S, np.int32)
    recent: list[list[int]] = [[] for _ in readers]
    lists: list[tuple[np.ndarray, ...]] = []
    truth = [(minds.liking(reader), *minds.moods(reader)) for reader in readers] if notifiers else []
    numbers: dict[str, int] = {}
    sessions = iter([number for number, reader in enumerate(world.readers.tolist()) if reader in readers])
    following = next(sessions, None)

    for look_s in np.unique(offers.times_s).tolist():
        while following is not None and world.times_s[following] <= look_s:
            reader = int(world.readers[following])
            place = reader - readers.start
            session = life.session(following)
            feedback = life.read(session, engine.rank(reader, session))
            shown_scores = engine.scores_of(feedback.shown)
            engine.observe(reader, session, feedback)
            read_s[place, feedback.shown[feedback.clicked]] = session.time_s
            recent[place] += feedback.shown[feedback.clicked].tolist()
            who = np.full(len(feedback.shown), place)
            lists.append((who, np.full(len(who), session.time_s), shown_scores, feedback.clicked))
            if notifiers:
                notifiers[place].learn(shown_scores, feedback.clicked)
            following = next(sessions, None)
        at = offers.at(look_s)
        names = engine.look(look_s, offers.rows[at])
        stories[at] = [numbers.setdefault(name, len(numbers)) for name in names]
        for place, reader in enumerate(readers):
            scores[place, at], learned[place, at] = engine.judge(reader)
            if not notifiers:
                continue
            recent[place] = [row for row in recent[place] if look_s - read_s[place, row] < 2 * DAY_S]
            read = {row: engine.story(row) for row in recent[place]}
            probabilities[place, at] = notifiers[place].judge(look_s, scores[place, at], names)
            chosen = notifiers[place].choose(look_s, at, probabilities[place, at], names, read)
            liking, noise, dice = truth[place]
            for offer in chosen:
                is_known = life.knows(reader, int(offers.rows[offer]))
                likes = liking[offer] - RECENCY_LOSS * (look_s - offers.times_s[offer]) / DAY_S  # it may have waited
                opened[place, offer] = dice[offer] < chance(likes + noise[offer], is_known)
                if opened[place, offer]:
                    life.open(reader, int(offers.rows[offer]))
            sent[place, chosen] = True
            notifiers[place].learn(scores[place, chosen], opened[place, chosen])
            shown = [
                Shown(
                    world.articles[offers.rows[offer]].article_id,
                    float(scores[place, offer]),
                    _look(look_s).now,
                    float(learned[place, offer]),
                )
                for offer in chosen
            ]
            engine.teach(reader, shown, offers.rows[chosen], opened[place, chosen])
    who, when, shown_scores, clicked = (np.concatenate(parts) for parts in zip(*lists, strict=True))
    return Lived(
        scores, stories, read_s, who, when, shown_scores.astype(np.float32), clicked, probabilities, sent, opened
    )


class _Life(Life):
    """A life in which articles are opened outside the feed too."""

    def knows(self, reader: int, row: int) -> bool:
        """Whether the reader has opened the article's story."""
        return bool(self._knows_story[reader, self._world.press.stories[row]])

    def open(self, reader: int, row: int) -> None:
        """Remember an article that was opened from a notification."""
        self._has_opened[reader, row] = True
        self._knows_story[reader, self._world.press.stories[row]] = True
        self._knows_source[reader, self._world.sources[row]] = True


def joined(blocks: Sequence[Lived]) -> Lived:
    """Blocks of readers one after another; all have lived with the same offers."""
    starts = np.cumsum([0, *(len(block.scores) for block in blocks)])
    parts = {field.name: np.concatenate([getattr(block, field.name) for block in blocks]) for field in fields(Lived)}
    parts["stories"] = blocks[0].stories
    parts["list_readers"] = np.concatenate(
        [block.list_readers + start for block, start in zip(blocks, starts, strict=False)]
    )
    return Lived(**parts)


def save(path: Path, lived: Lived) -> None:
    """Write what was lived to a file, whole or not at all."""
    partial = path.with_suffix(".partial.npz")
    np.savez_compressed(partial, **{field.name: getattr(lived, field.name) for field in fields(Lived)})
    os.replace(partial, path)


def load(path: Path) -> Lived | None:
    """What `save` kept; None if there is nothing.

    Raises:
        ConfigError: It cannot be read.
    """
    if not path.exists():
        return None
    try:
        with np.load(path) as kept:
            return Lived(**{field.name: kept[field.name] for field in fields(Lived)})
    except (OSError, ValueError, LookupError) as error:
        raise ConfigError(f"{path}: cannot be read ({error}); delete it, or give another --out") from error
