"""A finished bundle measured through the runtime's public API: what a device would compute, on whole impressions.

What a log is measured with must come from before it. Dev impressions are later than those of training, and histories
hold earlier clicks only. Counts of what was shown and clicked are refused unless they were taken before each list.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from edge_runtime import Article, read_bundle
from trainer.data.dataset import Impressions, open_measured
from trainer.data.json_facts import FLAT
from trainer.data.popularity import Counts, causal_counts, check_causal, counts_before
from trainer.data.prepare import LogFiles, OpenRunner, prepare, read_impressions
from trainer.data.progress import Bar
from trainer.data.stream import Stream
from trainer.data.texts import student_texts
from trainer.errors import LogError, TrainerError
from trainer.intervals import Interval
from trainer.measure.metrics import Floats, paired_difference
from trainer.measure.quality import Quality, intervals_line, measure, metrics_line, summary, summary_by_history
from trainer.measure.scoring import BundleModel, Share, score_lists

SHARED_FROM = 2_000  # impressions; of fewer a second process costs more than it saves
POPULARITY_TITLE = "with popularity counted from the log before each list"


@dataclass(frozen=True, slots=True)
class MeasuredLog:
    """Impressions to measure with, and what was known before them."""

    articles: list[Article]
    impressions: Impressions
    skipped: tuple[str, ...]  # lines that could not be used, for a person to read
    stream: Stream | None = None  # all of the dataset that they are of: popularity is counted from it

    def counts(self) -> Counts:
        """How often what is shown had been shown and clicked before."""
        if self.stream is None:
            return causal_counts(self.impressions)
        return counts_before(
            self.impressions, (log for is_dev in (False, True) for log in self.stream.pieces(is_dev=is_dev))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleQuality:
    """How a bundle ranks a log, from content alone."""

    quality: Quality = field(metadata=FLAT)
    by_history: Mapping[str, Quality] | None = None  # by clicks before: HISTORY_GROUPS
    difference: Mapping[str, Interval] | None = None  # to another bundle, paired, by metric
    with_popularity: BundleQuality | None = None  # the same with counts, if the bundle weighs them
    by_language: Mapping[str, Quality] | None = None  # on what has text in it, if the bundle reads several


@contextmanager
def open_log(
    impressions: Sequence[Path],
    articles: Sequence[Path],
    before: Sequence[Path],
    max_bad_share: float,
    languages: Sequence[str] = (),
) -> Iterator[MeasuredLog]:
    """Read what is to be measured; of log files there is a dataset as long as the log is open.

    Args:
        impressions: Log files; or the one folder that `prepare` wrote, whose dev part is measured after its train part.
        articles: Files of the articles in the log; none with a folder.
        before: Files of an earlier log by the same publisher, none with a folder. Histories that a log leaves out are
            derived from it too, and impressions that it has are not measured again.
        max_bad_share: Of the lines in a file; more stops.
        languages: To read a folder's translations in, as the run did: what has no text in them is left out of lists
            and histories.

    Raises:
        LogError: See `prepare`; or articles are missing, or given twice; or there is a choice of languages.
    """
    if len(impressions) == 1 and impressions[0].is_dir():
        if articles or before:
            raise LogError(
                f"{impressions[0]}: is a prepared dataset, which has its articles and the log before; leave out the "
                "other files"
            )
        data = open_measured(impressions[0])
        if not len(data.translations):
            yield MeasuredLog(data.articles, data.dev, (), data.stream)
            return
        if not languages:
            raise LogError(f"{impressions[0]}: has translations; say with --languages which ones are to be read")
        texts = student_texts(data, languages)
        stream = data.stream and data.stream.restricted(texts.has_text())
        yield MeasuredLog(texts.articles, texts.readable(data.dev), (), stream)
        return
    if not articles:
        raise LogError(
            f"{impressions[0]}: give the files of its articles as well, or a folder that edge-news-trainer prepare made"
        )
    if not before:
        found, measured, rejects = read_impressions(articles, impressions, max_bad_share)
        yield MeasuredLog(found, measured, tuple(line for bad in rejects for line in bad.kept))
        return
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        dataset = Path(folder) / "dataset"
        files = LogFiles(articles, before, impressions, max_bad_share=max_bad_share)
        prepare(files, dataset, "measured", "not stated", workers=1)
        data = open_measured(dataset)
        skipped = tuple((dataset / "rejects.txt").read_text("utf-8").splitlines())
        yield MeasuredLog(data.articles, data.dev, skipped, data.stream)


def check_comparable(impressions: Impressions) -> None:
    """Refuse a log on which no metric has a meaning.

    Raises:
        LogError: No impression has both a click and an article passed over.
    """
    if not impressions.comparable().any():
        raise LogError(
            f"none of {len(impressions)} impressions has both a click and an article passed over: there is nothing to "
            "measure; give a longer log"
        )


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
    return score_lists(BundleModel.of(bundle, engine), articles, impressions, counts, progress, share)


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
    check_comparable(log.impressions)
    if open_runner is None or len(log.impressions) < SHARED_FROM:
        return _evaluated(bundle, against, log, bar, None)
    try:
        with tempfile.TemporaryDirectory(dir=work, ignore_cleanup_errors=True) as folder:
            (spill := Path(folder).resolve() / "spill").mkdir()
            with open_runner(spill) as runner:
                return _evaluated(bundle, against, log, bar, Share(runner, spill))
    except OSError as error:
        reason = error.strerror or error
        raise TrainerError(f"{work or tempfile.gettempdir()}: cannot be written: {reason}; make room there") from error


def _evaluated(bundle: Path, against: Path | None, log: MeasuredLog, bar: Bar, share: Share | None) -> BundleQuality:
    bundles = [bundle, *([against] if against else [])]

    def found(counts: Counts | None) -> BundleQuality:
        measured: list[dict[str, Floats]] = []
        for path in bundles:
            with bar(path.name, len(log.impressions)) as step:
                scores = score_bundle(path, log.articles, log.impressions, step, None, counts, share)
            measured.append(measure(scores, log.impressions))
        return BundleQuality(
            quality=summary(measured[0]),
            by_history=summary_by_history(measured[0], log.impressions),
            difference=paired_difference(measured[0], measured[1]) if against else None,
        )

    facts = found(None)
    if any(map(uses_popularity, bundles)):
        return replace(facts, with_popularity=found(log.counts()))
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
