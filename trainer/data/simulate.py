"""A click log of simulated readers over real headlines, with the truth behind each click; see docs/simulator.md."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from edge_runtime import Article
from trainer.data.corpus import article_row, load_corpus
from trainer.data.newsroom import DAY_S, START, Newsroom, open_newsroom
from trainer.data.readers import Readers
from trainer.settings.seeds import Seeds

ARTICLES_FILE = "articles.jsonl"
IMPRESSIONS_FILE = "impressions.jsonl"
TRUTH_FILE = "truth.npy"  # (num_impressions, shown) float32, rows as in IMPRESSIONS_FILE
SETTINGS_FILE = "simulator.json"

NOISE = 0.5  # logits, drawn anew for each shown article
EXAMINATION_LOSS = 0.35  # position p, from 1, is looked at with probability p ** -this
ACTIVITY_SPREAD = 1.0  # of the log of a reader's number of impressions
SESSION_HOURS = (7.5, 12.5, 20.5)  # a reader's usual hour lies near one of these
BATCH = 4096  # impressions in memory at a time
PILOT = 4000  # impressions that set the threshold


@dataclass(frozen=True, slots=True)
class SimulatorSettings:
    """What can be varied; the defaults are those docs/simulator.md gives figures for.

    Raises:
        ValueError: A number out of its range.
    """

    readers: int = 2000
    seed: int = 7
    days: int = 30
    impressions_per_reader: float = 18.0  # mean; a few readers have many more
    shown: int = 20  # articles in an impression
    clicks_per_impression: float = 1.45  # mean; many impressions have none
    drift: float = 1.0  # times the usual drift; 0: tastes stay
    withheld: float = 0.0  # share of the articles that the log gives without their category

    def __post_init__(self) -> None:
        # NaN is neither above nor below anything.
        is_large = 0 < self.impressions_per_reader < math.inf and 0 <= self.drift < math.inf
        if min(self.readers, self.days) < 1 or self.shown < 2 or not is_large:
            raise ValueError(f"{self}: give a reader, a day, two shown articles at least, and no negative number")
        if not 0 <= self.withheld <= 1:
            raise ValueError(f"withheld is {self.withheld}; give a share of the articles, from 0 to 1")
        if not 0 < self.clicks_per_impression < 0.9 * examination(self.shown).sum():
            most = 0.9 * examination(self.shown).sum()
            raise ValueError(
                f"clicks_per_impression is {self.clicks_per_impression}; with {self.shown} shown articles "
                f"give a number between 0 and {most:.1f}"
            )


@dataclass(frozen=True, slots=True)
class Batch:
    """Some impressions in a row, in the order of the log."""

    first: int  # the number of the first one in the log, from 0
    readers: np.ndarray  # (size,) int64
    times_s: np.ndarray  # (size,) int64 from START
    shown: np.ndarray  # (size, shown) int64, rows of the newsroom's articles
    is_clicked: np.ndarray  # (size, shown) bool
    preference: np.ndarray  # (size, shown) float32 logits: what the reader thinks, without position or noise


@dataclass(frozen=True, slots=True)
class Simulation:
    """A log that comes into being while `batches` is read, once."""

    articles: tuple[Article, ...]  # with their simulated `published`, oldest first
    num_impressions: int
    batches: Iterator[Batch]


@dataclass(frozen=True, slots=True)
class LogReport:
    """How much a simulated log holds."""

    articles: int
    impressions: int
    clicks: int


def examination(k: int) -> np.ndarray:
    """(k,) probability that a reader looks at each position, from the top."""
    return np.arange(1, k + 1) ** -EXAMINATION_LOSS


def simulate(
    settings: SimulatorSettings,
    articles: Sequence[Article],
    progress: Callable[[str], object],
    tastes: Mapping[str, str] | None = None,
) -> Simulation:
    """Let readers live through the days; the same settings and articles give the same log.

    Args:
        settings: Of the readers.
        articles: With `published` and `category`; ids must differ.
        progress: Takes one line at the end of each simulated day.
        tastes: What readers can like, by article id, as `trainer.data.tastes` finds it; the categories, if not given.

    Raises:
        ValueError: The articles cannot be used: see `open_newsroom`.
    """
    every_rng = np.random.default_rng(Seeds(settings.seed).plain)
    news_rng, reader_rng, schedule_rng, pilot_rng, click_rng, label_rng = every_rng.spawn(6)
    newsroom = open_newsroom(articles, settings.days, settings.shown, news_rng, tastes)
    readers = Readers(settings.readers, newsroom, reader_rng)
    who, times_s = schedule(settings, schedule_rng)
    threshold = find_threshold(settings, newsroom, readers, who, times_s, pilot_rng)

    def live() -> Iterator[Batch]:
        first = 0
        for day in range(settings.days):
            day_end = int(np.searchsorted(times_s, (day + 1) * DAY_S))
            while first < day_end:
                stop = min(first + BATCH, day_end)
                batch = slice(first, stop)
                yield _read_lists(settings, newsroom, readers, threshold, first, who[batch], times_s[batch], click_rng)
                first = stop
            readers.drift(settings.drift, reader_rng)
            progress(f"day {day + 1} of {settings.days}: {first} of {len(who)} impressions")

    is_withheld = label_rng.random(len(newsroom.articles)) < settings.withheld
    told = (
        replace(item, category="") if hide else item for item, hide in zip(newsroom.articles, is_withheld, strict=True)
    )
    return Simulation(tuple(told), len(who), live())


def write_log(out: Path, settings: SimulatorSettings, simulation: Simulation) -> LogReport:
    """Write articles, impressions, truth and settings into a folder, a batch at a time."""
    out.mkdir(parents=True, exist_ok=True)
    (out / SETTINGS_FILE).write_text(json.dumps(asdict(settings), indent=2) + "\n", encoding="utf-8")
    with (out / ARTICLES_FILE).open("w", encoding="utf-8") as lines:
        lines.writelines(json.dumps(article_row(item), ensure_ascii=False) + "\n" for item in simulation.articles)
    article_ids = [json.dumps(article.article_id) for article in simulation.articles]
    digits = len(str(settings.readers))
    clicks = 0
    with (out / IMPRESSIONS_FILE).open("w", encoding="utf-8") as lines, (out / TRUTH_FILE).open("wb") as truth:
        shape = (simulation.num_impressions, settings.shown)
        np.lib.format.write_array_header_1_0(truth, {"descr": "<f4", "fortran_order": False, "shape": shape})
        for batch in simulation.batches:
            times = np.datetime_as_string(np.datetime64(START.replace(tzinfo=None), "s") + batch.times_s)
            for row, (reader, time) in enumerate(zip(batch.readers.tolist(), times, strict=True)):
                shown = [article_ids[article] for article in batch.shown[row].tolist()]
                clicked = [shown[at] for at in np.flatnonzero(batch.is_clicked[row])]
                lines.write(
                    f'{{"impression_id": "{impression_id(batch.first + row)}", "user_id": "r{reader:0{digits}d}", '
                    f'"time": "{time}Z", "shown": [{", ".join(shown)}], "clicked": [{", ".join(clicked)}]}}\n'
                )
            truth.write(batch.preference.astype("<f4").tobytes())
            clicks += int(batch.is_clicked.sum())
    return LogReport(len(simulation.articles), simulation.num_impressions, clicks)


def simulate_to(
    out: Path,
    settings: SimulatorSettings,
    articles: Sequence[Article] | None = None,
    progress: Callable[[str], object] = lambda line: None,
    tastes: Mapping[str, str] | None = None,
) -> LogReport:
    """Simulate and write; without articles, over the embedded corpus."""
    articles = load_corpus() if articles is None else articles
    return write_log(out, settings, simulate(settings, articles, progress, tastes))


def impression_id(number: int) -> str:
    """The id of an impression, from its number in the log; ids sort as time does."""
    return f"i{number:09d}"


def load_truth(directory: Path) -> dict[str, np.ndarray]:
    """The true preference of every shown article, in the order of `shown`, by impression id; float32 logits."""
    return {impression_id(number): row for number, row in enumerate(np.load(directory / TRUTH_FILE))}


def schedule(settings: SimulatorSettings, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Decide who reads when: (num_impressions,) readers and int64 seconds from START, in order of time."""
    activity = rng.lognormal(0.0, ACTIVITY_SPREAD, settings.readers)
    counts = rng.poisson(settings.impressions_per_reader * activity / activity.mean()).clip(1)
    usual_hour = rng.choice(SESSION_HOURS, settings.readers) + rng.normal(0.0, 1.0, settings.readers)
    who = np.repeat(np.arange(settings.readers), counts)
    hour = (usual_hour[who] + rng.normal(0.0, 1.5, len(who))) % 24
    times_s = rng.integers(0, settings.days, len(who)) * DAY_S + (hour * 3600).astype(np.int64)
    order = np.argsort(times_s, kind="stable")
    return who[order], times_s[order]


def find_threshold(
    settings: SimulatorSettings,
    newsroom: Newsroom,
    readers: Readers,
    who: np.ndarray,
    times_s: np.ndarray,
    rng: np.random.Generator,
) -> float:
    """The logits that a pilot's readers ask of an article, so that they click as often as the settings say."""
    pilot = rng.integers(0, len(who), PILOT)
    shown = newsroom.draw_shown(times_s[pilot], readers.clicked[who[pilot]], settings.shown, rng)
    utility = readers.preference(who[pilot], times_s[pilot], shown) + rng.normal(0.0, NOISE, shown.shape)
    low, high = float(utility.min()) - 20, float(utility.max()) + 20
    for _ in range(50):
        middle = (low + high) / 2
        clicks = (_click_chance(utility, middle)).sum(axis=1).mean()
        low, high = (middle, high) if clicks > settings.clicks_per_impression else (low, middle)
    return middle


def _click_chance(utility: np.ndarray, threshold: float) -> np.ndarray:
    chance: np.ndarray = examination(utility.shape[1]) / (1 + np.exp(threshold - utility))
    return chance


def _read_lists(
    settings: SimulatorSettings,
    newsroom: Newsroom,
    readers: Readers,
    threshold: float,
    first: int,
    who: np.ndarray,
    times_s: np.ndarray,
    rng: np.random.Generator,
) -> Batch:
    shown = np.empty((len(who), settings.shown), np.int64)
    is_clicked = np.empty(shown.shape, bool)
    preference = np.empty(shown.shape, np.float32)
    for rows in _rounds(who):
        shown[rows] = newsroom.draw_shown(times_s[rows], readers.clicked[who[rows]], settings.shown, rng)
        likes = readers.preference(who[rows], times_s[rows], shown[rows])
        utility = likes + rng.normal(0.0, NOISE, likes.shape)
        is_clicked[rows] = rng.random(likes.shape) < _click_chance(utility, threshold)
        preference[rows] = likes
        readers.remember(who[rows], shown[rows], is_clicked[rows])
    return Batch(first, who, times_s, shown, is_clicked, preference)


def _rounds(who: np.ndarray) -> Iterator[np.ndarray]:
    """Split impressions so that a round has each reader once, earlier impressions in earlier rounds."""
    order = np.argsort(who, kind="stable")
    _, starts, counts = np.unique(who[order], return_index=True, return_counts=True)
    nth = np.empty(len(who), np.int64)
    nth[order] = np.arange(len(who)) - np.repeat(starts, counts)
    for turn in range(int(counts.max())):
        yield np.flatnonzero(nth == turn)
