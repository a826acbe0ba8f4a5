import keras
import numpy as np
import pytest

from trainer.compression.cut import CutChannels
from trainer.compression.entries import settings_of
from trainer.compression.step import Candidate, Task, check_rounds, check_share, kept_of, refuse_masks
from trainer.errors import CompressionError


def test_settings_as_they_stand_in_a_recipe():
    assert settings_of(CutChannels(keep=0.25, layers=("a", "b"))) == {
        "method": "cut-channels",
        "keep": 0.25,
        "importance": "magnitude",
        "scope": "group",
        "layers": ("a", "b"),
        "epochs": 6,
    }


def test_without_a_mask_all_is_kept():
    mask = np.array([True, False])
    assert kept_of({"a": mask}, "a", (2,)) is mask
    assert kept_of({"a": mask}, "b", (2, 3)).all()
    assert kept_of({}, "b", (2, 3)).shape == (2, 3)


@pytest.mark.parametrize("value", [0.0, -0.1, 1.0, 1.1, float("nan")])
def test_shares_that_are_none(value):
    with pytest.raises(CompressionError, match=r"prune: sparsity is .*; give more than 0 and less than 1"):
        check_share("prune", "sparsity", value)


def test_the_whole_is_a_share_where_it_may_be():
    check_share("cut", "keep", 1.0, most_included=True)
    check_share("cut", "keep", 0.001)
    with pytest.raises(CompressionError, match="at most 1"):
        check_share("cut", "keep", 1.001, most_included=True)


def test_rounds():
    check_rounds("l0", "epochs", 2, least=2)
    check_rounds("l0", "epochs", 0)
    with pytest.raises(CompressionError, match="l0: epochs is 1; give 2 or more"):
        check_rounds("l0", "epochs", 1, least=2)


def test_masks_that_would_be_moved():
    model = keras.Sequential([keras.Input((1,))])
    refuse_masks("cut", Candidate(model))
    with pytest.raises(CompressionError, match="cut: single weights are pruned, and cut would move or mix their place"):
        refuse_masks("cut", Candidate(model, masks={"a": np.ones(1, bool)}))


def test_no_way_to_train():
    with pytest.raises(CompressionError, match="l0: needs training; give train=, a function or arguments of fit"):
        Task(None, None, None).trainer("l0")
