"""The app as its user starts it: in a real window, by mouse and keys, with its databases as the only witness."""

import shutil
from importlib.util import find_spec

import pytest

from tests.android_demo.real_window import real_window

FIRST_TITLE, FIRST_LIKE, SECOND_LIKE = (150, 145), (382, 114), (382, 224)  # px, in a window of 412x892
HEART = (372, 104, 392, 124)  # px of the first one: left, top, right, bottom
WIDE_TITLE, BESIDE = (100, 116, 440, 164), (780, 15, 960, 45)  # of the list; signs over the article beside it

pytestmark = [pytest.mark.window, pytest.mark.slow]


@pytest.fixture(autouse=True)
def screen() -> None:
    if find_spec("kivy") is None:
        pytest.skip("kivy is missing")
    missing = [name for name in ("Xvfb", "xdotool") if shutil.which(name) is None]
    if missing:
        pytest.skip(f"{' and '.join(missing)} missing; on Debian: apt install xvfb xdotool")


def is_green(window):
    _, green, red = window.pixels(*HEART).reshape(-1, 3).min(axis=0)
    return green > red + 30


def test_a_life_by_mouse_and_keys(tmp_path):
    with real_window(tmp_path, ["-m", "android_demo"]) as window:
        window.until("the list", lambda: window.has_text(*HEART))
        window.click(*FIRST_LIKE)
        window.until("a like", window.signals)
        window.until("a like that is seen", lambda: is_green(window))
        assert window.signals() == ["like"]

        window.click(*FIRST_TITLE)
        window.until("an article", lambda: window.signals() == ["like", "open"])
        window.until("its page", lambda: not is_green(window))
        window.xdotool("key", "Escape")
        window.until("the list again", lambda: window.signals() == ["like", "open", "dwell"] and is_green(window))
        window.click(*SECOND_LIKE)
        window.until("a second like", lambda: window.signals().count("like") == 2)

        window.xdotool("key", "slash")
        window.until("an empty search", lambda: not window.has_text(*HEART))
        window.xdotool("type", "--delay", 60, "Police")
        window.xdotool("key", "Return")
        window.until("a search", lambda: window.rows("SELECT query FROM searches") == [("Police",)])
        window.xdotool("key", "Escape")
        window.until("the list after it", lambda: is_green(window))

        # With room for two panes the list stays beside an article: both are opened from it, one after the other.
        window.xdotool("windowsize", window.number, 1024, 768)
        window.until("the wide window", lambda: not window.has_text(0, 800, 412, 890))
        window.until("the list in it", lambda: window.has_text(*WIDE_TITLE))
        window.click(200, 145)
        window.until("an article beside", lambda: window.has_text(*BESIDE))
        window.click(200, 255)
        window.until("another one", lambda: window.signals().count("open") == 3)
        assert len(window.rows("SELECT DISTINCT article_id FROM events WHERE signal = 'open'")) == 2

        window.until("the time spent on the one before", lambda: window.signals().count("dwell") == 2)
        before = window.signals()
        assert window.close() == 0
        assert window.signals() == [*before, "dwell"]  # of the article that was in sight
        assert not (window.data_dir / "faults.log").exists()


@pytest.mark.long
def test_a_touch_that_linux_tells_a_second_time_counts_once(tmp_path):
    with real_window(tmp_path, ["-m", "tests.android_demo.doubled_touches"]) as window:
        window.until("the list", lambda: window.has_text(*HEART))
        window.click(*FIRST_LIKE)
        window.until("a like", window.signals)
        window.click(*FIRST_TITLE)
        window.until("an article", lambda: "open" in window.signals())
        assert "probesysfs" in window.log.read_text()
        assert window.signals() == ["like", "open"]
        assert window.close() == 0
