"""Command line of the runtime: `edge-news feed`, or `python -m edge_runtime feed`."""

from edge_runtime.cli.command_line import main

__all__ = ["main"]

if __name__ == "__main__":
    raise SystemExit(main())
