"""Another program on the same data: `python -m tests.edge_runtime.web.other_program DATA SECONDS` syncs, so to speak.

It takes articles in, then new versions of them, and marks some as read, as fast as it can. It prints how many it added.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from edge_runtime import Article, Reader

NUM_BATCHES = 50  # of 20 articles; then come new versions of them, so that a life of 13 such programs fills no cache


def main() -> None:
    """Write until the time is over."""
    data, ends, added, step = Path(sys.argv[1]), time.monotonic() + float(sys.argv[2]), 0, 0
    own = datetime.now(UTC).timestamp()
    print("ready", flush=True)
    with Reader.open(data) as reader:
        while time.monotonic() < ends:
            now = datetime.now(UTC)
            made = [
                Article(f"s{own}-{step % NUM_BATCHES}-{number}", f"Ferry {step}-{number} leaves", source="Sync")
                for number in range(20)
            ]
            step += 1
            added += reader.add(made, now).added
            reader.mark_read([made[0].article_id], now)
            print(added, flush=True)


if __name__ == "__main__":
    main()
