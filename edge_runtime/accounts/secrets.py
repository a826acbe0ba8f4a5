"""The secrets of accounts, in a file for the reader alone: none is in a database, an export or a message."""

from __future__ import annotations

import json
import os
from pathlib import Path

from edge_runtime.errors import Remedy, StorageError

FILE = "accounts.json"


def read_secrets(data_dir: Path) -> dict[int, str]:
    """The secret of each account, by its number.

    Raises:
        StorageError: The file cannot be read, or is not what `write_secrets` writes.
    """
    path = data_dir / FILE
    try:
        found = json.loads(path.read_bytes())
        if not all(isinstance(secret, str) for secret in found.values()):
            raise ValueError("a secret is a text")
        return {int(number): secret for number, secret in found.items()}
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise StorageError(f"{path}: cannot be read: {error.strerror}", Remedy.CHECK_RIGHTS) from error
    except (ValueError, AttributeError) as error:
        raise StorageError(f"{path}: no secrets of accounts", Remedy.MOVE_AWAY) from error


def write_secrets(data_dir: Path, secrets: dict[int, str]) -> None:
    """Keep these and no others.

    Raises:
        StorageError: It could not be written; what was there stays.
    """
    path = data_dir / FILE
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        partial.unlink(missing_ok=True)
        with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump({str(number): secret for number, secret in secrets.items()}, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise StorageError(f"{path}: not written: {error.strerror}", Remedy.CHECK_RIGHTS) from error


def erase_secrets(data_dir: Path) -> None:
    """Forget all of them, and overwrite their bytes.

    Raises:
        StorageError: They cannot be deleted.
    """
    path = data_dir / FILE
    try:
        if path.exists():
            path.write_bytes(bytes(path.stat().st_size))
            path.unlink()
    except OSError as error:
        raise StorageError(f"{path}: not deleted: {error.strerror}", Remedy.CHECK_RIGHTS) from error
