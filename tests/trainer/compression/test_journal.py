import keras
import numpy as np
import pytest
from numpy.testing import assert_array_equal

from tests.trainer.compression.digits import compiled, digits, trained
from trainer.compression.journal import Journal
from trainer.compression.rebuild import cloned
from trainer.compression.step import Candidate
from trainer.errors import ConfigError

PATH = "mlp/one/kernel"


class Doubling(keras.layers.Layer):
    """A layer of one's own that is registered nowhere."""

    def call(self, x):
        return 2 * x


def own_loss(wanted, given):
    return keras.losses.sparse_categorical_crossentropy(wanted, given)


def made() -> Candidate:
    mask = np.random.default_rng(0).random((64, 24)) < 0.5
    return Candidate(
        cloned(trained()),
        masks={PATH: mask},
        kind="aware",
        exact=True,
        ranges={"one": (-1.5, 2.5)},
        skipped={"gru": "a reason"},
        notes={"l0": {"kept_share": 0.5}},
    )


def refuse() -> Candidate:
    raise AssertionError("made again")


def test_candidates_come_back_as_they_were(tmp_path):
    first, second = made(), Candidate(cloned(trained()))
    journal = Journal(tmp_path / "search", trained(), "settings")
    assert journal.remembered("one", lambda: first) is first
    assert journal.remembered("two", lambda: second) is second
    again = Journal(tmp_path / "search", trained(), "settings")
    read = again.remembered("one", refuse)
    assert_array_equal(read.masks[PATH], first.masks[PATH])
    for name in ("kind", "exact", "ranges", "skipped", "notes"):
        assert getattr(read, name) == getattr(first, name)
    assert [weight.path for weight in read.model.weights] == [weight.path for weight in first.model.weights]
    assert_array_equal(read.model(digits()[0]), first.model(digits()[0]))
    assert read.model.optimizer.get_config() == first.model.optimizer.get_config()
    assert again.remembered("two", refuse).kind == "float32"
    assert again.remembered("three", lambda: second) is second


def test_layers_and_losses_of_ones_own_need_no_registration(tmp_path):
    model = keras.Sequential([keras.Input((2,)), Doubling(), keras.layers.Dense(2, activation="softmax")])
    compiled(model, own_loss)
    Journal(tmp_path, model).remembered("one", lambda: Candidate(model))
    read = Journal(tmp_path, model).remembered("one", refuse).model
    assert read.loss is own_loss
    rows = np.ones((3, 2), np.float32)
    assert_array_equal(read(rows), model(rows))


def test_without_a_folder_nothing_is_remembered(tmp_path):
    journal = Journal(None, trained())
    first = made()
    assert journal.remembered("one", lambda: first) is first
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("other", ["settings", "model"])
def test_another_search_is_refused(tmp_path, other):
    Journal(tmp_path, trained(), "6 epochs")
    model, settings = cloned(trained()), "6 epochs"
    if other == "settings":
        settings = "7 epochs"
    else:
        model.get_layer("one").bias.assign(np.ones(24))
    with pytest.raises(ConfigError, match="holds a search of another model or other settings; give an empty folde"):
        Journal(tmp_path, model, settings)


def test_another_order_is_refused(tmp_path):
    Journal(tmp_path, trained()).remembered("one", made)
    with pytest.raises(ConfigError, match="01: holds 'one' where 'two' comes; give an empty folder"):
        Journal(tmp_path, trained()).remembered("two", made)


def test_a_candidate_that_was_half_written_is_made_again(tmp_path):
    Journal(tmp_path, trained()).remembered("one", made)
    (tmp_path / "01.json").unlink()
    first = made()
    assert Journal(tmp_path, trained()).remembered("one", lambda: first) is first
    assert Journal(tmp_path, trained()).remembered("one", refuse).kind == "aware"


def test_folders_that_cannot_be(tmp_path):
    (tmp_path / "file").write_text("text", "utf-8")
    with pytest.raises(ConfigError, match=r"file: cannot keep candidates there: .*; give another folder"):
        Journal(tmp_path / "file", trained())
    (tmp_path / "search.json").write_text("no json", "utf-8")
    with pytest.raises(ConfigError, match="cannot keep candidates there"):
        Journal(tmp_path, trained())
