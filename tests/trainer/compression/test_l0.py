import numpy as np
import pytest
from numpy.testing import assert_array_equal

from tests.trainer.compression.digits import accuracy, task, trained
from trainer.compression.l0 import SparsifyL0
from trainer.compression.step import Candidate
from trainer.compression.weights import arrays
from trainer.errors import CompressionError

PATH = "mlp/one/kernel"


@pytest.mark.usefixtures("slow")
def test_more_is_removed_at_a_higher_price_and_masks_keep_it():
    shares, mask = [], np.random.default_rng(0).random((64, 24)) < 0.8
    before = trained().get_weights()
    for penalty in (0.01, 3.0):
        candidate = Candidate(trained(), masks={PATH: mask})
        made = SparsifyL0(penalty, epochs=4, fine_tuning_epochs=1)(candidate, task(trained()))
        assert not (made.masks[PATH] & ~mask).any()
        for path, kept in made.masks.items():
            assert_array_equal(arrays(made.model)[path] != 0, kept)
        shares.append(np.mean(made.masks[PATH]))
        kept_share = sum(kept.sum() for kept in made.masks.values()) / sum(kept.size for kept in made.masks.values())
        assert made.notes["l0"]["kept_share"] == pytest.approx(kept_share)
    assert shares[1] < shares[0] - 0.1
    assert all(np.array_equal(a, b) for a, b in zip(trained().get_weights(), before, strict=True))


@pytest.mark.usefixtures("slow")
def test_shut_channels_are_cut_out():
    made = SparsifyL0(4.0, "channels", epochs=4, fine_tuning_epochs=2)(Candidate(trained()), task(trained()))
    units = sum(made.model.get_layer(name).units for name in ("one", "two"))
    assert units < 40
    assert made.notes["l0"]["kept_share"] == units / 40
    assert "classes" in made.skipped
    assert not made.masks
    assert accuracy(lambda x: np.array(made.model(x))).mean() > 0.5


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"penalty": 0.0}, "l0: penalty is 0.0; give more than 0"),
        ({"penalty": float("nan")}, "l0: penalty is nan"),
        ({"structure": "rows"}, "l0: structure is 'rows'; choose weights, channels"),
        ({"epochs": 1}, "l0: epochs is 1; give 2 or more"),
        ({"fine_tuning_epochs": -1}, "l0: fine_tuning_epochs is -1"),
        ({"layers": "none"}, "l0: no weight passes"),
        ({"structure": "channels", "layers": "classes*"}, "l0: no channel of mlp can be cut .*; try 'weights'"),
    ],
)
def test_settings_that_cannot_be(settings, message):
    with pytest.raises(CompressionError, match=message):
        SparsifyL0(**settings)(Candidate(trained()), task(trained()))


def test_masks_come_after_channels():
    with pytest.raises(CompressionError, match="put l0 first"):
        SparsifyL0(structure="channels")(Candidate(trained(), masks={PATH: np.ones((64, 24), bool)}), task(trained()))
