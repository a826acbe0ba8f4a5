"""What the app loads before its first frame is drawn."""

from __future__ import annotations

import subprocess
import sys

SLOW = {"numpy", "PIL.Image", "urllib3", "edge_runtime.reader", "edge_runtime.feeds.sync"}
PROGRAM = f"""
import sys
from android_demo.driver import prepare_offscreen
prepare_offscreen()
import android_demo.app
print(sorted({SLOW} & set(sys.modules)))
"""


def test_what_ranks_and_what_fetches_is_loaded_behind_the_first_frame(window):
    ran = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=True)
    assert ran.stdout.splitlines()[-1] == "[]"
