"""What the app holds in memory: after its start, and after long drags through the list.

xvfb-run -a python -m benchmarks.app_memory              # builds its cache, which takes a minute
xvfb-run -a python -m benchmarks.app_memory --keep DIR   # builds it once, in a folder that stays; as for `reader_speed`

Without a display the window is offscreen. Memory is MiB of the process: all of it, and what no file stands behind.
Where Mesa draws on the processor, textures and the code that it makes count too; on a phone the GPU's driver has them.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from benchmarks.reader_speed import NOW, built
from benchmarks.timing import ONE_THREAD, report

ARTICLES = 20_000
DRAGS = 48
SETTLE_FRAMES = 30  # in which a list that was let go of runs on
GOAL_MIB = 250.0


def held() -> dict[str, float]:
    """MiB of this process."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    kib = {name: value.split()[0] for name, _, value in (line.partition(":") for line in lines) if name[:3] in "VmRss"}
    found = {"all_mib": int(kib["VmRSS"]) / 1024}
    return found | {"no_file_mib": int(kib["RssAnon"]) / 1024}


def life(data_dir: Path) -> list[dict[str, Any]]:
    """Start the app and drag; a row for each moment. For a process of its own."""
    from android_demo.driver import PHONE_PX, Driver, prepare_offscreen

    prepare_offscreen()
    rows: list[dict[str, Any]] = []

    def note(moment: str) -> None:
        gc.collect()
        rows.append({"moment": moment, **held()})

    note("python and numpy")
    from kivy.core.window import Window

    assert Window is not None
    note("an empty window")
    from android_demo.app import EdgeNewsApp

    driver = Driver(EdgeNewsApp(data_dir, now=lambda: NOW))
    cards = driver.on_screen("feed").ids.cards
    note("the feed")
    for _ in range(DRAGS):
        driver.drag(PHONE_PX[0] / 2, 150, 600).touch_up()
        driver.frames(SETTLE_FRAMES)
    driver.rest()
    note(f"{DRAGS} drags, {cards.num_shown} cards")
    for name in ("latest", "search", "you", "beliefs", "lab", "settings"):
        driver.go(name)
    note("six other screens")
    driver.stop()
    return rows


def main() -> None:
    """Build what is missing, measure and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="where the cache is kept for the next time")
    parser.add_argument("--articles", type=int, default=ARTICLES, metavar="N", help="in the cache")
    parser.add_argument("--life", type=Path, metavar="DIR", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.life:
        print(json.dumps(life(args.life)))
        return
    from android_demo.core.settings import Settings, save_settings

    with (
        nullcontext(args.keep) if args.keep else tempfile.TemporaryDirectory() as made,
        tempfile.TemporaryDirectory() as scratch,
    ):
        data_dir = Path(scratch)
        shutil.copytree(built(Path(made), args.articles), data_dir / "reader")
        save_settings(data_dir, Settings(is_started=True))
        command = [sys.executable, "-m", "benchmarks.app_memory", "--life", str(data_dir)]
        ran = subprocess.run(command, env=os.environ | ONE_THREAD, stdout=subprocess.PIPE, text=True, check=True)
    rows = json.loads(ran.stdout.splitlines()[-1])
    report(rows, args.json, articles=args.articles, goal_mib=GOAL_MIB)


if __name__ == "__main__":
    main()
