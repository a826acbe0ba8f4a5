"""One child process that converts for this one: started when first asked, and again after it has died.

Starting TensorFlow costs seconds, so it is kept. `multiprocessing` is no way here: it runs the user's script again.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO

from trainer.errors import ExportError

# Characters; the converter writes pages.
LONGEST_ERROR = 500
CHILD = "trainer.compression.conversion_child"


class ConverterRefused(ExportError):
    """The converter said no, and runs on."""


class ConverterProcess:
    """Asks one request at a time, whichever thread asks."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: subprocess.Popen[str] | None = None
        self._owner = 0
        # Closed with the process: it is written to as long as the child runs.
        self._log = tempfile.TemporaryFile()  # noqa: SIM115

    def convert(self, folder: Path, kind: str, target: Path) -> None:
        """Convert a saved model.

        Args:
            folder: The saved model; for a calibrated kind its samples lie in it.
            kind: What the file is to be.
            target: The file to write.

        Raises:
            ConverterRefused: The converter raised an error.
            ExportError: The process died.
        """
        request = json.dumps({"folder": str(folder), "kind": kind, "target": str(target)})
        with self._lock:
            child = self._running()
            try:
                line = _ask(child, request)
            except BaseException:
                # An answer that nobody waits for would be taken for the next one.
                child.kill()
                self._forget()
                raise
            if not line:
                status = child.wait()
                self._forget()
                raise ExportError(f"{kind}: the converter ended with {self._cause(status)}; {_remedy(kind)}")
        answer = json.loads(line)
        if "error" in answer:
            raise ConverterRefused(f"{kind}: {_in_words(answer['error'])}")

    @property
    def pid(self) -> int | None:
        """Of the child; None before the first request and after `close`."""
        return self._child.pid if self._child else None

    def close(self) -> None:
        """End the child; a later request starts another."""
        with self._lock:
            child = self._child
            if child is None or self._owner != os.getpid():
                return
            assert child.stdin
            child.stdin.close()
            try:
                child.wait(timeout=5)
            except subprocess.TimeoutExpired:
                child.kill()
            self._forget()

    def _running(self) -> subprocess.Popen[str]:
        # After a fork the pipes belong to the first process.
        if self._child is None or self._owner != os.getpid() or self._child.poll() is not None:
            self._log.truncate(0)
            self._child, self._owner = _start(self._log), os.getpid()
        return self._child

    def _forget(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.wait()
            for pipe in (child.stdin, child.stdout):
                if pipe is not None and not pipe.closed:
                    with contextlib.suppress(OSError):
                        pipe.close()

    def _cause(self, status: int) -> str:
        if status >= 0:
            self._log.seek(0)
            lines = self._log.read().decode(errors="replace").split("\n")
            return f"exit status {status} ({next((line for line in reversed(lines) if line.strip()), 'no message')})"
        return f"signal {-status} ({signal.strsignal(-status)})"


def _start(log: IO[bytes]) -> subprocess.Popen[str]:
    root = str(Path(__file__).parents[2])
    # Converting needs no GPU, and a second process would take the memory of the one that trains.
    environment = os.environ | {
        "CUDA_VISIBLE_DEVICES": "-1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONPATH": os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")])),
    }
    return subprocess.Popen(
        # Without the current folder on the path: a file there may have the name of a package.
        [sys.executable, "-P", "-m", CHILD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        encoding="utf-8",
        env=environment,
    )


def _ask(child: subprocess.Popen[str], request: str) -> str:
    """The line of the answer; empty if the child has died."""
    assert child.stdin
    assert child.stdout
    try:
        child.stdin.write(request + "\n")
        child.stdin.flush()
    except BrokenPipeError:
        return ""
    return child.stdout.readline()


def _in_words(error: str) -> str:
    """The converter's error without its page of places in the graph."""
    missing = sorted(set(re.findall(r"'(tf\.\w+)' op is neither", error)))
    if missing:
        return f"TFLite has no operator for {', '.join(missing)}; write the layer with other operations"
    return error[:LONGEST_ERROR]


def _remedy(kind: str) -> str:
    if kind in ("int8", "int8-io"):
        return "take kind='dynamic': recurrent layers (GRU, LSTM) cannot be calibrated"
    return "take kind='float32', or look whether memory ran out"


CONVERTER = ConverterProcess()
atexit.register(CONVERTER.close)
