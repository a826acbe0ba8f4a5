import keras
import numpy as np
import pytest

from tests.trainer.compression.digits import trained
from trainer.compression.backend import check_backend
from trainer.compression.recipe import Recipe
from trainer.compression.squeezing import squeeze
from trainer.errors import CompressionError

WORDS = "keras runs on jax, whose models the converter to .tflite cannot read; set KERAS_BACKEND=tensorflow before"


def test_another_backend_is_refused_before_anything_is_done(monkeypatch):
    model, asked = trained(), []
    before = model.get_weights()
    check_backend()
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    for call in (
        check_backend,
        lambda: squeeze(model, metric=asked.append),
        lambda: Recipe().apply(model, metric=None),
    ):
        with pytest.raises(CompressionError, match=WORDS):
            call()
    assert not asked
    assert all(np.array_equal(a, b) for a, b in zip(model.get_weights(), before, strict=True))
