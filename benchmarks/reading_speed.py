"""How fast one process reads a log, plain and with gzip, and how many bytes an impression takes before and after.

python -m benchmarks.reading_speed --impressions 100000
"""

from __future__ import annotations

import argparse
import gzip
import json
import shutil
import tempfile
import time
from pathlib import Path

from benchmarks.scale import make_log
from trainer.data.lines import read_blocks
from trainer.data.prepare import LogFiles, prepare


def text_mb_a_second(path: Path, text_bytes: int) -> float:
    """MB of unpacked text for each second of processor time."""
    begin = time.process_time()
    for _ in read_blocks(path):
        pass
    return round(text_bytes / (time.process_time() - begin) / 1e6, 1)


def main() -> None:
    """Make a log and its packed copy, read both, prepare it, and print a line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--impressions", type=int, default=100_000)
    impressions = parser.parse_args().impressions
    with tempfile.TemporaryDirectory() as folder:
        articles, log = make_log(Path(folder), "json", impressions)
        packed, out, size = log.with_suffix(".gz"), Path(folder) / "dataset", log.stat().st_size
        with log.open("rb") as source, gzip.open(packed, "wb", 6) as target:
            shutil.copyfileobj(source, target)
        facts = prepare(LogFiles([articles], [log]), out, "made up", "CC0", workers=1)
        kept = facts.train.impressions + facts.dev.impressions
        found = {
            "plain_mb_s": text_mb_a_second(log, size),
            "gzip_mb_s": text_mb_a_second(packed, size),
            "plain_bytes": size / impressions,
            "gzip_bytes": packed.stat().st_size / impressions,
            "shard_bytes": sum(path.stat().st_size for path in (out / "shards").iterdir()) / kept,
        }
        print(json.dumps(found))


if __name__ == "__main__":
    main()
