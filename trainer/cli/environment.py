"""What TensorFlow and Keras are told before they are imported, here and in the processes that are started from here."""

from __future__ import annotations

import logging
import os

# A folder that can neither be there nor be made: Keras then reads no keras.json, and writes none.
_NO_FOLDER = os.path.join(os.devnull, "keras")
# What Keras, or TensorFlow of it, would also read: for quick trials of somebody's own script.
_OF_OTHERS = ("KERAS_MAX_EPOCHS", "KERAS_MAX_STEPS_PER_EPOCH", "KERAS_NNX_ENABLED", "TF_USE_LEGACY_KERAS")


def set_environment() -> None:
    """Settings of another project do not decide whether the trainer works, and a seed gives the same results again.

    The number of threads is left as it is, for MiniLM wants all cores; last digits depend on it. The converter to
    TFLite reads TensorFlow's models alone, in float32. Start-up lines and advice of TensorFlow are of no use to a
    reader.
    """
    os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ["KERAS_HOME"] = _NO_FOLDER
    for name in _OF_OTHERS:
        os.environ.pop(name, None)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
    os.environ.setdefault("TF_DETERMINISTIC_OPS", "1")
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
