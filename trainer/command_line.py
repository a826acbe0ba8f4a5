"""Parsing the trainer's command line; each subcommand calls one function and prints what it gives."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from edge_runtime import EdgeError
from trainer.config import RunSettings, load_settings
from trainer.errors import TrainerError

if TYPE_CHECKING:
    from trainer.stages import Run

STAGES = ("prepare", "teacher", "distill", "prune", "export")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand; 0 is success, 1 an error that was explained, 130 an interruption."""
    options = _parser().parse_args(arguments)
    try:
        options.call(options)
    except (TrainerError, EdgeError, ValueError) as error:
        print(f"edge-news-trainer: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ninterrupted; the same command goes on from the last finished stage", file=sys.stderr)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="edge-news-trainer", description="From a click log to a news bundle.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="every stage: leaves news.bundle and run.json in --out")
    _add_data_options(run)
    run.set_defaults(call=_run)
    for stage in STAGES:
        command = commands.add_parser(stage, help=f"the stage {stage} alone, on what earlier ones left in --out")
        _add_data_options(command)
        command.set_defaults(call=_stage, stage=stage)

    demo = commands.add_parser("demo", help="simulate readers of the embedded corpus, train, and rank for one of them")
    demo.add_argument("--out", type=Path, default=Path("build/demo"))
    demo.add_argument("--readers", type=int, default=2000)
    demo.add_argument("--seed", type=int, default=7)
    demo.add_argument("--text-vectors", default="auto")
    demo.set_defaults(call=_demo)

    simulate = commands.add_parser("simulate", help="write the click log of simulated readers; see docs/simulator.md")
    simulate.add_argument("--out", type=Path, required=True)
    simulate.add_argument("--readers", type=int, default=2000)
    simulate.add_argument("--seed", type=int, default=7)
    simulate.add_argument("--days", type=int, default=30)
    simulate.add_argument("--impressions-per-reader", type=float, default=18.0)
    simulate.add_argument("--articles", type=Path, help="articles.jsonl to use instead of the embedded corpus")
    simulate.set_defaults(call=_simulate)

    evaluate = commands.add_parser("evaluate", help="measure a finished bundle on a log, as a device would rank it")
    evaluate.add_argument("--bundle", type=Path, required=True)
    evaluate.add_argument("--articles", type=Path, nargs="+", required=True)
    evaluate.add_argument("--impressions", type=Path, nargs="+", required=True)
    evaluate.add_argument("--against", type=Path, metavar="BUNDLE", help="also the paired difference to this bundle")
    evaluate.add_argument("--max-bad", type=float, default=0.05, help="share of bad lines that stops (%(default)s)")
    evaluate.add_argument("--json", action="store_true")
    evaluate.set_defaults(call=_evaluate)
    return parser


def _add_data_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, required=True, help="folder for everything that is made")
    parser.add_argument("--config", type=Path, help="settings in TOML, named as in trainer/config.py")
    parser.add_argument("--articles", nargs="+", metavar="FILE")
    parser.add_argument("--train", nargs="+", metavar="FILE")
    parser.add_argument("--dev", nargs="+", metavar="FILE", help="else the last share of --train by time")
    parser.add_argument("--dev-share", type=float)
    parser.add_argument("--max-bad", type=float, help="share of bad lines in a file that stops the run (0.05)")
    parser.add_argument("--name", help="of the data, for the bundle's manifest")
    parser.add_argument("--licence", help="of the data, for the bundle's manifest")
    parser.add_argument("--languages", nargs="+", metavar="CODE")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--text-vectors", help="auto, minilm, wordllama, lsa or FILE.npy (auto)")
    parser.add_argument("--vocabulary", type=int, help="tokens before pruning")


def _settings(options: argparse.Namespace) -> RunSettings:
    """Defaults, then what the folder was last run with, then the configuration file, then the options."""
    kept = options.out / "settings.json"
    settings = load_settings(options.config or kept) if options.config or kept.exists() else RunSettings()
    data = {
        "articles": options.articles and tuple(options.articles),
        "train": options.train and tuple(options.train),
        "dev": options.dev and tuple(options.dev),
        "dev_share": options.dev_share,
        "max_bad_share": options.max_bad,
        "name": options.name,
        "licence": options.licence,
        "languages": options.languages and tuple(options.languages),
    }
    given = {name: value for name, value in data.items() if value is not None}
    settings = dataclasses.replace(settings, data=dataclasses.replace(settings.data, **given))
    if not settings.data.articles or not settings.data.train:
        raise TrainerError("give --articles and --train, or an --out that has been run with them")
    if options.seed is not None:
        settings = dataclasses.replace(settings, seed=options.seed)
    if options.text_vectors is not None:
        teacher = dataclasses.replace(settings.teacher, text_vectors=options.text_vectors)
        settings = dataclasses.replace(settings, teacher=teacher)
    if options.vocabulary is not None:
        distillation = dataclasses.replace(settings.student.distillation, vocabulary_size=options.vocabulary)
        settings = dataclasses.replace(
            settings, student=dataclasses.replace(settings.student, distillation=distillation)
        )
    return settings


def _open_run(options: argparse.Namespace) -> Run:
    # Imported here: the other subcommands, and --help, answer without TensorFlow.
    from trainer.stages import Run

    return Run(options.out, _settings(options), progress_bar)


def _run(options: argparse.Namespace) -> None:
    run = _open_run(options)
    facts = run.all()
    print_table(run.table())
    from trainer.evaluation import metrics_line

    print(f"{facts['impressions']} dev impressions: {metrics_line(facts)}")
    print(f"bundle: {options.out / 'news.bundle'}\nreport: {options.out / 'run.json'}")


def _stage(options: argparse.Namespace) -> None:
    print(json.dumps(getattr(_open_run(options), options.stage)(), indent=1))


def _demo(options: argparse.Namespace) -> None:
    from trainer.demo import run_demo

    run_demo(options.out, options.readers, options.seed, options.text_vectors, progress_bar, print_table)


def _simulate(options: argparse.Namespace) -> None:
    from edge_runtime import read_articles
    from trainer.data.simulate import SimulatorSettings, simulate_to

    articles = None
    if options.articles:
        articles, warnings = read_articles(options.articles)
        for warning in warnings:
            print(warning, file=sys.stderr)
    settings = SimulatorSettings(
        readers=options.readers,
        seed=options.seed,
        days=options.days,
        impressions_per_reader=options.impressions_per_reader,
    )
    with progress_bar("simulate", options.days) as step:
        report = simulate_to(options.out, settings, articles, lambda line: step(1))
    print(f"{report.articles} articles, {report.impressions} impressions, {report.clicks} clicks in {options.out}")


def _evaluate(options: argparse.Namespace) -> None:
    from trainer.data.prepare import read_impressions
    from trainer.evaluation import difference, measure, metrics_line, score_bundle, summary

    articles, impressions, rejects = read_impressions(options.articles, options.impressions, options.max_bad)
    for bad in rejects:
        for line in bad.kept:
            print(f"skipped {line}", file=sys.stderr)

    def measured(bundle: Path) -> dict[str, Any]:
        with progress_bar(bundle.name, len(impressions)) as step:
            return measure(score_bundle(bundle, articles, impressions, step), impressions)

    ours = measured(options.bundle)
    found = summary(ours)
    if options.against:
        found["difference"] = difference(ours, measured(options.against))
    if options.json:
        print(json.dumps(found))
        return
    print(f"{found['impressions']} impressions: {metrics_line(found)}")
    if options.against:
        print(f"minus {options.against}: {metrics_line(found['difference'])}")


@contextlib.contextmanager
def progress_bar(title: str, steps: int) -> Iterator[Callable[[int], object]]:
    """A bar on standard error; without a known end it counts. Silent where standard error is no terminal."""
    with tqdm(total=steps or None, desc=title, disable=None, leave=False) as bar:
        yield bar.update


def print_table(rows: Sequence[tuple[str, int | None, float, float]]) -> None:
    """Name, bytes, AUC and nDCG@10."""
    print(f"\n{'stage':34}{'bytes':>12}{'AUC':>9}{'nDCG@10':>9}")
    for name, size, auc, ndcg in rows:
        print(f"{name:34}{'' if size is None else format(size, ','):>12}{auc:>9.4f}{ndcg:>9.4f}")
    print()
