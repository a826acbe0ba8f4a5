"""A run's folder: which stage is up to date, what it measured, and the log of what was done when."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from edge_runtime import __version__
from trainer.errors import TrainerError

STATE_FILE = "stages.json"
LOG_FILE = "run.log"


def key_of(*inputs: Any) -> str:
    """A hash of everything that a stage's result depends on, this release included."""
    return hashlib.sha256(json.dumps([__version__, *inputs], sort_keys=True, default=str).encode()).hexdigest()[:16]


def file_key(path: Path) -> str:
    """A hash of a file's bytes.

    Raises:
        TrainerError: It cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()[:16]
    except OSError as error:
        raise TrainerError(f"{path}: cannot be read: {error.strerror or error}; check the path") from error


class Workspace:
    """State of the stages in one output folder."""

    def __init__(self, out: Path) -> None:
        """Open or create the folder.

        Raises:
            TrainerError: It cannot be created, or its state cannot be read.
        """
        self.out = out
        try:
            out.mkdir(parents=True, exist_ok=True)
            state = out / STATE_FILE
            self._state: dict[str, dict[str, Any]] = json.loads(state.read_text("utf-8")) if state.exists() else {}
        except (OSError, ValueError) as error:
            raise TrainerError(f"{out}: cannot be used for a run: {error}; choose another --out") from error

    def key(self, stage: str) -> str:
        """The key with which a stage was last finished.

        Raises:
            TrainerError: It has not been run.
        """
        if stage not in self._state:
            raise TrainerError(
                f"{self.out}: stage {stage} has not been run; run: edge-news-trainer {stage} --out {self.out}"
            )
        return str(self._state[stage]["key"])

    def facts(self, stage: str) -> dict[str, Any]:
        """What a finished stage measured; empty if it has not been run."""
        return dict(self._state.get(stage, {}).get("facts", {}))

    def run(self, stage: str, key: str, result: Path, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Do a stage's work, unless it was done with the same key and its result is still there.

        Args:
            stage: Its name.
            key: From `key_of`.
            result: The file or folder that the work leaves.
            work: Returns what it measured.
        """
        old = self._state.get(stage)
        if old and old["key"] == key and result.exists():
            self.log(f"{stage}: up to date")
            return self.facts(stage)
        self.log(f"{stage}: begins")
        begin = time.monotonic()
        facts = work()
        seconds = round(time.monotonic() - begin, 1)
        self._state[stage] = {"key": key, "seconds": seconds, "facts": facts}
        partial = self.out / (STATE_FILE + ".partial")
        partial.write_text(json.dumps(self._state, indent=1) + "\n", "utf-8")
        os.replace(partial, self.out / STATE_FILE)
        self.log(f"{stage}: done in {seconds} s: {json.dumps(facts)}")
        return facts

    def seconds(self, stage: str) -> float:
        """How long a stage took when it was last run."""
        return float(self._state.get(stage, {}).get("seconds", 0.0))

    def log(self, line: str) -> None:
        """Add a line to the run's log."""
        with (self.out / LOG_FILE).open("a", encoding="utf-8") as file:
            file.write(f"{datetime.now(UTC).isoformat(timespec='seconds')} {line}\n")
