"""Impressions to measure with, and what was known before them, read a part at a time in order of time."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge_runtime import Article
from trainer.data.dataset import PART, ClickDataset, Impressions, open_stream
from trainer.data.popularity import Counts, Tally, causal_counts
from trainer.data.prepare import LogFiles, prepare, read_impressions
from trainer.data.stream import Stream
from trainer.data.texts import student_texts
from trainer.errors import LogError


@dataclass(frozen=True, slots=True)
class Survey:
    """What is known of a log after it has been read once."""

    impressions: int
    shown: int  # articles, in all lists together
    used: NDArray[np.bool_]  # (num_articles,) whether an article is in a list or a history


@dataclass(frozen=True, slots=True)
class MeasuredLog:
    """A log to measure with."""

    articles: Sequence[Article]
    lists: Impressions | Stream  # all that are measured; of a stream dev, while popularity is counted from train too
    skipped: tuple[str, ...]  # lines that could not be used, for a person to read

    def parts(self, *, counted: bool = False) -> Iterator[tuple[Impressions, Counts | None]]:
        """What is measured, oldest first.

        Args:
            counted: Whether each part comes with how often what it shows had been shown and clicked before.
        """
        if isinstance(self.lists, Impressions):
            yield self.lists, causal_counts(self.lists) if counted else None
            return
        tally = Tally(len(self.articles))
        for train, dev in self.lists.in_time(PART, with_train=counted):
            counts = tally.count(dev, [train]) if counted else None
            if len(dev):
                yield dev, counts

    def survey(self) -> Survey:
        """Read all that is measured.

        Raises:
            LogError: No impression has both a click and an article passed over, so that no metric has a meaning.
        """
        num, shown, used, is_comparable = 0, 0, np.zeros(len(self.articles), bool), False
        for lists in [self.lists] if isinstance(self.lists, Impressions) else self.lists.pieces(is_dev=True):
            num, shown = num + len(lists), shown + len(lists.clicked)
            used[lists.candidates.values] = used[lists.history.used()] = True
            is_comparable = is_comparable or bool(lists.comparable().any())
        if not is_comparable:
            raise LogError(
                f"none of {num} impressions has both a click and an article passed over: there is nothing to measure; "
                "give a longer log"
            )
        return Survey(num, shown, used)


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
        data = open_stream(impressions[0])
        if not len(data.translations):
            yield MeasuredLog(data.articles, _stream(data), ())
            return
        if not languages:
            raise LogError(f"{impressions[0]}: has translations; say with --languages which ones are to be read")
        texts = student_texts(data, languages)
        yield MeasuredLog(texts.articles, _stream(data).restricted(texts.has_text()), ())
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
        data = open_stream(dataset)
        skipped = tuple((dataset / "rejects.txt").read_text("utf-8").splitlines())
        yield MeasuredLog(data.articles, _stream(data), skipped)


def _stream(data: ClickDataset) -> Stream:
    assert data.stream is not None  # of `open_stream`
    return data.stream
