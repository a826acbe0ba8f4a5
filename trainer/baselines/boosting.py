"""Gradient boosting on the candidate's features: scikit-learn's histogram trees (as LightGBM, Ke et al., NIPS 2017)."""

from __future__ import annotations

import pickle
from time import perf_counter

from sklearn.ensemble import HistGradientBoostingClassifier

from trainer.baselines.baseline import FLOAT_BYTES, BaselineData, BaselineResult, Progress, comparable, whole_train
from trainer.baselines.features import candidate_features

TREES = 150
LEAVES = 15
LEARNING_RATE = 0.05
MIN_SHOWN_IN_LEAF = 200


def boosting(data: BaselineData, seed: int, progress: Progress) -> BaselineResult:
    """Boosted trees without popularity: what a device can know."""
    return _boosting("boosting", data, seed, with_popularity=False)


def popular_boosting(data: BaselineData, seed: int, progress: Progress) -> BaselineResult:
    """Boosted trees with the rates that a server counts."""
    return _boosting("boosting with popularity", data, seed, with_popularity=True)


def _boosting(name: str, data: BaselineData, seed: int, *, with_popularity: bool) -> BaselineResult:
    """Parameters: at most a value a leaf, a feature and a threshold a split. Bytes: pickled, not as float32."""
    train, dev = whole_train(data.dataset), data.dataset.dev
    began = perf_counter()
    usable = comparable(train)
    model = HistGradientBoostingClassifier(
        max_iter=TREES,
        learning_rate=LEARNING_RATE,
        max_leaf_nodes=LEAVES,
        min_samples_leaf=MIN_SHOWN_IN_LEAF,
        early_stopping=False,
        random_state=seed,
    )
    model.fit(
        candidate_features(data, train, [], with_popularity=with_popularity).values[usable], train.clicked[usable]
    )
    taken_s = perf_counter() - began
    scores = model.decision_function(candidate_features(data, dev, [train], with_popularity=with_popularity).values)
    size_bytes = FLOAT_BYTES * data.encoder_parameters + len(pickle.dumps(model))
    return BaselineResult(name, scores, model.n_iter_ * (3 * LEAVES - 2), size_bytes, taken_s)
