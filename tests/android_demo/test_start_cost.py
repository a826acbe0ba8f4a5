"""What the app loads before its first frame is drawn."""

from __future__ import annotations

import subprocess
import sys
import time

SLOW = {"numpy", "PIL.Image", "urllib3", "edge_runtime.reader", "edge_runtime.feeds.sync"}
PROGRAM = f"""
import sys
import time
from android_demo.driver import prepare_offscreen
prepare_offscreen()
import android_demo.app
print(sorted({SLOW} & set(sys.modules)))
"""


def test_what_ranks_and_what_fetches_is_loaded_behind_the_first_frame(window):
    ran = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=True)
    assert ran.stdout.splitlines()[-1] == "[]"


def test_a_page_that_rests_is_not_drawn_again(start):
    from kivy.core.window import Window

    driver = start()
    driver.on_screen("feed")
    drawn = []
    Window.bind(on_flip=drawn.append)
    try:
        end = time.monotonic() + 1.2  # half a second after a page came its scroll bar goes, in one frame
        while time.monotonic() < end:
            driver.frames(1)
    finally:
        Window.unbind(on_flip=drawn.append)
    assert len(drawn) <= 3
