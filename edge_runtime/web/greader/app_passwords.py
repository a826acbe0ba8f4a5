"""Passwords for apps, one for each, and the tokens that they get for them; in a file for the reader alone.

Each can be taken back by itself, and its tokens with it. Neither is kept, only what it gives: a password by scrypt, a
token, which is long and random, by SHA-256. Another process may write the file, as `edge-news serve --app-password`
does: what it says counts from the next request.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from edge_runtime import Remedy, StorageError, UnknownNameError, msgid
from edge_runtime.web import password

FILE = "apps.json"
MOST_TOKENS = 20  # of one app; some ask for one at each start, and then the oldest goes
MOST_NAME = 40

_NOT_THERE = (0, 0, 0)


@dataclass(slots=True)
class App:
    """What is kept of an app."""

    password: dict[str, object]
    made: float  # seconds UTC
    tokens: dict[str, float] = field(default_factory=dict)  # hash of each -> when it was given, seconds UTC


class AppPasswords:
    """What `apps.json` in the data directory says; from any thread."""

    def __init__(self, data_dir: Path) -> None:
        """Read nothing yet."""
        self._path = data_dir / FILE
        self._lock = threading.RLock()
        self._apps: dict[str, App] = {}
        self._read_of = _NOT_THERE
        self._passing: dict[str, str] = {}  # hash of a token -> app; of private reading, they are kept nowhere

    def apps(self) -> list[tuple[str, datetime]]:
        """Name of each app that has a password, and when it was made; by name."""
        return [(name, datetime.fromtimestamp(app.made, UTC)) for name, app in sorted(self._now_kept().items())]

    def make(self, name: str, now: datetime) -> str:
        """Make a password for an app; the one before and its tokens open nothing any more.

        Args:
            name: The reader's for the app, which logs in by it.
            now: UTC-aware.

        Raises:
            ValueError: It cannot be typed as the name of a user.
            StorageError: It could not be kept; nothing has changed.
        """
        made = password.new_password()
        with self._changing() as apps:
            apps[checked_name(name)] = App(password.hashed(made), now.timestamp())
        return made

    def revoke(self, name: str) -> None:
        """Take an app's password back, and its tokens.

        Raises:
            UnknownNameError: It has none.
            StorageError: It could not be written; nothing has changed.
        """
        with self._changing() as apps:
            if name not in apps:
                raise UnknownNameError(msgid("app"), name, tuple(sorted(apps)))
            del apps[name]

    def log_in(self, name: str, typed: str, now: datetime, *, keeps: bool = True) -> str:
        """A token by which an app is known from now on; "" if the password is wrong.

        Args:
            name: Of the app.
            typed: The password.
            now: UTC-aware.
            keeps: Whether the token outlives this process.

        Raises:
            StorageError: It could not be kept.
        """
        app = self._now_kept().get(name)
        is_right = password.is_right(typed, app.password if app else _decoy())  # not locked: the desk asks `app_of`
        if not is_right or app is None:
            return ""
        token = secrets.token_urlsafe(32).rstrip("=")  # apps part lines at "="
        if not keeps:
            with self._lock:
                others = [kept for kept, app in self._passing.items() if app == name]
                for oldest in others[: 1 - MOST_TOKENS]:
                    del self._passing[oldest]
                self._passing[_digest(token)] = name
            return token
        with self._changing() as apps:
            if apps.get(name) is None or apps[name].password != app.password:  # taken back meanwhile
                return ""
            tokens = {**apps[name].tokens, _digest(token): now.timestamp()}
            newest = sorted(tokens.items(), key=lambda item: item[1])[-MOST_TOKENS:]
            apps[name].tokens = dict(newest)
        return token

    def app_of(self, token: str) -> str:
        """The app that a token was given to; "" if it was to none, or was taken back."""
        apps, name = self._now_kept(), _digest(token)
        return next((app for app, kept in apps.items() if name in kept.tokens), self._passing.get(name, ""))

    def _now_kept(self) -> dict[str, App]:
        """What the file says by now."""
        with self._lock:
            version = _version(self._path)
            if version != self._read_of:
                self._take(_read(self._path), version)
            return self._apps

    def _take(self, apps: dict[str, App], version: tuple[int, int, int]) -> None:
        before = {name: app.made for name, app in self._apps.items()}
        self._apps, self._read_of = apps, version
        self._passing = {
            token: name for token, name in self._passing.items() if name in apps and apps[name].made == before.get(name)
        }

    @contextmanager
    def _changing(self) -> Iterator[dict[str, App]]:
        """What the file says, to be changed and written while no other process does."""
        folder = -1
        with self._lock:
            try:
                folder = os.open(self._path.parent, os.O_RDONLY)
                fcntl.flock(folder, fcntl.LOCK_EX)
                apps = _read(self._path)
                yield apps
                _write(self._path, apps)
                self._take(apps, _version(self._path))
            except OSError as error:
                raise StorageError(f"{self._path}: not written: {error.strerror}", Remedy.CHECK_RIGHTS) from error
            finally:
                if folder >= 0:
                    os.close(folder)


def checked_name(name: str) -> str:
    """The name of an app.

    Raises:
        ValueError: It cannot be typed as the name of a user.
    """
    if not (name.isprintable() and name.strip() == name and 1 <= len(name) <= MOST_NAME):
        raise ValueError(f"{name[:80]!r}: give an app a name of 1 to {MOST_NAME} characters, such as phone")
    return name


def _version(path: Path) -> tuple[int, int, int]:
    try:
        state = path.stat()
    except FileNotFoundError:
        return _NOT_THERE
    return state.st_mtime_ns, state.st_ino, state.st_size


def _read(path: Path) -> dict[str, App]:
    try:
        found = json.loads(path.read_bytes())
        return {
            str(name): App(
                dict(app["password"]), float(app["made"]), {str(t): float(at) for t, at in app["tokens"].items()}
            )
            for name, app in found.items()
        }
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise StorageError(f"{path}: cannot be read: {error.strerror}", Remedy.CHECK_RIGHTS) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StorageError(f"{path}: no passwords of apps", Remedy.MOVE_AWAY) from error


def _write(path: Path, apps: dict[str, App]) -> None:
    """The whole file, or the one before stays."""
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    data = json.dumps({name: asdict(app) for name, app in apps.items()}, ensure_ascii=False, indent=1)
    try:
        with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(data.encode())
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


@cache
def _decoy() -> dict[str, object]:
    """What no password gives, so that an unknown name takes as long as a wrong password."""
    return password.hashed(secrets.token_hex())


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
