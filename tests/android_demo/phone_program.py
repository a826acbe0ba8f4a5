"""Run as on a phone, by test_staged_app.py: `STAGE PACKAGES WHAT ARGUMENTS...`, with nothing else on Python's path."""

import sys

app, packages, what, *arguments = sys.argv[1:]
sys.path[:] = [app, packages, *(path for path in sys.path if "site-packages" not in path and path.startswith("/"))]
# The standard library without what python-for-android leaves out of it or cannot build.
ABSENT = {"tkinter", "test", "lib2to3", "ensurepip", "idlelib", "_lzma", "_bz2", "readline", "curses", "_curses", "grp"}
ABSENT |= {"ai_edge_litert", "tflite_runtime", "tensorflow", "trainer", "kivy", "_multiprocessing"}


class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ABSENT:
            raise ModuleNotFoundError(f"No module named {name!r}, as in an APK", name=name)


sys.meta_path.insert(0, Absent())

import zoneinfo  # noqa: E402

zoneinfo.reset_tzpath(to=[])

from datetime import UTC, datetime, timedelta  # noqa: E402
from pathlib import Path  # noqa: E402

from android_demo.platform.storage import app_data_dir  # noqa: E402
from edge_runtime import FetchError, Reader, Signal, SyncOptions, demo_articles, wanted_feed  # noqa: E402

now = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
reader = Reader.open(app_data_dir() / "reader")
if what == "rank":
    reader.add(demo_articles(now), now)
    feed = reader.feed(now)
    engine = reader.info()["engine"]
    print(len(feed), engine)
    assert str(zoneinfo.ZoneInfo("Europe/Berlin")) == "Europe/Berlin"  # from the package tzdata
elif what == "sync":
    options = SyncOptions(allow_private=True)
    try:
        for outcome in reader.subscribe([wanted_feed(arguments[0])], now, options):
            print(outcome.status, outcome.error)
    except FetchError as error:
        print(error)
    for article in reader.latest():
        print("title", article.title)
elif what == "open until killed":
    articles = reader.latest()
    for number in range(10_000):
        reader.record(articles[number % len(articles)].article_id, Signal.OPEN, now + timedelta(seconds=number))
        print(number, flush=True)
elif what == "count":
    print(len(reader.profile().events), len(reader.feed(now)), *reader.notices)
assert Path(sys.modules["edge_runtime"].__file__).is_relative_to(app)
