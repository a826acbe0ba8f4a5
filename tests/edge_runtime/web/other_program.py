"""Another program on the same data: `python -m tests.edge_runtime.web.other_program DATA SECONDS` syncs, so to speak.

It takes articles in and marks some as read, as fast as it can, and prints how many it added.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from edge_runtime import Article, Reader


def main() -> None:
    """Write until the time is over."""
    data, ends, added = Path(sys.argv[1]), time.monotonic() + float(sys.argv[2]), 0
    print("ready", flush=True)
    with Reader.open(data) as reader:
        while time.monotonic() < ends:
            now = datetime.now(UTC)
            made = [
                Article(f"s{now.timestamp()}-{number}", f"Ferry {added + number} leaves the harbour", source="Sync")
                for number in range(20)
            ]
            added += reader.add(made, now).added
            reader.mark_read([made[0].article_id], now)
            print(added, flush=True)


if __name__ == "__main__":
    main()
