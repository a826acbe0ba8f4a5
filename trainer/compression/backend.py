"""TensorFlow is what the converter reads, so Keras has to run on it."""

from __future__ import annotations

import keras

from trainer.errors import CompressionError


def check_backend() -> None:
    """Refuse a Keras that runs on something else.

    Raises:
        CompressionError: It does.
    """
    if (backend := keras.backend.backend()) != "tensorflow":
        raise CompressionError(
            f"keras runs on {backend}, whose models the converter to .tflite cannot read; set KERAS_BACKEND=tensorflow "
            "before keras is imported, and load the model there (a .keras file goes from one to the other)"
        )
