"""Everything that the report shows, computed from a finished run; `page` and `plots` only draw it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from edge_runtime import read_bundle
from edge_runtime.model.front import Front
from trainer.data.dataset import DatasetFacts
from trainer.data.json_facts import Json
from trainer.errors import ConfigError
from trainer.intervals import Interval, bootstrap
from trainer.measure.engines import EngineResult, check_engines
from trainer.measure.evaluation import BundleQuality
from trainer.measure.metrics import Floats
from trainer.measure.quality import measure
from trainer.report.agreement import Agreement, ScoreComparison, agreement, compare_scores, feed_overlap
from trainer.report.layers import LayerChange, LayerSize, layer_changes, layer_sizes
from trainer.report.run_folder import FinishedRun, StepFiles, check_same_log
from trainer.report.tokens import HiddenUnit, VocabularyChange, hidden_units, vocabulary_change
from trainer.report.variants import Variant, bundle_variant, read_front, run_variants
from trainer.report.words import ReaderWords, reader_words
from trainer.run.facts import ExportFacts, TeacherFacts
from trainer.run.model_files import load_student
from trainer.text_vectors.sizes import encoder_bytes

Metrics = dict[str, Floats]  # of each dev list


@dataclass(frozen=True, slots=True)
class Record:
    """What others have reached, to stand beside."""

    work: str
    where: str
    times: float  # smaller
    lost: str  # as its authors say it
    data: str


RECORDS = (
    Record("OD-Rec", "SIGIR 2022, arXiv 2204.11091", 30.0, "almost none", "next items, two session logs"),
    Record("MEmCom on RankNet", "MLSys 2022, arXiv 2203.10135", 32.0, "1 % of nDCG", "interactions with games"),
    Record("4 bits after training", "arXiv 1911.02079", 7.2, "neutral", "embedding tables of one company's models"),
)


@dataclass(frozen=True, slots=True)
class Reduction:
    """The finished bundle against a larger model."""

    against: str
    size_bytes: int | None  # of the larger one; None: not known
    times: float | None  # as large as the bundle
    auc: Interval  # the bundle's minus the larger one's, paired
    ndcg10: Interval
    ndcg10_share: float  # that difference as a share of the larger one's nDCG@10


@dataclass(frozen=True, slots=True)
class StepEffect:
    """What one step of the recipe gained and cost, against the step before it."""

    name: str
    settings: Json
    size_bytes: int  # of its bundle
    bytes_gained: int
    gzip_bytes_gained: int
    parameters_gained: int
    zeros_gained: int  # more of them; below 0 where zeros were cut out
    encode_us_gained: float
    since_last: Interval  # nDCG@10 minus that of the step before, paired
    since_dense: Interval


@dataclass(frozen=True, slots=True)
class CompressionReport:
    """All data of the report."""

    run: str
    data: str
    licence: str
    languages: tuple[str, ...]
    seed: int
    recipe: Json
    text_vectors: str  # of the teacher
    impressions: int  # that count
    size_bytes: int  # of the finished bundle
    auc: Interval
    ndcg10: Interval
    teacher_ndcg10: Interval
    reductions: tuple[Reduction, ...]
    records: tuple[Record, ...]
    variants: tuple[Variant, ...]
    steps: tuple[StepEffect, ...]
    layers: tuple[LayerChange, ...]
    members: dict[str, dict[str, int]]  # bytes by member of the dense bundle and of the finished one
    scores: ScoreComparison
    agreement: Agreement
    vocabulary: VocabularyChange
    units: tuple[HiddenUnit, ...]
    reader: ReaderWords
    engines: tuple[EngineResult, ...]
    front: Front | None  # that the finished bundle carries


def collect(
    out: Path, also: Sequence[Path] = (), front: Path | None = None, pythons: Sequence[Path] = ()
) -> CompressionReport:
    """Compute the report of a run.

    Args:
        out: Its folder, every stage of it done.
        also: Folders of other runs on the same log, whose bundles stand beside it.
        front: A front.json of the search.
        pythons: Of other environments, whose interpreters are to be given the bundle as well.

    Raises:
        ConfigError: A folder is not that of a finished run, was measured on other lists, or its recipe has no step; its
            bundle is older than its steps; or `front` cannot be used.
    """
    run, others = FinishedRun(out), [FinishedRun(path) for path in also]
    check_same_log([run, *others])
    if len(run.steps) < 2:
        raise ConfigError(
            f"{out}: its recipe {run.settings.recipe!r} has no step, so nothing was compressed; "
            f"run: edge-news-trainer run --out {out} --recipe SIZE or FILE.toml"
        )
    dense, last = run.steps[0], run.steps[-1]
    _check_is_last(run.bundle, last)
    before, after = run.step_scores(dense), run.bundle_scores()
    metrics = [measure(run.step_scores(step), run.dev) for step in run.steps]
    found, teacher = measure(after, run.dev), measure(run.teacher_scores(), run.dev)
    articles, rows = run.data.texts.articles, run.data.text_rows
    old, new = (load_student(path, articles, run.data.text_topics) for path in (dense.weights, last.weights))
    quality, facts = run.facts("evaluate", BundleQuality).quality, run.facts("prepare", DatasetFacts)
    size, offsets = run.facts("export", ExportFacts).bytes, run.dev.candidates.offsets
    text_vectors = run.facts("teacher", TeacherFacts).text_vectors
    teacher_title = f"the float teacher with its text encoder ({text_vectors})"
    return CompressionReport(
        run=run.name,
        data=facts.name,
        licence=facts.licence,
        languages=run.data.languages,
        seed=run.settings.seed,
        recipe={
            "student": asdict(run.settings.student.distillation),
            "step": [step.settings for step in run.steps[1:]],
        },
        text_vectors=text_vectors,
        impressions=quality.impressions,
        size_bytes=size,
        auc=quality.auc,
        ndcg10=quality.ndcg10,
        teacher_ndcg10=bootstrap(teacher["ndcg10"], seed=0),
        reductions=(
            _reduction(teacher_title, _teacher_bytes(run), size, found, teacher),
            _reduction("the dense float32 student's bundle", dense.facts.bytes, size, found, metrics[0]),
        ),
        records=RECORDS,
        variants=(
            *run_variants(run, metrics[0]),
            *(bundle_variant(other, other.name, "run", metrics[0]) for other in others),
            *(read_front(front) if front else ()),
        ),
        steps=tuple(
            _effect(run.steps[number - 1], step, metrics[number - 1], metrics[number], metrics[0])
            for number, step in enumerate(run.steps)
            if number
        ),
        layers=layer_changes(_layers(dense), _layers(last)),
        members=_members(dense.bundle, run.bundle),
        scores=compare_scores(before, after, offsets),
        agreement=agreement(before, after, offsets, feed_overlap(dense.bundle, run.bundle, articles, run.dev)),
        vocabulary=vocabulary_change(old, new, rows),
        units=hidden_units(old, new, rows),
        reader=reader_words(dense.bundle, run.bundle, articles, run.dev),
        engines=tuple(check_engines(run.bundle, pythons)),
        front=read_bundle(run.bundle).manifest.front,
    )


def _teacher_bytes(run: FinishedRun) -> int | None:
    teacher = run.facts("teacher", TeacherFacts)
    behind = encoder_bytes(teacher.text_vectors)
    return None if behind is None else teacher.bytes + behind


def _reduction(against: str, size_bytes: int | None, bundle_bytes: int, ours: Metrics, theirs: Metrics) -> Reduction:
    auc, ndcg10 = (bootstrap(ours[name] - theirs[name], seed=0) for name in ("auc", "ndcg10"))
    return Reduction(
        against=against,
        size_bytes=size_bytes,
        times=size_bytes / bundle_bytes if size_bytes else None,
        auc=auc,
        ndcg10=ndcg10,
        ndcg10_share=ndcg10.mean / bootstrap(theirs["ndcg10"], seed=0, resamples=1).mean,
    )


def _effect(old: StepFiles, new: StepFiles, before: Metrics, after: Metrics, dense: Metrics) -> StepEffect:
    was, now = old.facts, new.facts
    return StepEffect(
        name=new.name,
        settings=new.settings,
        size_bytes=now.bytes,
        bytes_gained=was.bytes - now.bytes,
        gzip_bytes_gained=was.gzip_bytes - now.gzip_bytes,
        parameters_gained=was.parameters - now.parameters,
        zeros_gained=now.zeros - was.zeros,
        encode_us_gained=round(was.latency.encode_us - now.latency.encode_us, 2),
        since_last=bootstrap(after["ndcg10"] - before["ndcg10"], seed=0),
        since_dense=bootstrap(after["ndcg10"] - dense["ndcg10"], seed=0),
    )


def _layers(step: StepFiles) -> dict[str, LayerSize]:
    manifest = read_bundle(step.bundle).manifest
    return layer_sizes(
        step.facts.weights or {}, manifest.num_tokens, manifest.token_dim, manifest.table, manifest.encoders
    )


def _members(before: Path, after: Path) -> dict[str, dict[str, int]]:
    """Bytes by member, and of the manifest with the header; 0 for one that only the other bundle has."""
    opened = {"before": read_bundle(before), "after": read_bundle(after)}
    sizes = {
        side: {**bundle.member_bytes, "manifest": bundle.size_bytes - sum(bundle.member_bytes.values())}
        for side, bundle in opened.items()
    }
    names = dict.fromkeys([*sizes["before"], *sizes["after"]])
    return {side: {name: found.get(name, 0) for name in names} for side, found in sizes.items()}


def _check_is_last(bundle: Path, step: StepFiles) -> None:
    finished, last = read_bundle(bundle), read_bundle(step.bundle)
    if finished.pieces != last.pieces or finished.token_table.to_bytes() != last.token_table.to_bytes():
        raise ConfigError(
            f"{bundle}: is not what the last step, {step.name}, left: the run has been compressed again since; "
            f"run: edge-news-trainer run --out {bundle.parent}"
        )
