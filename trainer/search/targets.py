"""A Raspberry Pi as the target of a search: its instructions are counted under emulation, never worked out by formula.

`pi-chroot` makes a Debian root for ARM, installs the interpreter's own ARM wheel in it and counts what a program
executes as qemu runs it on a Pi's kind of CPU. Instructions are not time: they leave out caches and memory. They say
which of two bundles costs more, on hardware that is not there.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import edge_runtime
from edge_runtime import Article
from edge_runtime.model.article_text import text_of
from trainer.errors import TrainerError

TOOL = "pi-chroot"
FEW, MANY = 2, 20  # times that the titles are encoded: the difference leaves start-up out
_COUNTED = re.compile(r"instructions: (\d+)")

_PROGRAM = """
import json, sys
from pathlib import Path
from edge_runtime import Article, NewsModel, read_bundle
news = NewsModel(read_bundle(Path("news.bundle")), "ai-edge-litert")
titles = json.loads(Path("titles.json").read_text("utf-8"))
articles = [Article(str(number), title, category=topic) for number, (title, topic) in enumerate(titles)]
for _ in range(int(sys.argv[1])):
    news.encode(articles)
"""


class TargetError(TrainerError):
    """The target cannot be measured on this machine."""


class PiCounter:
    """Counts the instructions with which a Pi encodes a title."""

    def __init__(self, cpu: str) -> None:
        """Make the root and install the interpreter, unless they are there.

        Args:
            cpu: pi3, pi4 or pi5.

        Raises:
            TargetError: The tool is missing or cannot work here.
        """
        self._cpu = cpu
        if shutil.which(TOOL) is None:
            raise TargetError(
                f"--target {cpu} counts ARM instructions with {TOOL}, which is not on PATH; put the folder that has it "
                "there (docs/search.md says what it does), or leave --target out to time this machine instead"
            )
        self._root = str(Path(tempfile.gettempdir()) / "edge-news-arm" / "arm64")
        _call(["make", "arm64", self._root])
        _call(["pip", "--venv", "litert", self._root, "install", "-q", "ai-edge-litert>=2.3"])

    def __call__(self, bundle: Path, articles: Sequence[Article]) -> float:
        """Instructions of encoding one title, from its text to its vector, words and interpreter warm.

        Args:
            bundle: Its file.
            articles: Some to encode.

        Raises:
            TargetError: The program failed.
        """
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            package = Path(edge_runtime.__file__).parent
            shutil.copytree(package, folder / "edge_runtime", ignore=shutil.ignore_patterns("default", "__pycache__"))
            shutil.copyfile(bundle, folder / "news.bundle")
            titles = [(text_of(article), article.category) for article in articles]
            (folder / "titles.json").write_text(json.dumps(titles), "utf-8")
            (folder / "encode.py").write_text(_PROGRAM, "utf-8")
            few, many = (self._count(folder, times) for times in (FEW, MANY))
        return round((many - few) / ((MANY - FEW) * len(articles)), 1)

    def _count(self, folder: Path, times: int) -> int:
        options = ["--ro", "--cpu", self._cpu, "--venv", "litert", "--env", "PYTHONPATH=/src"]
        said = _call(["count", *options, self._root, "python", "encode.py", str(times)], folder)
        found = _COUNTED.findall(said)
        if not found:
            raise TargetError(f"{TOOL} count: named no instructions, but said: {said.strip()[-300:]}")
        return int(found[-1])


def _call(arguments: Sequence[str], folder: Path | None = None) -> str:
    """What the tool says on standard error."""
    done = subprocess.run([TOOL, *arguments], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise TargetError(
            f"{TOOL} {arguments[0]}: failed with status {done.returncode}: {done.stderr.strip()[-300:]}; mend that, "
            "or leave --target out to time this machine instead"
        )
    return done.stderr
