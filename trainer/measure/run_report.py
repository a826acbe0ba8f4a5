"""A run's finished bundle measured on dev, its scores kept beside it for `compare`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge_runtime import Article
from trainer.data.dataset import Impressions
from trainer.data.popularity import Counts
from trainer.data.progress import Bar
from trainer.data.texts import student_texts
from trainer.measure.evaluation import BundleQuality, score_bundle, uses_popularity
from trainer.measure.quality import measure, summary, summary_by_history
from trainer.training.run_data import RunData


def measure_bundle(bundle: Path, data: RunData, bar: Bar) -> BundleQuality:
    """Measure a bundle through the runtime.

    Args:
        bundle: In the folder of its run; earlier `scores-bundle*.npy` there are replaced.
        data: Of the run.
        bar: Opens a progress bar.

    Returns:
        From content alone; with popularity too if the bundle weighs it; and by language if it reads several, each on
        the lists and histories of articles that have text in it.
    """
    for old in bundle.parent.glob("scores-bundle*.npy"):
        old.unlink()

    def scored(
        name: str, articles: Sequence[Article], dev: Impressions, counts: Counts | None = None
    ) -> NDArray[np.float64]:
        with bar(f"evaluate the {name}", len(dev)) as step:
            scores = score_bundle(bundle, articles, dev, step, counts=counts)
        np.save(bundle.with_name(f"scores-{name}.npy"), scores)
        return scores

    articles, (_, dev) = data.texts.articles, data.clicks
    metrics = measure(scored("bundle", articles, dev), dev)
    popular = None
    if uses_popularity(bundle):
        counts = data.counts(is_dev=True)
        popular = BundleQuality(quality=summary(measure(scored("bundle-popularity", articles, dev, counts), dev)))
    by_language = {}
    for language in data.languages[1:] if len(data.dataset.translations) else ():
        texts = student_texts(data.dataset, [language])
        if len(readable := texts.readable(data.dataset.dev)):
            scores = scored(f"bundle-{language}", texts.articles, readable)
            by_language[language] = summary(measure(scores, readable))
    return BundleQuality(
        quality=summary(metrics),
        by_history=summary_by_history(metrics, dev.history.lengths()),
        with_popularity=popular,
        by_language=by_language or None,
    )
