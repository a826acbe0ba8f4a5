import keras
import numpy as np
import pytest
from keras import layers
from numpy.testing import assert_array_equal

from tests.trainer.compression.small_models import rows_of_two, two_inputs
from tests.trainer.compression.test_cut import Subclassed
from trainer.compression.agreement import Tolerance
from trainer.compression.conversion import as_inputs
from trainer.compression.files import STEPS, begun, file_of, tolerance_of
from trainer.compression.kinds import KINDS
from trainer.compression.step import Candidate
from trainer.errors import ExportError

NUMBERS, IDS = rows_of_two(20, 0)


@pytest.mark.parametrize(
    "calibration",
    [
        (NUMBERS, IDS),
        [NUMBERS, IDS],
        {"zeta": NUMBERS, "alpha": IDS},
        {"alpha": IDS, "zeta": NUMBERS},
        [(NUMBERS[:9], IDS[:9]), (NUMBERS[9:], IDS[9:])],
        [{"zeta": NUMBERS[:9], "alpha": IDS[:9]}, {"zeta": NUMBERS[9:], "alpha": IDS[9:]}],
    ],
)
def test_several_inputs_in_any_form_come_in_the_models_order(calibration):
    numbers, ids = as_inputs(two_inputs(), calibration)
    assert_array_equal(numbers, NUMBERS)
    assert_array_equal(ids, IDS)


def test_a_model_of_named_inputs_gets_them_by_name():
    one, two = keras.Input((4,), name="one"), keras.Input((3,), name="two")
    model = keras.Model({"b": one, "a": two}, layers.Concatenate()([one, two]))
    rows = as_inputs(model, {"a": NUMBERS[:, :3], "b": NUMBERS})
    assert {name: array.shape for name, array in rows.items()} == {"a": (20, 3), "b": (20, 4)}
    assert model(rows).shape == (20, 7)


def test_one_input_is_an_array():
    model = keras.Sequential([keras.Input((4,)), layers.Dense(1)])
    for calibration in (NUMBERS, keras.ops.convert_to_tensor(NUMBERS), [NUMBERS[:5], NUMBERS[5:]], (NUMBERS,)):
        assert_array_equal(as_inputs(model, calibration), NUMBERS)


def test_what_does_not_fit_is_refused():
    with pytest.raises(ExportError, match="calibration has 1 inputs; the model takes zeta, alpha"):
        as_inputs(two_inputs(), NUMBERS)
    with pytest.raises(ExportError, match="calibration has no input alpha; the model takes zeta, alpha"):
        as_inputs(two_inputs(), {"zeta": NUMBERS})


def test_a_compression_begins_with_a_copy_whose_inner_models_lie_open():
    inner = keras.Sequential([keras.Input((4,)), layers.Dense(3, name="inside")])
    inputs = keras.Input((4,))
    model = keras.Model(inputs, layers.Dense(2)(inner(inputs)))
    candidate = begun(model)
    assert "inside" in [layer.name for layer in candidate.model.layers]
    assert candidate.kind == "float32"
    assert not candidate.exact
    candidate.model.get_layer("inside").kernel.assign(np.zeros((4, 3)))
    assert inner.get_layer("inside").kernel.numpy().any()


def test_how_far_a_file_may_be():
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3, name="out")])
    outputs = [np.array([[1.0, -5.0, 2.0]])]
    assert tolerance_of(Candidate(model, kind="int4", exact=True), outputs) == KINDS["float32"].tolerance
    aware = Candidate(model, kind="aware", exact=True, ranges={"out": (-5.0, 5.2)})
    # A step is 10.2 / 255 = 0.04, and the largest output 5.
    assert tolerance_of(aware, outputs) == Tolerance(-1.0, pytest.approx(STEPS * 0.04 / 5))
    assert tolerance_of(aware, [np.zeros((1, 3))]) == Tolerance(-1.0, pytest.approx(STEPS * 0.04))


@pytest.mark.usefixtures("slow")
def test_a_file_without_calibration_is_compared_on_made_up_inputs():
    file = file_of(begun(two_inputs()), None)
    assert file.kind == "float32"
    assert [output.shape for output in file.predict(NUMBERS, IDS)] == [(20, 2), (20, 3)]
    assert file_of(begun(two_inputs()), (NUMBERS, IDS), "dynamic").kind == "dynamic"


def test_a_model_that_does_not_know_its_inputs_needs_some():
    with pytest.raises(ExportError, match="own has no symbolic inputs; give calibration"):
        file_of(Candidate(Subclassed(name="own")), None)
