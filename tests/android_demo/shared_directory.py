"""Programs that share one data directory, run by test_service.py: `app DIRECTORY` or `service DIRECTORY FEED...`.

Each says a line when something is kept, and goes on until it is killed.
"""

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from android_demo.service import run_round
from edge_runtime import Reader, Signal, SyncOptions, demo_articles

what, directory, *feeds = sys.argv[1:]
data_dir = Path(directory)
if what == "app":
    with Reader.open(data_dir) as reader:
        now = datetime.now(UTC)
        if not reader.latest(1):
            reader.add(demo_articles(now), now)
        while True:
            for article in reader.latest(40):
                reader.record(article.article_id, Signal.OPEN, datetime.now(UTC))
                print("kept", flush=True)
                time.sleep(0.02)
            reader.feed(datetime.now(UTC), limit=20)
else:

    class Seen:
        """Posts nowhere, and says so."""

        def is_allowed(self):
            return True

        def ask(self, answered):
            answered(True)

        def post(self, title, body, tag):
            print("posted", flush=True)
            return True

    while True:
        done = run_round(data_dir, datetime.now(UTC), UTC, Seen(), SyncOptions(allow_private=True, force=True))
        print("round", done.new, done.error, flush=True)
