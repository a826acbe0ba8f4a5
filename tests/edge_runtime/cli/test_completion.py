"""Shells complete commands, options and their choices by the scripts that are printed for them."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from edge_runtime.cli.completion import script
from edge_runtime.cli.description import describe
from edge_runtime.cli.parser import build_parser

pytestmark = pytest.mark.slow  # other programs are started

PROGRAM = describe(build_parser())
LINES = [
    ("sea", {"search"}),
    ("--data /tmp sea", {"search"}),
    ("prof", {"profile"}),
    ("profile for", {"forget"}),
    ("profile --limit 3 for", {"forget"}),
    ("opml e", {"export"}),
    ("feed --li", {"--limit"}),
    ("mute w", {"word"}),
    ("push settings --desktop o", {"on", "off"}),
    ("export-feed --format j", {"json"}),
]


@pytest.fixture(params=["bash", "zsh", "fish"])
def complete(request, tmp_path):
    """What a real shell completes the last word of a line to."""
    shell = request.param
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    file = tmp_path / "script"
    file.write_text(script(shell, PROGRAM))
    begin = f"autoload -U compinit; compinit -u -d {tmp_path}/dump; " if shell == "zsh" else ""

    def run(line: str) -> set[str]:
        words = ["edge-news", *line.split()]
        if shell == "fish":
            ask = f"source {file}; complete -C 'edge-news {line}'"
        else:
            # As the shell would set them; zsh's own widget cannot run without a terminal.
            setting = f"COMP_WORDS=({' '.join(words)}); COMP_CWORD={len(words) - 1}"
            emulate = "emulate sh; setopt ksharrays; " if shell == "zsh" else ""
            ask = f"{begin}source {file}; {emulate}{setting}; _edge_news; printf '%s\\n' \"${{COMPREPLY[@]}}\""
        done = subprocess.run([shell, "-c", ask], capture_output=True, text=True, timeout=30)
        assert (done.returncode, done.stderr) == (0, "")
        # zsh itself leaves out what does not begin with the word.
        return {found.split("\t")[0] for found in done.stdout.splitlines() if found.startswith(words[-1])}

    return run


@pytest.mark.parametrize(("line", "found"), LINES)
def test_a_shell_completes_what_was_begun(complete, line, found):
    assert complete(line) == found


@pytest.mark.skipif(not shutil.which("bash"), reason="bash is not installed")
def test_where_a_file_may_be_meant_options_do_not_stand_before_it(tmp_path):
    file = tmp_path / "script"
    file.write_text(script("bash", PROGRAM))
    ask = f"source {file}; COMP_WORDS=(edge-news import ''); COMP_CWORD=2; _edge_news; echo ${{#COMPREPLY[@]}}"
    assert subprocess.run(["bash", "-c", ask], capture_output=True, text=True).stdout == "0\n"


def test_no_option_has_a_value_in_one_command_and_none_in_another():
    options = [option for command in PROGRAM.all() for option in command.options]
    assert not {o.names for o in options if o.value} & {o.names for o in options if not o.value}


def test_the_command_prints_the_script(edge_news):
    assert edge_news.text("completion", "bash") == script("bash", PROGRAM)
