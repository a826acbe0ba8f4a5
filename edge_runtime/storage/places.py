"""Where a user's own files are: one rule for the command line, the units of systemd and the app; and which bundle."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

from edge_runtime.errors import Remedy, StorageError

DEFAULT_BUNDLE = Path(__file__).parents[1] / "default" / "news.bundle"
INSTALLED_BUNDLE = "news.bundle"


def bundle_of(data_dir: Path) -> Path:
    """The data directory's own bundle, else the one that came with the package."""
    installed = data_dir / INSTALLED_BUNDLE
    return installed if installed.exists() else DEFAULT_BUNDLE


def home_directory() -> Path:
    """HOME if it is an absolute path, else what the password database says.

    Raises:
        StorageError: Neither is one.
    """
    home = os.environ.get("HOME", "")
    if not os.path.isabs(home):
        try:
            home = pwd.getpwuid(os.getuid()).pw_dir
        except KeyError:
            home = ""
    if not os.path.isabs(home):
        said = f"HOME is no absolute path, and the password database has none for user {os.getuid()}"
        raise StorageError(f"no home directory is known: {said}", Remedy.SET_HOME)
    return Path(home)


def data_home() -> Path:
    """The folder of a user's data: XDG_DATA_HOME, else ~/.local/share.

    Raises:
        StorageError: No home directory is known.
    """
    return _folder("XDG_DATA_HOME", ".local", "share")


def config_home() -> Path:
    """The folder of a user's settings: XDG_CONFIG_HOME, else ~/.config.

    Raises:
        StorageError: No home directory is known.
    """
    return _folder("XDG_CONFIG_HOME", ".config")


def expanded(path: str) -> str:
    """A path with a ~ at its beginning spelled out: this user's home as above, another's as `~name`.

    Raises:
        StorageError: No home directory is known.
    """
    is_own = path == "~" or path.startswith("~/")
    return f"{home_directory()}{path[1:]}" if is_own else os.path.expanduser(path)


def _folder(variable: str, *usual: str) -> Path:
    """What a variable names; a relative path is to be ignored, says the XDG specification."""
    named = os.environ.get(variable, "")
    return Path(named) if os.path.isabs(named) else home_directory().joinpath(*usual)
