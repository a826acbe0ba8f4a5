"""Command line of the trainer; `edge-news-trainer --help` lists the subcommands."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from trainer.cli.environment import set_environment


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand, once TensorFlow has its environment; 1 where a package of the extra is not installed."""
    set_environment()
    try:
        from trainer.cli.command_line import main as run

        return run(arguments)
    except ModuleNotFoundError as error:
        name = (error.name or "").partition(".")[0]
        if name in ("", "trainer", "edge_runtime"):  # a mistake of ours
            raise
        print(
            f"edge-news-trainer: {name} is not installed; it comes with the extra: in the checkout, "
            "pip install --editable '.[trainer]'",
            file=sys.stderr,
        )
        return 1


if __name__ == "__main__":
    raise SystemExit(main())
