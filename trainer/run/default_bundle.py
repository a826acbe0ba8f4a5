"""The bundle inside the wheel: trained on all open headlines but those held out, and on simulated readers of them."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import numpy as np

from edge_runtime import Article
from trainer.data.corpus import article_row
from trainer.data.newsroom import START
from trainer.data.open_headlines import FILES, training_headlines
from trainer.data.progress import Bar
from trainer.data.simulate import (
    ARTICLES_FILE,
    IMPRESSIONS_FILE,
    SETTINGS_FILE,
    LogReport,
    SimulatorSettings,
    simulate_to,
)
from trainer.data.tastes import fine_tastes
from trainer.measure.evaluation import BundleQuality
from trainer.run.sources import sources_key
from trainer.run.stages import Run
from trainer.run.workspace import Workspace, file_key, key_of
from trainer.settings.config import DataSettings, RunSettings, with_recipe
from trainer.settings.seeds import Seeds
from trainer.text_vectors import text_vectors

READING_FILE = "reading.jsonl"  # texts that no list shows: language to learn, and topics
SIMULATOR = SimulatorSettings(readers=2000, days=30, withheld=0.5)
TASTE_SIZE = 800  # articles of a taste, in the mean; many small ones would be met too seldom to show in the clicks
TASTES_FROM = "wordllama"  # the teacher's quicker text vectors
DEV_SHARE = 0.08  # less than usual, for what first comes on the dev days is not learned from
RECIPE = Path(__file__).with_suffix(".toml")
HISTORY_STEPS = 300
LIST_STEPS = 300
# Simulated readers know less of language than the text vectors do, so their clicks teach the head alone.
ENCODER_RATE = 0.0
WHITENING = 0.0


def make_default_bundle(out: Path, seed: int, vectors: str, bar: Bar) -> BundleQuality:
    """Simulate, train and compress in a folder; the bundle is `news.bundle` in it.

    Args:
        out: A second time only what is out of date is done again.
        seed: Of the simulation and the training.
        vectors: Folder where text vectors are kept; "" is the run's own.
        bar: Opens a progress bar.
    """
    log = out / "log"
    simulator = dataclasses.replace(SIMULATOR, seed=seed)

    def work() -> LogReport:
        articles = simulated_articles(seed)
        with bar("tastes", len(articles)) as step:
            kept = Path(vectors or out / "vectors")
            found = text_vectors(TASTES_FROM, articles, kept, Seeds(seed).plain, step)
        tastes = fine_tastes(articles, found, TASTE_SIZE, Seeds(seed).plain)
        with bar("simulate readers", simulator.days) as step:
            report = simulate_to(log, simulator, articles, lambda line: step(1), tastes)
        write_reading(log, articles)
        return report

    files = [file_key(path) for path in FILES]
    key = key_of(dataclasses.asdict(simulator), TASTE_SIZE, TASTES_FROM, DEV_SHARE, files, sources_key("default"))
    space = Workspace(out)  # kept to the end: until then no other run may use the folder
    space.run("simulate", key, log / SETTINGS_FILE, LogReport, work)
    return Run(out, dataclasses.replace(default_settings(log, seed), vectors=vectors), bar).all()


def simulated_articles(seed: int) -> list[Article]:
    """What the simulated readers are shown: every headline that may be learned from."""
    return mixed(without_coarse_topics(training_headlines()), seed)


def without_coarse_topics(articles: Sequence[Article]) -> list[Article]:
    """The articles, those of the News Aggregator without category: four for 87 stories teach topics badly."""
    return [dataclasses.replace(one, category="") if one.article_id.startswith("uci-") else one for one in articles]


def mixed(articles: Sequence[Article], seed: int) -> list[Article]:
    """The articles with their times exchanged, so that a list shows all publishers and not one after the other."""
    order = np.random.default_rng(Seeds(seed).plain).permutation(len(articles))
    return [
        dataclasses.replace(article, published=articles[other].published)
        for article, other in zip(articles, order, strict=True)
    ]


def write_reading(log: Path, articles: Sequence[Article]) -> int:
    """Write what is read beside the lists: summaries, and titles with the category that the log withholds.

    Nothing of articles that come out on the dev days, or on the day before.

    Returns:
        How many texts there are.
    """
    known = {article.article_id: article for article in articles}
    end = START + timedelta(days=SIMULATOR.days * (1 - DEV_SHARE) - 1)
    texts: dict[str, Article] = {}
    for line in (log / ARTICLES_FILE).read_text("utf-8").splitlines():
        row = json.loads(line)
        article = known[row["article_id"]]
        if row["published"] >= end.isoformat():
            continue
        if article.category and "category" not in row:
            texts[article.title] = dataclasses.replace(article, article_id=f"{article.article_id}-topic", abstract="")
        if article.abstract and article.abstract not in texts:  # one of Upworthy's belongs to several titles
            summary = dataclasses.replace(article, article_id=f"{article.article_id}-summary", title=article.abstract)
            texts[article.abstract] = dataclasses.replace(summary, abstract="")
    rows = [json.dumps(article_row(text), ensure_ascii=False) + "\n" for text in texts.values()]
    (log / READING_FILE).write_text("".join(rows), "utf-8")
    return len(rows)


def default_settings(log: Path, seed: int) -> RunSettings:
    """Settings of the default bundle."""
    settings = with_recipe(RunSettings(seed=seed), str(RECIPE))
    training = dataclasses.replace(settings.teacher.training, history_steps=HISTORY_STEPS, encoder_rate=ENCODER_RATE)
    refit = dataclasses.replace(settings.student.refit, list_steps=LIST_STEPS, encoder_rate=ENCODER_RATE)
    return dataclasses.replace(
        settings,
        data=DataSettings(
            articles=(str(log / ARTICLES_FILE), str(log / READING_FILE)),
            train=(str(log / IMPRESSIONS_FILE),),
            dev_share=DEV_SHARE,
            name="23,629 headlines and their summaries (HuffPost, News Aggregator, Upworthy) and simulated readers",
            licence="CC BY 4.0; see NOTICE",
        ),
        teacher=dataclasses.replace(
            settings.teacher, text_vectors="minilm+wordllama", members=1, whitening=WHITENING, training=training
        ),
        student=dataclasses.replace(settings.student, refit=refit),
    )
