"""Errors of the system in one sentence, and an error that nobody foresaw as what it is."""

from __future__ import annotations

import errno
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

from trainer.cli.failures import sentence_of
from trainer.errors import LogError

RUN = Path("run")
GO_ON = "the same command goes on from the last finished stage"


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (LogError("a.tsv: empty"), "a.tsv: empty"),
        (
            OSError(errno.ENOSPC, "No space left on device", "run/x"),
            f"run/x: No space left on device; free some space there, or raise the limit (ulimit -f, quota); {GO_ON}",
        ),
        (
            PermissionError(errno.EACCES, "Permission denied", "run/settings.json"),
            "run/settings.json: Permission denied; choose a place that you may read and write, or change its rights",
        ),
        (OSError(errno.EIO, "Input/output error"), "run: Input/output error; check the path and the disk"),
        (
            BrokenPipeError(errno.EPIPE, "Broken pipe"),
            "standard output was closed before all was written; what the command had to write to files is there",
        ),
        (MemoryError(), "not enough memory; close other programs, or give a smaller log"),
        (
            BrokenProcessPool(),
            f"a process that shared the work was ended from outside, most often for lack of memory; {GO_ON}",
        ),
    ],
)
def test_what_can_be_foreseen_has_a_sentence(error, sentence):
    assert sentence_of(error, RUN) == sentence


def test_a_full_disk_that_names_no_file_may_be_the_folder_or_that_of_temporary_files(monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", "/elsewhere")
    said = sentence_of(OSError(errno.EFBIG, "File too large"), RUN)
    assert (
        said
        and said.startswith("run or /elsewhere")
        and said.partition(": ")[2].startswith("File too large; free some space there")
    )


def test_a_mistake_of_ours_has_none():
    assert sentence_of(KeyError("x"), RUN) is None
    assert sentence_of(RuntimeError("x"), RUN) is None


def test_tensorflow_has_errors_of_its_own_for_the_same():
    class UnknownError(Exception):
        pass

    UnknownError.__module__ = "tensorflow.python.framework.errors_impl"
    assert str(sentence_of(UnknownError("x; No space left on device"), RUN)).startswith("run or ")
    assert sentence_of(UnknownError("a mistake of ours"), RUN) is None
