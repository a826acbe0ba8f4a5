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
from trainer.data.json_facts import Facts, Json, from_json, to_json
from trainer.errors import TrainerError
from trainer.run.folder_lock import FolderLock, lock_folder

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
        self._lock: FolderLock | None = None  # taken by the first stage that has work to do
        try:
            out.mkdir(parents=True, exist_ok=True)
            self._state = self._kept()
        except (OSError, ValueError) as error:
            raise self._unfit(error) from error

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

    def facts(self, stage: str) -> Json:
        """What a finished stage found, as JSON has it; empty if it has not been run."""
        return dict(self._state.get(stage, {}).get("facts", {}))

    def found(self, stage: str, kind: type[Facts]) -> Facts:
        """What a finished stage found.

        Raises:
            TrainerError: It has not been run, or by a version that found other things.
        """
        self.key(stage)
        try:
            return from_json(kind, self.facts(stage))
        except (TypeError, ValueError) as error:
            raise TrainerError(
                f"{self.out}: what stage {stage} left is not what this version writes ({error}); "
                f"run: edge-news-trainer {stage} --out {self.out}"
            ) from error

    def run(self, stage: str, key: str, result: Path, kind: type[Facts], work: Callable[[], Facts]) -> Facts:
        """Do a stage's work, unless it was done with the same key and its result is still there.

        Args:
            stage: Its name.
            key: From `key_of`.
            result: The file or folder that the work leaves.
            kind: Of what it finds, a dataclass.
            work: Returns what it found.

        Raises:
            TrainerError: Another process works in the folder, or it cannot be written.
        """
        if not self._has(stage, key, result):
            self._take()
        if self._has(stage, key, result):
            self.log(f"{stage}: up to date")
            return self.found(stage, kind)
        self.log(f"{stage}: begins")
        begin = time.monotonic()
        facts = work()
        seconds, written = round(time.monotonic() - begin, 1), to_json(facts)
        self._state[stage] = {"key": key, "seconds": seconds, "facts": written}
        partial = self.out / (STATE_FILE + ".partial")
        partial.write_text(json.dumps(self._state, indent=1) + "\n", "utf-8")
        os.replace(partial, self.out / STATE_FILE)
        self.log(f"{stage}: done in {seconds} s: {json.dumps(written)}")
        return facts

    def _has(self, stage: str, key: str, result: Path) -> bool:
        """Whether a stage was done with this key, and its result is there."""
        old = self._state.get(stage)
        return old is not None and old["key"] == key and result.exists()

    def _take(self) -> None:
        """Keep others out from here on, and see what they have done until now."""
        try:
            self._lock = lock_folder(self.out)
            self._state = self._kept()
        except (OSError, ValueError) as error:
            raise self._unfit(error) from error

    def _kept(self) -> dict[str, Json]:
        """The state that is on the disk."""
        state = self.out / STATE_FILE
        return json.loads(state.read_text("utf-8")) if state.exists() else {}

    def _unfit(self, error: OSError | ValueError) -> TrainerError:
        return TrainerError(f"{self.out}: cannot be used for a run: {_reason(error)}; choose another --out")

    def seconds(self, stage: str) -> float:
        """How long a stage took when it was last run."""
        return float(self._state.get(stage, {}).get("seconds", 0.0))

    def log(self, line: str) -> None:
        """Add a line to the run's log."""
        with (self.out / LOG_FILE).open("a", encoding="utf-8") as file:
            file.write(f"{datetime.now(UTC).isoformat(timespec='seconds')} {line}\n")


def _reason(error: OSError | ValueError) -> str:
    """Without the path where it is that of the folder: the message has it already."""
    return getattr(error, "strerror", None) or str(error)
