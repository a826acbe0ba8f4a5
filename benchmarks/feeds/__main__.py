"""Our parser of feeds against feedparser, over a folder of feeds.

    python -m benchmarks.feeds --corpus FOLDER

prints how often each field was compared and how often it differs, and each file that differs with both values. It goes
through the public API, and feedparser comes with the extra `bench`. feedparser is a yardstick, not the truth. With
`--expect` a line `Expect:` of a file, as feedparser's own tests have it, is evaluated **as Python** on what feedparser
gives. Files where it does not hold are named. Ask for that only of a corpus that you trust.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import logging
from collections import Counter
from dataclasses import asdict
from pathlib import Path

from benchmarks.feeds.compare import Difference, compare

SUFFIXES = frozenset({".xml", ".rss", ".atom", ".rdf"})  # feedparser reads no JSON Feed


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.feeds", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--corpus", type=Path, required=True, help="a folder of feeds; folders in it are read, too")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--expect", action="store_true", help="evaluate `Expect:` lines of the files as Python")
    given = parser.parse_args()
    if importlib.util.find_spec("feedparser") is None:
        parser.error("feedparser is not installed; it comes with the extra: pip install --editable '.[bench]'")
    logging.disable()
    compared: Counter[str] = Counter()
    differences: list[Difference] = []
    broken: list[str] = []
    files = sorted(path for path in given.corpus.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())
    if not files:
        parser.error(f"{given.corpus} holds no file that ends in {', '.join(sorted(SUFFIXES))}")
    for path in files:
        name = str(path.relative_to(given.corpus))
        found = compare(name, path.read_bytes(), asks_expectation=given.expect)
        compared.update(found.compared)
        differences += found.differences
        broken += [name] if found.expectation_holds is False else []
    differing = Counter(difference.field for difference in differences)
    num_files = len({difference.file for difference in differences})
    if given.json:
        fields = {field: {"compared": count, "differ": differing[field]} for field, count in compared.items()}
        facts = {"files": len(files), "files_that_differ": num_files, "fields": fields}
        told = [asdict(difference) for difference in differences]
        print(
            json.dumps(
                facts | {"differences": told, "feedparser_breaks_expectation": broken}, ensure_ascii=False, indent=1
            )
        )
        return
    for difference in differences:
        mark = " (feedparser does not hold what the file expects)" if difference.file in broken else ""
        print(
            f"{difference.file}: {difference.field}{mark}\n  ours   {difference.ours!r}\n  theirs {difference.theirs!r}"
        )
    print(f"\n{len(files)} files, {num_files} differ")
    for field, count in compared.items():
        print(f"  {field:14} {count:6} compared {differing[field]:5} differ")
    if given.expect:
        print(f"feedparser does not hold the expectation of {len(broken)} files")


if __name__ == "__main__":
    main()
