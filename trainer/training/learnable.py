"""Whether a prepared log can be learned from and measured with: told before hours of training, not after them."""

from __future__ import annotations

import warnings
from datetime import UTC, datetime

import numpy as np

from edge_runtime.model.article_text import text_of
from trainer.data.dataset import ClickDataset, DatasetFacts
from trainer.data.vocabulary import check_alphabet
from trainer.errors import LogError
from trainer.settings.config import RunSettings
from trainer.training.run_data import RunData


def check_learnable(data: RunData) -> None:
    """Refuse a log that no model can come from, and warn of one whose figures will say too much.

    Raises:
        LogError: No list of train or dev has both a click and an article passed over; dev is older than train; or no
            id of the histories is that of an article.
    """
    for name, part in zip(("train", "dev"), data.clicks, strict=True):
        if not part.comparable().any():
            raise LogError(
                f"none of the {len(part)} impressions of {name} has both a click and an article passed over: there is "
                f"nothing to {'learn from' if name == 'train' else 'measure with'}; "
                f"{'give more of the log' if name == 'train' else 'give a longer log, or a larger --dev-share'}"
            )
    _check_histories(data.dataset)
    _check_order(data.dataset)


def _check_histories(dataset: ClickDataset) -> None:
    unknown = dataset.facts.unknown_history
    known = int(sum(part.history.lengths().sum() for part in (dataset.train, dataset.dev)))
    if unknown and not known:
        raise LogError(
            f"none of the {unknown} ids in the histories is that of an article, so that every history would be empty: "
            "write ids of articles alike in both files, such as 1000 and not 1000.0"
        )
    if not known:
        warnings.warn("no reader of the log has a history: what readers like cannot be learned", stacklevel=2)


def _check_order(dataset: ClickDataset) -> None:
    """Dev has to be later: else the training knows the future of what it is measured with."""
    times, facts = dataset.dev.times, dataset.facts
    before = int(np.searchsorted(times, facts.train.first_s))
    said = f"{before} of {len(times)} impressions of dev are before all of train ({_spans(facts)})"
    if 2 * before > len(times):
        raise LogError(f"{said}: training would know the future; give the earlier log as --train, the later as --dev")
    early = int(np.searchsorted(times, facts.train.last_s))
    if facts.overlap_s and early:
        warnings.warn(
            f"{early} of {len(times)} impressions of dev are before the last of train ({_spans(facts)}): what is "
            "trained on is partly the future of what is measured, and figures may be too good",
            stacklevel=2,
        )


def _spans(facts: DatasetFacts) -> str:
    spans = ((name, getattr(facts, name)) for name in ("dev", "train"))
    return ", ".join(f"{name} {_time(part.first_s)} to {_time(part.last_s)}" for name, part in spans)


def _time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M")


def check_titles(data: RunData, settings: RunSettings) -> None:
    """Refuse articles that the student cannot learn to read.

    Raises:
        LogError: There are no two different titles, fewer than the token table has dimensions, or their characters
            have no room in the vocabulary.
    """
    sizes, dim = settings.student.distillation, settings.teacher.dim
    articles = data.texts.articles
    titles = {text_of(articles[row]) for row in data.text_rows}
    if len(titles) < 2:
        raise LogError(
            f"{len(titles)} different titles among the {len(data.dataset.articles)} articles, of which "
            f"{len(data.rows)} may be read for training: a model reads titles; give articles with texts"
        )
    if len(titles) < sizes.token_dim < dim:
        raise LogError(
            f"{len(titles)} different titles may be read for training, fewer than the {sizes.token_dim} dimensions of "
            "the student's token table (student: distillation: token_dim); give more articles, or a smaller token_dim"
        )
    try:
        check_alphabet(titles, sizes.vocabulary_size)
    except ValueError as error:
        raise LogError(f"vocabulary_size is {sizes.vocabulary_size}: {error}") from error
