"""Long lists on a terminal go through the reader's pager."""

from __future__ import annotations

import pytest

from edge_runtime.cli.pager import chosen_pager, show_paged

LINES = [f"line {number}" for number in range(50)]


@pytest.fixture
def show(monkeypatch, capfd):
    """Shows lines on a terminal of ten rows, and gives what came."""

    def run(lines: list[str], pager: str) -> list[str]:
        with monkeypatch.context() as patched:
            # Here and not before: pytest changes the stream between its phases.
            patched.setattr("sys.stdout.isatty", lambda: True)
            patched.setenv("LINES", "10")
            patched.setenv("COLUMNS", "60")
            patched.delenv("LESS", raising=False)
            show_paged(lines, pager)
        return capfd.readouterr().out.splitlines()

    return run


@pytest.fixture
def marked(tmp_path):
    """A pager that puts a mark before what it is given."""
    pager = tmp_path / "my pager"
    pager.write_text('#!/bin/sh\necho "== $1 $LESS"\ncat\n')
    pager.chmod(0o755)
    return f"'{pager}' -x"


def test_what_is_longer_than_the_screen_goes_through_the_pager(show, marked):
    assert show(LINES, marked) == ["== -x FRX", *LINES]
    assert show(LINES[:9], marked) == LINES[:9]  # the prompt has the last row
    assert show(LINES[:10], marked) == ["== -x FRX", *LINES[:10]]


@pytest.mark.parametrize("pager", ["", "cat", " ", "/nowhere/less", "'open quote"])
def test_without_a_pager_it_is_printed(show, pager):
    assert show(LINES, pager) == LINES


def test_a_pager_that_is_left_early_is_no_error(show):
    assert show(LINES * 5000, "true") == []


def test_in_a_pipe_it_is_printed(capfd, marked):
    show_paged(LINES, marked)
    assert capfd.readouterr().out.splitlines() == LINES


def test_the_environment_goes_over_the_settings(monkeypatch):
    monkeypatch.delenv("PAGER", raising=False)
    assert [chosen_pager(one) for one in (None, "", "most")] == ["less", "", "most"]
    monkeypatch.setenv("PAGER", "more")
    assert chosen_pager("most") == "more"
    monkeypatch.setenv("PAGER", "")
    assert chosen_pager("most") == ""


def test_no_pager_prints_a_list_on_a_terminal(stocked, monkeypatch, marked):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("LINES", "3")
    monkeypatch.setenv("PAGER", marked)
    assert stocked.text("feed", "--no-pager").count("\n") == 8
    assert stocked.text("feed") == ""  # it went to the pager
