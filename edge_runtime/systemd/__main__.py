"""`python -m edge_runtime.systemd install` writes the units for a user; without `install` it says where they are."""

from __future__ import annotations

import argparse
import sys

from edge_runtime.cli.argument_types import path
from edge_runtime.cli.config import ConfigError, config_path, data_directory, read_config
from edge_runtime.cli.printing import open_streams, spelled
from edge_runtime.errors import StorageError
from edge_runtime.storage.places import config_home
from edge_runtime.systemd.units import DELIVERIES, PACKAGED, this_command, write_units

NEXT = "next: systemctl --user daemon-reload; systemctl --user enable --now edge-news-sync.timer"


def main() -> int:
    """0 is success, 1 an error that was explained, 2 a wrong call."""
    open_streams()
    parser = argparse.ArgumentParser(prog="python -m edge_runtime.systemd", description=__doc__)
    parser.add_argument("action", nargs="?", choices=["install"])
    parser.add_argument("--data", type=path, metavar="DIR", help="another data directory")
    parser.add_argument(
        "--deliver",
        choices=DELIVERIES,
        default="",
        help="also deliver notifications on the ways of `edge-news push settings`: with the network closed (desktop), "
        "or open (network)",
    )
    options = parser.parse_args()
    if options.action is None:
        print(PACKAGED)
        return 0
    try:
        data_dir = data_directory(options.data, read_config(config_path())).absolute()
        for unit in write_units(config_home() / "systemd" / "user", this_command(), data_dir, options.deliver):
            print(spelled(str(unit)))
    except (ConfigError, StorageError) as error:
        print(f"edge_runtime.systemd: {spelled(str(error))}", file=sys.stderr)
        return 1
    print(NEXT)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
