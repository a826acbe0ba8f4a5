"""The study: each ranker lives once with each kind of feed, and what it found is kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from benchmarks.kept_results import read_result, result_file, write_result
from benchmarks.people.engine import Engine, default_model
from benchmarks.people.headlines import LABELS, World, one_of_each_story, open_world
from benchmarks.people.life import Measures, live
from benchmarks.people.people import KINDS, Audience, people_of
from benchmarks.people.rankers import BraveLike, ByScore, Logistic, Neighbours, Ranker, one_hot
from edge_runtime import Article
from edge_runtime.model.news_model import unit_rows
from trainer.data.open_headlines import held_out
from trainer.errors import ConfigError

ENGINE = "engine"
Factory = Callable[[Audience, Sequence[Article]], Ranker]


@dataclass(frozen=True, slots=True)
class StudySettings:
    """Who lives how long."""

    readers: int = 20  # with three tastes
    others: int = 8  # of each other kind; only the engine meets them
    days: int = 10
    seed: int = 1


def _engine_vectors(articles: Sequence[Article]) -> np.ndarray:
    """(num_articles, dim) vectors as the engine has them of these articles."""
    return default_model().encode(articles)


def _minilm(articles: Sequence[Article], cache: Path) -> np.ndarray:
    """(num_articles, dim) centred MiniLM vectors of the titles, of length 1, with the feeds' categories beside."""
    from trainer.text_vectors import text_vectors  # loaded here: it takes longer than the other rankers' lives

    made = text_vectors("minilm", articles, cache, 0, lambda done: None)
    return np.hstack([unit_rows(made - made.mean(axis=0)), one_hot(articles)])


def rankers(cache: Path) -> Mapping[str, Factory]:
    """Every ranker of the study by name, in the order of the tables.

    Args:
        cache: Folder for MiniLM's vectors.
    """
    return {
        "time order": ByScore,
        "Brave-like rule": BraveLike,
        "nearest neighbours": lambda audience, articles: Neighbours(audience, articles, _engine_vectors(articles)),
        "logistic": lambda audience, articles: Logistic(audience, articles, _engine_vectors(articles)),
        "logistic on MiniLM": lambda audience, articles: Logistic(audience, articles, _minilm(articles, cache)),
        ENGINE: Engine,
    }


def run_study(
    out: Path,
    settings: StudySettings,
    only: Sequence[str] = (),
    labels: Sequence[str] = LABELS,
    every: Mapping[str, Factory] | None = None,
    headlines: Sequence[Article] | None = None,
    say: Callable[[str], object] = lambda line: print(line, flush=True),
) -> None:
    """Let the rankers live that have not done so yet.

    Args:
        out: Folder of the results, one file a ranker and kind of feed; a study that was stopped goes on.
        settings: Who lives how long.
        only: Names of rankers; empty: all.
        labels: Which kinds of feeds.
        every: The rankers by name; all if not given.
        headlines: Oldest first, with their real categories; if not given, those that are kept back from training.
        say: Takes a line when a ranker has finished with a kind of feed.

    Raises:
        ConfigError: A name is not known.
    """
    every = rankers(out / "vectors") if every is None else every
    if unknown := sorted(set(only) - every.keys()):
        raise ConfigError(f"--only {', '.join(unknown)}: not known; there are {', '.join(every)}")
    out.mkdir(parents=True, exist_ok=True)
    if headlines is None:
        headlines = one_of_each_story(held_out(), settings.days)
    world = open_world(headlines, settings.days, settings.seed)
    for name in [name for name in every if not only or name in only]:
        for kind_of_feed in labels:
            if read_results(out, name, kind_of_feed, settings) is not None:
                continue
            started = time.process_time()
            audience = audience_of(name, world, settings)
            articles = world.labelled(kind_of_feed)
            ranker = every[name](audience, articles)
            try:
                found = live(audience, articles, ranker)
            finally:
                ranker.close()
            facts = {"settings": asdict(settings), "people": [person.name for person in audience.people]}
            write_result(result_file(out, name, kind_of_feed), facts, "measures", found)
            share, spent = np.nanmean(found["share"][: settings.readers]), time.process_time() - started
            say(f"{name}, categories {kind_of_feed}: {share:.3f} of what is attainable, {spent:.0f} s of CPU")


def audience_of(name: str, world: World, settings: StudySettings) -> Audience:
    """Whom a ranker meets: people with three tastes; the engine meets every kind."""
    counts = {KINDS[0]: settings.readers} | (dict.fromkeys(KINDS[1:], settings.others) if ENGINE in name else {})
    people = [one for kind, count in counts.items() for one in people_of(kind, count, world, settings.seed)]
    return Audience(people, world)


def read_results(out: Path, name: str, labels: str, settings: StudySettings) -> tuple[list[str], Measures] | None:
    """The readers' names, and what a ranker did; None if it has not lived so yet.

    Raises:
        ConfigError: The file cannot be read.
    """
    found = read_result(result_file(out, name, labels), {"settings": asdict(settings)}, "measures")
    return (found[0]["people"], found[1]) if found else None
