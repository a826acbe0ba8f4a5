"""Which engines are here; a test that needs another one is skipped loudly."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec

import pytest

NEEDS_RAY = pytest.mark.skipif(find_spec("ray") is None, reason="RAY IS NOT INSTALLED: make setup-cluster")
HAS_JAVA = bool(shutil.which("java") or os.environ.get("JAVA_HOME"))
NEEDS_SPARK = pytest.mark.skipif(
    find_spec("pyspark") is None or not HAS_JAVA,
    reason="SPARK IS NOT INSTALLED, OR NO JAVA: make setup-cluster, and Java 17",
)
