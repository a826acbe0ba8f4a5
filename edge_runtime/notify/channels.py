"""Where notifications go, in a file of its own: addresses of services hold secrets, which no exported profile has."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from edge_runtime.errors import Remedy, StorageError

FILE = "channels.json"


@dataclass(frozen=True, slots=True)
class Channels:
    """The ways that the reader asked for; without asking there is none."""

    desktop: bool = False  # this device's own notifications
    command: tuple[str, ...] = ()  # a program of the reader's with its arguments
    services: tuple[str, ...] = ()  # addresses that apprise knows, such as ntfy://topic

    def __bool__(self) -> bool:
        return bool(self.desktop or self.command or self.services)


def read_channels(data_dir: Path) -> Channels:
    """What was asked for.

    Raises:
        StorageError: The file cannot be read, or is not what `write_channels` writes.
    """
    path = data_dir / FILE
    try:
        found = json.loads(path.read_bytes())
        desktop, command, services = found["desktop"], found["command"], found["services"]
        if not (isinstance(desktop, bool) and all(isinstance(word, str) for word in (*command, *services))):
            raise ValueError("not the ways of notifications")
    except FileNotFoundError:
        return Channels()
    except OSError as error:
        raise StorageError(f"{path}: cannot be read: {error.strerror}", Remedy.CHECK_RIGHTS) from error
    except (ValueError, KeyError, TypeError) as error:
        raise StorageError(f"{path}: no settings of this program", Remedy.MOVE_AWAY) from error
    return Channels(desktop, tuple(command), tuple(services))


def write_channels(data_dir: Path, channels: Channels) -> None:
    """Keep what was asked for, for the reader alone.

    Raises:
        StorageError: It cannot be written; what was there stays.
    """
    path, partial = data_dir / FILE, data_dir / f"{FILE}.partial"
    try:
        partial.unlink(missing_ok=True)
        with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump(asdict(channels), file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    except OSError as error:
        raise StorageError(f"{path}: not written: {error.strerror}", Remedy.CHECK_RIGHTS) from error


def erase_channels(data_dir: Path) -> None:
    """Forget them, and overwrite their bytes.

    Raises:
        StorageError: They cannot be deleted.
    """
    path = data_dir / FILE
    try:
        for file in (path, data_dir / f"{FILE}.partial"):
            if file.exists():
                file.write_bytes(bytes(file.stat().st_size))
                file.unlink()
    except OSError as error:
        raise StorageError(f"{path}: not deleted: {error.strerror}", Remedy.CHECK_RIGHTS) from error
