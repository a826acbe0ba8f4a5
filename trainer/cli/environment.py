"""What TensorFlow is told before it is imported, here and in the processes that are started from here."""

from __future__ import annotations

import logging
import os


def set_environment() -> None:
    """Its start-up lines and advice are of no use to a reader, and results must not depend on threads."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
    os.environ.setdefault("TF_DETERMINISTIC_OPS", "1")
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
