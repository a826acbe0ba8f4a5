import numpy as np
import pytest

from tests.trainer.compression.digits import task, trained
from trainer.compression.quantize import Quantize
from trainer.compression.step import Candidate, Task
from trainer.errors import CompressionError


def test_only_the_kind_of_the_file_changes():
    candidate = Candidate(trained(), masks={"a": np.ones(1, bool)})
    made = Quantize("int4")(candidate, task(trained()))
    assert made.kind == "int4"
    assert made.model is candidate.model
    assert made.masks is candidate.masks
    assert not made.exact


@pytest.mark.parametrize("kind", ["int5", "aware", "aware-io"])
def test_kinds_that_are_not_for_it(kind):
    with pytest.raises(CompressionError, match=f"quantize: kind is '{kind}'; choose float32, float16, dynamic, int8, "):
        Quantize(kind)(Candidate(trained()), task(trained()))


@pytest.mark.parametrize("kind", ["int8", "int8-io"])
def test_int8_activations_need_inputs(kind):
    with pytest.raises(CompressionError, match=f"quantize: {kind} needs inputs that set the ranges of activations; gi"):
        Quantize(kind)(Candidate(trained()), Task(None, None, trained()))
    assert Quantize("dynamic")(Candidate(trained()), Task(None, None, trained())).kind == "dynamic"
