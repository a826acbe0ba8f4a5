"""Writing the packaged units for one user, with this installation's command and data directory in them."""

from __future__ import annotations

import os
import re
import shutil
import sys
import sysconfig
from pathlib import Path

from edge_runtime.errors import Remedy, StorageError

PACKAGED = Path(__file__).parent
UNITS = tuple(
    sorted(unit for pattern in ("*.service", "*.timer", "*.service.d/*.conf") for unit in PACKAGED.glob(pattern))
)
# What lets the push service deliver: with the network closed as it was, or opened.
DELIVERIES = tuple(sorted(path.stem for path in PACKAGED.glob("deliver/*.conf")))
_DELIVERY = Path("edge-news-push.service.d", "deliver.conf")
# What the packaged units say: right as it is for `pipx install` and the usual data directory.
_COMMAND = "%h/.local/bin/edge-news"
_DATA_DIR = "%h/.local/share/edge-news"
_PLAIN = re.compile(r"/[\w/.+@-]*")  # in need of no quotes in a unit


def write_units(directory: Path, command: Path, data_dir: Path, delivery: str = "") -> list[Path]:
    """Write every unit, over those that are there.

    Args:
        directory: Where systemd looks for the user's units; created if it is not there.
        command: The program `edge-news`.
        data_dir: What it works on.
        delivery: One of `DELIVERIES`; without it notifications are written to a file alone, as before.

    Raises:
        StorageError: They cannot be written, or a path has characters that mean something else in a unit.
    """
    for path in (command, data_dir):
        if not _PLAIN.fullmatch(str(path)):
            raise StorageError(
                f"{str(path)!r} cannot stand in a unit: use an absolute path of letters, digits and /._+@-"
            )
    wanted = {unit.relative_to(PACKAGED): unit for unit in UNITS}
    if delivery:
        wanted[_DELIVERY] = PACKAGED / "deliver" / f"{delivery}.conf"
    written = []
    try:
        if not delivery:
            (directory / _DELIVERY).unlink(missing_ok=True)
        for name, unit in wanted.items():
            text = unit.read_text(encoding="utf-8").replace(_COMMAND, str(command)).replace(_DATA_DIR, str(data_dir))
            target = directory / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
            written.append(target)
    except OSError as error:
        raise StorageError(f"{directory}: units cannot be written: {error}") from error
    return written


def this_command() -> Path:
    """The `edge-news` that was installed for the Python that runs.

    Raises:
        StorageError: There is none.
    """
    user_scripts = sysconfig.get_path("scripts", sysconfig.get_preferred_scheme("user"))
    folders = [
        str(Path(sys.executable).parent),  # a virtual environment's own, so links stay as they are
        sysconfig.get_path("scripts"),
        user_scripts,  # of `pip install --user`
    ]
    found = shutil.which("edge-news", path=os.pathsep.join(folders)) or shutil.which("edge-news")
    if found is None:
        raise StorageError(
            f"no edge-news in {', '.join(dict.fromkeys(folders))} nor on the PATH", Remedy.PYTHON_OF_PACKAGE
        )
    return Path(found).absolute()
