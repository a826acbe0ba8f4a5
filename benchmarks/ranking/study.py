"""The study: each policy lives through each world once, and what it showed is kept session by session."""

from __future__ import annotations

import dataclasses
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks.kept_results import read_result, result_file, write_result
from benchmarks.ranking.engine_policy import ENGINES
from benchmarks.ranking.knowledge import KNOWLEDGE
from benchmarks.ranking.policies import POLICIES, Factory
from benchmarks.ranking.world import Life, World, WorldSettings
from edge_runtime.model.article_text import whole_text
from edge_runtime.model.tokens import split_words
from edge_runtime.types import Article
from trainer.data.corpus import load_corpus
from trainer.data.newsroom import DAY_S
from trainer.errors import ConfigError

DIRECTIONS = 256

Measures = dict[str, np.ndarray]  # by name (num_sessions,) float64; `reader` and `day` among them

# Every policy of the study, in the order of the tables.
EVERY: Mapping[str, Factory] = {**POLICIES, **ENGINES, **KNOWLEDGE}


def run_study(
    out: Path,
    worlds: Sequence[WorldSettings],
    only: Sequence[str] = (),
    every: Mapping[str, Factory] = EVERY,
    articles: Sequence[Article] | None = None,
    say: Callable[[str], object] = lambda line: print(line, flush=True),
) -> None:
    """Let the policies live that have not done so yet.

    Args:
        out: Folder of the results; one file a policy and world, so that a study that was stopped goes on.
        worlds: What the policies live in.
        only: Names of policies; empty: all.
        every: The policies by name.
        articles: If not given, the embedded corpus.
        say: Takes a line when a policy has finished a world.

    Raises:
        ConfigError: A name is not known; nothing has been done then.
    """
    unknown = sorted(set(only) - every.keys())
    if unknown:
        raise ConfigError(f"--only {', '.join(unknown)}: not known; there are {', '.join(every)}")
    out.mkdir(parents=True, exist_ok=True)
    for settings in worlds:
        todo = [name for name in every if (not only or name in only) and read_results(out, name, settings) is None]
        if not todo:
            continue
        world = World(settings, load_corpus() if articles is None else articles)
        directions = directions_of(world.articles)
        for name in todo:
            started = time.monotonic()
            found = live(world, every[name], directions)
            facts = {"world": dataclasses.asdict(settings), "policy": name}
            write_result(result_file(out, name, settings.seed), facts, "sessions", found)
            spent = time.monotonic() - started
            say(f"{name}, world {settings.seed}: {found['clicks'].mean():.3f} clicks a session, {spent:.0f} s")


def live(world: World, factory: Factory, directions: np.ndarray) -> Measures:
    """Let all readers live through the days with one policy.

    Args:
        world: The readers and articles.
        factory: Makes the policy.
        directions: (num_articles, dim) float32 of length 1, by which the distance of two articles is measured.

    Returns:
        reader, day: Of each session, from 0.
        clicks: Of the K shown.
        topics: Number of different topics in the list.
        distance: Mean of 1 - cosine over the pairs of the list (intra-list distance: Ziegler et al., WWW 2005).
        new_sources: Share of the list from sources that the reader did not know before nor opened since.
        story_pairs: Pairs in the list that tell the same story.
    """
    policy, life = factory(world, world.settings.seed), Life(world)
    num_sessions = len(world.times_s)
    names = ("clicks", "topics", "distance", "new_sources", "story_pairs")
    found = {name: np.zeros(num_sessions) for name in names}
    for number, reader in enumerate(world.readers.tolist()):
        session = life.session(number)
        shown = policy.rank(reader, session)
        is_new = life.new_sources(session, shown)
        feedback = life.read(session, shown)
        policy.observe(reader, session, feedback)
        k = len(shown)
        cosines = np.square(directions[shown].sum(axis=0)).sum() - np.square(directions[shown]).sum()
        _, same = np.unique(world.press.stories[shown], return_counts=True)
        found["clicks"][number] = feedback.clicked.sum()
        found["topics"][number] = len(np.unique(world.topics[shown]))
        found["distance"][number] = 1 - cosines / (k * (k - 1))
        found["new_sources"][number] = is_new.mean()
        found["story_pairs"][number] = (same * (same - 1) // 2).sum()
    return {"reader": world.readers.astype(float), "day": (world.times_s // DAY_S).astype(float), **found}


def directions_of(articles: Sequence[Article]) -> np.ndarray:
    """Where articles point, from their words alone: no policy's own vectors, which would judge themselves.

    Each word has a random direction and counts by its rarity (random indexing: Kanerva, Kristofersson and Holst 2000).

    Returns:
        (num_articles, DIRECTIONS) float32 of length 1; zeros for an article without words.
    """
    words = [sorted(set(split_words(whole_text(article)))) for article in articles]
    frequency = Counter(word for found in words for word in found)
    number_of = {word: number for number, word in enumerate(frequency)}
    weights = np.log(len(articles) / np.array(list(frequency.values()), np.float32))
    random = np.random.default_rng(0).choice(np.array([-1, 1], np.float32), (len(frequency), DIRECTIONS))
    random *= weights[:, None]
    sums = np.stack([random[[number_of[word] for word in found]].sum(axis=0) for found in words])
    unit: np.ndarray = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
    return unit


def read_results(out: Path, name: str, settings: WorldSettings) -> Measures | None:
    """What a policy did in a world; None if it has not lived there yet.

    Raises:
        ConfigError: The file cannot be read.
    """
    made_with = {"world": dataclasses.asdict(settings)}
    found = read_result(result_file(out, name, settings.seed), made_with, "sessions")
    return found[1] if found else None
