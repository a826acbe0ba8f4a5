"""A finished bundle measured through the runtime's public API: what a device would compute, on whole impressions.

What a log is measured with must come from before it. Dev impressions are later than those of training, and histories
hold earlier clicks only. Counts of what was shown and clicked are refused unless they were taken before each list.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from edge_runtime import Article, read_bundle
from trainer.data.dataset import Impressions
from trainer.data.json_facts import FLAT
from trainer.data.popularity import Counts, check_causal
from trainer.data.prepare import OpenRunner
from trainer.data.progress import Bar
from trainer.errors import TrainerError
from trainer.intervals import Interval
from trainer.measure.measured_log import MeasuredLog, Survey
from trainer.measure.metrics import Floats, paired_difference
from trainer.measure.quality import Quality, intervals_line, joined, measure, metrics_line, summary, summary_by_history
from trainer.measure.scoring import BundleModel, Scorer, Share

SHARED_FROM = 2_000  # impressions; of fewer a second process costs more than it saves
POPULARITY_TITLE = "with popularity counted from the log before each list"


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleQuality:
    """How a bundle ranks a log, from content alone."""

    quality: Quality = field(metadata=FLAT)
    by_history: Mapping[str, Quality] | None = None  # by clicks before: HISTORY_GROUPS
    difference: Mapping[str, Interval] | None = None  # to another bundle, paired, by metric
    with_popularity: BundleQuality | None = None  # the same with counts, if the bundle weighs them
    by_language: Mapping[str, Quality] | None = None  # on what has text in it, if the bundle reads several


def score_bundle(
    bundle: Path,
    articles: Sequence[Article],
    impressions: Impressions,
    progress: Callable[[int], object],
    engine: str | None = None,
    counts: Counts | None = None,
    share: Share | None = None,
) -> Floats:
    """Scores of all shown articles, by the bundle's int8 models.

    Args:
        bundle: The bundle's file.
        articles: Named by the impressions' rows.
        impressions: To be scored.
        progress: Told how many more impressions are done.
        engine: See `NewsModel`.
        counts: How often each shown article had been shown and clicked before; without it, content alone is ranked.
        share: Who does the work; this process if not given. The scores are the same.

    Returns:
        (num_shown,) float64, aligned with `impressions.clicked`.

    Raises:
        LogError: A count knows the future of its list.
    """
    if counts is not None:
        check_causal(counts, impressions)
    used = np.zeros(len(articles), bool)
    used[impressions.candidates.values] = used[impressions.history.used()] = True
    return Scorer(BundleModel.of(bundle, engine), articles, used, share).scores(impressions, counts, progress)


def score_parts(
    bundle: Path,
    log: MeasuredLog,
    survey: Survey,
    progress: Callable[[int], object],
    share: Share | None = None,
    *,
    counted: bool,
) -> Iterator[tuple[Impressions, Floats]]:
    """As `score_bundle` for a log that is read a part at a time: each part with its scores, the same to the last digit.

    Args:
        bundle: The bundle's file.
        log: To be scored.
        survey: Of it.
        progress: Told how many more impressions are done.
        share: As for `score_bundle`.
        counted: Whether popularity is counted from the log.
    """
    scorer = Scorer(BundleModel.of(bundle), log.articles, survey.used, share)
    for lists, counts in log.parts(counted=counted):
        if counts is not None:
            check_causal(counts, lists)
        yield lists, scorer.scores(lists, counts, progress)


def uses_popularity(bundle: Path) -> bool:
    """Whether a bundle's head weighs how often articles were shown and clicked."""
    return read_bundle(bundle).head.popularity is not None


def evaluate_bundles(
    bundle: Path,
    against: Path | None,
    log: MeasuredLog,
    bar: Bar,
    open_runner: OpenRunner | None = None,
    work: Path | None = None,
) -> BundleQuality:
    """A bundle's metrics, also by history, and their paired differences to another one.

    Args:
        bundle: The bundle's file.
        against: The other one's.
        log: What to measure with.
        bar: Opens a progress bar.
        open_runner: Makes what does the work; this process if not given, or for a short log. The figures are the same.
        work: A folder that all workers see, for what they share; a temporary one if not given.

    Returns:
        From content alone; with popularity too if a bundle weighs it.

    Raises:
        LogError: The log has no impression with a click and an article passed over.
        TrainerError: The folder cannot be written.
    """
    survey = log.survey()
    if open_runner is None or survey.impressions < SHARED_FROM:
        return _evaluated(bundle, against, log, survey, bar, None)
    try:
        with tempfile.TemporaryDirectory(dir=work, ignore_cleanup_errors=True) as folder:
            (spill := Path(folder).resolve() / "spill").mkdir()
            with open_runner(spill) as runner:
                return _evaluated(bundle, against, log, survey, bar, Share(runner, spill))
    except OSError as error:
        reason = error.strerror or error
        raise TrainerError(f"{work or tempfile.gettempdir()}: cannot be written: {reason}; make room there") from error


def _evaluated(
    bundle: Path, against: Path | None, log: MeasuredLog, survey: Survey, bar: Bar, share: Share | None
) -> BundleQuality:
    bundles = [bundle, *([against] if against else [])]

    def found(*, counted: bool) -> BundleQuality:
        measured: list[dict[str, Floats]] = []
        for path in bundles:
            parts, clicks = [], []
            with bar(path.name, survey.impressions) as step:
                for lists, scores in score_parts(path, log, survey, step, share, counted=counted):
                    parts.append(measure(scores, lists))
                    clicks.append(lists.history.lengths())
            measured.append(joined(parts))
        return BundleQuality(
            quality=summary(measured[0]),
            by_history=summary_by_history(measured[0], np.concatenate(clicks)),
            difference=paired_difference(measured[0], measured[1]) if against else None,
        )

    facts = found(counted=False)
    if any(map(uses_popularity, bundles)):
        return replace(facts, with_popularity=found(counted=True))
    return facts


def evaluation_text(found: BundleQuality, against: Path | None) -> str:
    """What `evaluate_bundles` found, for a person."""
    lines = [f"{found.quality.impressions} impressions: {metrics_line(found.quality)}"]
    lines += [
        f"  {name} clicks before, {group.impressions} impressions: {metrics_line(group)}"
        for name, group in (found.by_history or {}).items()
    ]
    if found.difference:
        lines.append(f"minus {against}: {intervals_line(found.difference)}")
    if found.with_popularity:
        lines += ["", f"{POPULARITY_TITLE}:", evaluation_text(found.with_popularity, against)]
    return "\n".join(lines)
