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
FOUND = {
    "sea": {"search"},
    "--data /tmp sea": {"search"},
    "prof": {"profile"},
    "profile for": {"forget"},
    "profile --limit 3 for": {"forget"},
    "opml e": {"export"},
    "feed --li": {"--limit"},
    "mute w": {"word"},
    "push settings --desktop o": {"on", "off"},
    "export-feed --format j": {"json"},
}
NEXT = "-- next --"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_completes_what_was_begun(tmp_path, shell):
    """Every line in one start of the shell: zsh alone takes half a second to start."""
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    file = tmp_path / "script"
    file.write_text(script(shell, PROGRAM))
    ask = f"source {file}\n"
    if shell == "zsh":
        ask = f"autoload -U compinit; compinit -u -d {tmp_path}/dump\n{ask}emulate sh; setopt ksharrays\n"
    for line in FOUND:
        if shell == "fish":
            ask += f"complete -C 'edge-news {line}'"
        else:
            # As the shell would set them; zsh's own widget cannot run without a terminal.
            words = ["edge-news", *line.split()]
            ask += f"COMPREPLY=(); COMP_WORDS=({' '.join(words)}); COMP_CWORD={len(words) - 1}"
            ask += "; _edge_news; printf '%s\\n' \"${COMPREPLY[@]}\""
        ask += f"; echo '{NEXT}'\n"
    done = subprocess.run([shell, "-c", ask], capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stderr) == (0, "")
    answers = done.stdout.split(NEXT + "\n")[:-1]
    for (line, found), answer in zip(FOUND.items(), answers, strict=True):
        # zsh itself leaves out what does not begin with the word.
        last = line.split()[-1]
        assert {one.split("\t")[0] for one in answer.splitlines() if one.startswith(last)} == found, line


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
