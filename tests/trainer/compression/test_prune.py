import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

from tests.trainer.compression.digits import accuracy, task, trained
from trainer.compression.prune import Prune, RisingMasks, sizes
from trainer.compression.step import Candidate
from trainer.compression.thresholds import keep_highest
from trainer.compression.weights import arrays
from trainer.errors import CompressionError

PATHS = ["mlp/one/kernel", "mlp/two/kernel", "mlp/classes/kernel"]


def zeros(masks: dict[str, np.ndarray]) -> float:
    return 1 - sum(mask.sum() for mask in masks.values()) / sum(mask.size for mask in masks.values())


def test_magnitude_worked_by_hand():
    weights = {"a": np.array([3.0, -4.0], np.float32), "b": np.array([0.1, 0.1], np.float32)}
    assert_allclose(sizes(weights, "layer")["a"], [3, 4])
    # Squares 9 and 16: 9 / (9 + 16), and 16 / 16 for the largest of the layer.
    assert_allclose(sizes(weights, "global")["a"], [9 / 25, 1])
    # Of equal ones the first is taken for the smaller.
    assert_allclose(sizes(weights, "global")["b"], [1 / 2, 1])
    assert_allclose(sizes({"a": np.zeros(2, np.float32)}, "global")["a"], [0, 0])


def test_one_threshold_for_all_layers_does_not_depend_on_their_scale_and_shuts_none():
    rng = np.random.default_rng(0)
    wide, thin = rng.normal(size=(50, 40)).astype(np.float32), rng.normal(size=(4, 2)).astype(np.float32)
    found = sizes({"wide": wide, "thin": thin}, "global")
    assert_allclose(sizes({"wide": wide / 20, "thin": thin}, "global")["wide"], found["wide"], rtol=1e-5)
    assert_array_equal(np.argsort(np.ravel(found["wide"])), np.argsort(np.abs(wide).ravel()))
    kept = keep_highest({path: np.asarray(score) for path, score in found.items()}, 0.99, "global")
    assert min(np.sum(mask) for mask in kept.values()) >= 1


def test_all_at_once_removes_the_smallest():
    made = Prune(0.25, scope="layer", epochs=0)(Candidate(trained()), task(trained()))
    before, after = arrays(trained()), arrays(made.model)
    for path in PATHS:
        size = np.abs(before[path]).ravel()
        cut = np.sort(size)[round(0.25 * size.size)]
        assert_array_equal(made.masks[path].ravel(), size >= cut)
        assert_array_equal(after[path], before[path] * made.masks[path])


# Each importance and each scope; the other pairs are long.
QUICK = {("magnitude", "global"), ("taylor", "layer"), ("movement", "global")}


@pytest.mark.parametrize(
    ("importance", "scope"),
    [
        pytest.param(*pair, marks=() if pair in QUICK else pytest.mark.long)
        for pair in itertools.product(("magnitude", "taylor", "movement"), ("layer", "global"))
    ],
)
@pytest.mark.usefixtures("slow")
def test_the_share_is_met_the_zeros_stay_and_the_model_still_works(importance, scope):
    before = trained().get_weights()
    made = Prune(0.6, importance, scope, epochs=3)(Candidate(trained()), task(trained()))
    after = arrays(made.model)
    assert list(made.masks) == PATHS
    assert zeros(made.masks) == pytest.approx(0.6, abs=0.002)
    for path in PATHS:
        assert_array_equal(after[path] == 0, ~made.masks[path])
        if scope == "layer":
            assert np.mean(~made.masks[path]) == pytest.approx(0.6, abs=0.01)
    # What moved little in one round may be what a trained model needs: movement is for longer trainings.
    assert importance == "movement" or accuracy(lambda x: np.array(made.model(x))).mean() > 0.8
    assert all(np.array_equal(a, b) for a, b in zip(trained().get_weights(), before, strict=True))


def test_masks_that_were_there_are_only_extended():
    mask = np.random.default_rng(0).random((64, 24)) < 0.7
    other = np.ones((24, 16), bool)
    other[0] = False
    candidate = Candidate(trained(), masks={PATHS[0]: mask, PATHS[1]: other})
    made = Prune(0.5, layers=PATHS[0], epochs=1)(candidate, task(trained()))
    assert not (made.masks[PATHS[0]] & ~mask).any()
    # What was pruned counts among the zeros.
    assert zeros({PATHS[0]: made.masks[PATHS[0]]}) == pytest.approx(0.5, abs=0.001)
    assert_array_equal(made.masks[PATHS[1]], other)
    assert not arrays(made.model)[PATHS[1]][0].any()


def test_fewer_zeros_than_there_are_bring_none_back():
    mask = np.random.default_rng(0).random((64, 24)) < 0.2
    made = Prune(0.5, layers=PATHS[0], epochs=0)(Candidate(trained(), masks={PATHS[0]: mask}), task(trained()))
    assert_array_equal(made.masks[PATHS[0]], mask)


def test_the_share_rises_as_a_cube_and_is_final_two_thirds_on():
    shares = []
    settings = Prune(0.8, scope="layer", epochs=3)
    rising = RisingMasks({"a": np.ones((10, 10), bool)}, settings)
    weights = {"a": np.arange(100, dtype=np.float32).reshape(10, 10)}
    for done in (0.0, 0.5, 1.0):
        rising.renew(weights, done)
        shares.append(zeros(rising.masks()))
    # 0.8 (1 - 0.5³) = 0.7
    assert shares == [0.0, pytest.approx(0.7), pytest.approx(0.8)]
    assert rising.masks()["a"].ravel().tolist() == [False] * 80 + [True] * 20


def test_rounds_in_which_masks_are_made(monkeypatch):
    renewed = []
    monkeypatch.setattr(RisingMasks, "renew", lambda self, weights, done: renewed.append(done))
    nothing = task(trained())
    nothing = type(nothing)(type(nothing.training)(lambda model: None), None, trained())
    Prune(0.5, epochs=3)(Candidate(trained()), nothing)
    assert renewed == [0.5, 1.0]
    renewed.clear()
    Prune(0.5, epochs=6)(Candidate(trained()), nothing)
    assert renewed == [0.25, 0.5, 0.75, 1.0]
    renewed.clear()
    Prune(0.5, "movement", epochs=2)(Candidate(trained()), nothing)
    assert renewed == [1.0]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"sparsity": 1.0}, "prune: sparsity is 1.0; give more than 0 and less than 1"),
        ({"sparsity": 0.0}, "sparsity is 0.0"),
        ({"importance": "luck"}, "importance is 'luck'; choose magnitude, taylor, movement"),
        ({"scope": "all"}, "scope is 'all'; choose global, layer"),
        ({"epochs": -1}, "epochs is -1"),
        ({"importance": "taylor", "epochs": 1}, "epochs is 1; give 0 or more, and 2 or more for taylor"),
        ({"layers": "nothing"}, "no weight passes layers='nothing'"),
    ],
)
def test_settings_that_cannot_be(settings, message):
    with pytest.raises(CompressionError, match=message):
        Prune(**settings)(Candidate(trained()), task(trained()))


def test_without_a_way_to_train():
    nothing = type(task(trained()))(None, None, trained())
    with pytest.raises(CompressionError, match="prune: needs training; give train=, a function or arguments of fit"):
        Prune(0.5)(Candidate(trained()), nothing)
    assert isinstance(Prune(0.5, epochs=0)(Candidate(trained()), nothing).model, keras.Model)


@pytest.mark.parametrize(
    ("importance", "numbers", "expected"), [("taylor", 2, [[1.0, 36.0]]), ("movement", 2, [[-1.0, 6.0]])]
)
def test_what_is_gathered_for_an_importance(importance, numbers, expected):
    rising = RisingMasks({"a": np.ones((1, 2), bool)}, Prune(importance=importance))
    assert len(rising.variables["a"]) == numbers
    weight = tf.Variable([[1.0, -2.0]])
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(rising.value("a", weight) * [[1.0, 3.0]])
    tape.gradient(loss, weight)
    # Gradients (1, 3) times weights (1, -2), squared or negated.
    assert_allclose(rising._watch.scores()["a"], expected)


def test_magnitude_gathers_nothing():
    rising = RisingMasks({"a": np.ones((1, 2), bool)}, Prune())
    assert len(rising.variables["a"]) == 1
    assert not rising.gathers
    assert rising.penalty("a", None) is None
