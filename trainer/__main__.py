"""Command line of the trainer; `edge-news-trainer --help` lists the subcommands."""

from __future__ import annotations

from trainer.cli.environment import set_environment

set_environment()

from trainer.cli.command_line import main

if __name__ == "__main__":
    raise SystemExit(main())
