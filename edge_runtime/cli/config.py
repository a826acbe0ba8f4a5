"""The reader's settings of the command line: a file, over which the environment goes, over which go options.

# ~/.config/edge-news/config.toml
data = "~/news"      # the data directory, as --data and EDGE_NEWS_DATA
limit = 20           # how many articles feed, latest and search list
colour = "auto"      # or "always" or "never"; NO_COLOR is never
articles = 20000     # how many articles are kept, 1,000 to 100,000
pager = "less -S"    # what shows long lists on a terminal, as PAGER; "" is none
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edge_runtime.cli.arguments import did_you_mean
from edge_runtime.cli.printing import spelled
from edge_runtime.errors import EdgeError, StorageError
from edge_runtime.storage.limits import MAX_ARTICLES, MOST_ARTICLES
from edge_runtime.storage.places import config_home, data_home, expanded

COLOURS = ("auto", "always", "never")
_FEWEST_ARTICLES = 1_000


class ConfigError(EdgeError):
    """The file of settings cannot be read, or says what is no setting."""


@dataclass(frozen=True, slots=True)
class Config:
    """What the file says, or what is usual."""

    data: str = ""  # "" is the platform's folder
    limit: int = 0  # 0 is what the command usually lists
    articles: int = MAX_ARTICLES
    colour: str = "auto"
    pager: str | None = None  # None is what is usual, "" is none


# What each value must be, and how that is told.
_KEYS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "data": (lambda value: isinstance(value, str) and value.startswith(("/", "~")), "an absolute path"),
    "limit": (lambda value: type(value) is int and 1 <= value < 1_000_000, "a whole number of 1 or more"),
    "articles": (
        lambda value: type(value) is int and _FEWEST_ARTICLES <= value <= MOST_ARTICLES,
        f"a whole number of {_FEWEST_ARTICLES} to {MOST_ARTICLES}",
    ),
    "colour": (lambda value: value in COLOURS, f"one of {', '.join(COLOURS)}"),
    "pager": (lambda value: isinstance(value, str), "a command, in quotes"),
}


def config_path() -> Path | None:
    """Where the file would be; None if no home directory is known."""
    try:
        return config_home() / "edge-news" / "config.toml"
    except StorageError:
        return None


def read_config(path: Path | None) -> Config:
    """Read the file; without one, or in a home that is closed to this user, all is as usual.

    Raises:
        ConfigError: No TOML, an unknown key, or a value that cannot be.
        OSError: It is there but cannot be read.
    """
    if path is None:
        return Config()
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return Config()
    except PermissionError:
        if _may_be_there(path):
            raise
        return Config()
    import tomllib  # loaded here: most readers have no such file

    try:
        found = tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: no TOML: {error}") from error
    for key, value in found.items():
        if key not in _KEYS:
            remedy = did_you_mean(key, _KEYS) or f"known are {', '.join(_KEYS)}"
            raise ConfigError(f"{path}: no setting {spelled(key)!r}; {remedy}")
        is_right, wanted = _KEYS[key]
        if not is_right(value):
            raise ConfigError(f"{path}: {key} = {value!r}; give {wanted}")
    return Config(**found)


def _may_be_there(path: Path) -> bool:
    """False if a folder above is closed to this user: then the home is another user's, as after `sudo -u`."""
    try:
        path.lstat()
    except PermissionError:
        return False
    except OSError:
        pass
    return True


def data_directory(asked: Path | None, config: Config) -> Path:
    """Where cache and profile are: what `--data` says, else EDGE_NEWS_DATA, the file, the platform's folder.

    Raises:
        ConfigError: What was set is relative, so it would be another one in each folder.
        StorageError: No home directory is known.
    """
    if asked:
        return asked
    for setting, named in (("EDGE_NEWS_DATA", os.environ.get("EDGE_NEWS_DATA", "")), ("data", config.data)):
        if named:
            if not os.path.isabs(path := expanded(named)):
                raise ConfigError(f"{setting} = {named!r}; give an absolute path")
            return Path(path)
    return data_home() / "edge-news"
