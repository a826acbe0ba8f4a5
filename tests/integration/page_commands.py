"""Prints the commands of a page as a shell script that runs them in a new home: `page_commands.py PAGE | sh`.

Standard library alone, so that it runs where only the runtime is installed, such as in an emulated ARM system.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

# What needs a network, root, a running systemd or what that wrote; other tests see to most of it.
NOT_HERE = re.compile(
    r"sudo |systemctl |journalctl |python3 -m venv |~/edge-news/bin/pip |edge-news sync$"
    r"|edge-news add https?:|cat \"\$XDG_RUNTIME_DIR"
)
PRELUDE = """set -eu
python=$(command -v python || command -v python3)
# Nobody's own home: the page ends with forgetting everything.
HOME=$(mktemp -d)
XDG_RUNTIME_DIR=$HOME/run
unset XDG_CONFIG_HOME XDG_DATA_HOME
export HOME XDG_RUNTIME_DIR PATH="$HOME/.local/bin:$PATH"
mkdir "$XDG_RUNTIME_DIR"
cd "$HOME"
ln -s "$("$python" -c 'import sys; print(sys.prefix)')" edge-news
"$python" -c 'from edge_runtime.installation import DEFAULT_BUNDLE as bundle; print(bundle)' >bundle
cp "$(cat bundle)" news.bundle
"""


def commands(page: str) -> list[str]:
    """Every line of the page's indented blocks."""
    return [line[4:] for line in page.splitlines() if line.startswith("    ")]


def script(page: str) -> str:
    """The commands of the page that can run here; each is printed before it runs, and one that fails ends it."""
    lines = [command for command in commands(page) if not NOT_HERE.match(command)]
    return "\n".join([PRELUDE + "set -x", *lines, ""])


if __name__ == "__main__":
    print(script(Path(sys.argv[1]).read_text(encoding="utf-8")), end="")
