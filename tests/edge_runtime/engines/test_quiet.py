"""What an interpreter says to its developers while it is made stays off standard error, and nothing else does."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from edge_runtime.engines.quiet import without_notes


def test_notes_are_dropped_and_all_else_comes_afterwards(capfd):
    with without_notes():
        os.write(2, b"INFO: Created a delegate\nERROR: no such operator\n")
        assert capfd.readouterr().err == ""
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "ERROR: no such operator\nafter\n"


def test_an_error_inside_goes_on_and_standard_error_is_back(capfd):
    with pytest.raises(ValueError, match="refused"), without_notes():
        os.write(2, b"WARNING: odd\n")
        raise ValueError("refused")
    assert capfd.readouterr().err == "WARNING: odd\n"


@pytest.mark.usefixtures("slow")
@pytest.mark.parametrize("closed", ["", "2>&-"])
def test_a_first_command_says_nothing_on_standard_error(tmp_path, closed):
    line = f"{sys.executable} -m edge_runtime --data {tmp_path} add --demo {closed}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and "206 added" in done.stdout and done.stderr == ""
