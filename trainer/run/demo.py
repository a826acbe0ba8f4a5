"""The main job on the embedded corpus: simulate readers, train and compress, then rank for one of them."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge_runtime import Reader, ScoredArticle, Signal
from trainer.data.corpus import CORPUS_FILE, load_corpus
from trainer.data.progress import Bar
from trainer.data.simulate import SETTINGS_FILE, LogReport, SimulatorSettings, load_truth, simulate_to
from trainer.measure.quality import measure, metrics_line, summary
from trainer.run.sources import sources_key
from trainer.run.stages import Run
from trainer.run.workspace import Workspace, file_key, key_of
from trainer.settings.config import DataSettings, RunSettings
from trainer.settings.seeds import Seeds

TableRow = tuple[str, int | None, float, float]
SHOWN = 8
CLICKED_TOPIC = "food"  # of the three articles that the sample reader opens
HISTORY_STEPS = 300
LIST_STEPS = 300


def run_demo(
    out: Path,
    readers: int,
    seed: int,
    text_vectors: str,
    vectors: str,
    bar: Bar,
    print_table: Callable[[Sequence[TableRow]], None],
) -> None:
    """Do everything in a folder and print what was made; a second time only what is out of date is done again.

    Args:
        out: The folder; the bundle is `news.bundle` in it.
        readers: How many are simulated.
        seed: Of the simulation and the training.
        text_vectors: For the teacher; see `resolve_source`.
        vectors: Folder where they are kept; "" is the run's own.
        bar: Opens a progress bar.
        print_table: Prints name, bytes, AUC and nDCG@10 of each stage.
    """
    log = out / "log"
    simulator = SimulatorSettings(readers=readers, seed=seed)

    def work() -> LogReport:
        with bar("simulate readers", simulator.days) as step:
            return simulate_to(log, simulator, progress=lambda line: step(1))

    key = key_of(dataclasses.asdict(simulator), file_key(CORPUS_FILE), sources_key("simulate"))
    space = Workspace(out)  # kept to the end: until then no other run may use the folder
    facts = space.run("simulate", key, log / SETTINGS_FILE, LogReport, work)
    print(f"simulated {readers} readers: {facts.impressions} impressions, {facts.clicks} clicks")
    settings = dataclasses.replace(demo_settings(log, seed, text_vectors), vectors=vectors)
    run = Run(out, settings, bar)
    found = run.all()
    print_table([*_references(run, load_truth(log), seed), *run.table()])
    print(f"{found.quality.impressions} dev impressions: {metrics_line(found.quality)}\n")
    _rank(out)
    print(f"\nbundle: {out / 'news.bundle'} ({(out / 'news.bundle').stat().st_size:,} bytes)")


def demo_settings(log: Path, seed: int, text_vectors: str) -> RunSettings:
    """Settings of the default bundle."""
    settings = RunSettings(seed=seed)
    training = dataclasses.replace(settings.teacher.training, history_steps=HISTORY_STEPS)
    refit = dataclasses.replace(settings.student.refit, list_steps=LIST_STEPS)
    return dataclasses.replace(
        settings,
        data=DataSettings(
            articles=(str(log / "articles.jsonl"),),
            train=(str(log / "impressions.jsonl"),),
            name="6,067 HuffPost headlines (News Category Dataset) and simulated readers",
            licence="CC BY 4.0; see NOTICE",
        ),
        teacher=dataclasses.replace(settings.teacher, text_vectors=text_vectors, members=1, training=training),
        student=dataclasses.replace(settings.student, refit=refit),
    )


def _references(run: Run, truth: dict[str, NDArray[np.float32]], seed: int) -> list[TableRow]:
    """Chance below and the simulated readers' own preferences above what any model can reach."""
    dev = run.dataset.dev
    chance = np.random.default_rng(Seeds(seed).plain).random(len(dev.clicked))
    oracle = np.concatenate([truth[impression_id] for impression_id in dev.ids]).astype(np.float64)
    rows: list[TableRow] = []
    for name, scores in (("random", chance), ("oracle: the true preferences", oracle)):
        facts = summary(measure(scores, dev))
        rows.append((name, None, facts.auc.mean, facts.ndcg10.mean))
    return rows


def _rank(out: Path) -> None:
    """The feed of one reader before and after three clicks, by the runtime with the finished bundle."""
    data_dir = out / "reader"
    shutil.rmtree(data_dir, ignore_errors=True)
    articles = load_corpus()[-600:]
    now = max(article.published or datetime.min.replace(tzinfo=UTC) for article in articles)
    with Reader.open(data_dir, out / "news.bundle") as reader:
        reader.add(articles, now)
        print("A new reader's feed:")
        _print_feed(reader.feed(now, SHOWN))
        clicks = [article for article in articles if article.category == CLICKED_TOPIC][-3:]
        for article in clicks:
            reader.record(article.article_id, Signal.OPEN, now)
        print("\nAfter opening:" + "".join(f"\n   {article.title}" for article in clicks) + "\nit is:")
        _print_feed(reader.feed(now, SHOWN))


def _print_feed(feed: Sequence[ScoredArticle]) -> None:
    for number, scored in enumerate(feed, start=1):
        print(f"{number:3}. {scored.score:6.2f}  {scored.article.title}")
        if scored.reason:
            print(f"             {scored.reason}")
