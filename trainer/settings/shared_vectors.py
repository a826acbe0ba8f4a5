"""Where text vectors are kept that runs share: the same titles need to be read by a large model only once."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from trainer.errors import ConfigError


def usual_folder() -> Path:
    """`edge-news/vectors` in XDG_CACHE_HOME, else in ~/.cache; a relative path there is to be ignored, says XDG."""
    named = os.environ.get("XDG_CACHE_HOME", "")
    cache = Path(named) if os.path.isabs(named) else Path("~/.cache").expanduser()
    return cache / "edge-news" / "vectors"


def writable(folder: Path) -> Path:
    """The folder as an absolute path, made if it is not there yet.

    Raises:
        ConfigError: Nothing can be written to it.
    """
    try:
        folder = folder.expanduser().absolute()
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except (OSError, RuntimeError) as error:  # RuntimeError: no home directory is known
        raise ConfigError(f"{folder}: cannot be written: {getattr(error, 'strerror', None) or error}") from error
