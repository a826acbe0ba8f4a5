"""Who may look: the password, who is logged in, and the secret address of the feeds; in a file for the reader alone.

Another process may write the file, as `edge-news serve --new-password` does: what it says counts from the next request.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from edge_runtime import Remedy, StorageError
from edge_runtime.web import password

FILE = "web.json"
LASTS = timedelta(days=180)  # how long a browser stays logged in
_NOT_THERE = (0, 0, 0)
_MOST_SESSIONS = 50  # then the oldest has to log in again


@dataclass(slots=True)
class _Kept:
    """What is in the file."""

    password: dict[str, object] = field(default_factory=dict)
    sessions: dict[str, float] = field(default_factory=dict)  # hash of the token -> when it was made, seconds UTC
    feed: str = ""  # the secret part of the feeds' address


class Access:
    """What `web.json` in the data directory says; from any thread."""

    def __init__(self, data_dir: Path) -> None:
        """Read nothing yet."""
        self._path = data_dir / FILE
        self._lock = threading.RLock()
        self._kept, self._read_of = _Kept(), _NOT_THERE
        self._passing: dict[str, float] = {}  # sessions of private reading, which are kept nowhere

    @property
    def has_password(self) -> bool:
        """Whether a password was made."""
        return bool(self._now_kept().password)

    @property
    def mark(self) -> str:
        """Another one for each password; "" before one was made."""
        return str(self._now_kept().password.get("salt", ""))

    @property
    def feed_secret(self) -> str:
        """The secret part of the feeds' address; "" before one was made."""
        return self._now_kept().feed

    def new_password(self) -> str:
        """Make another password; whoever was logged in is so no longer.

        Raises:
            StorageError: It could not be kept; the old one is still right.
        """
        made = password.new_password()
        with self._lock, self._changing() as kept:
            kept.password, kept.sessions = password.hashed(made), {}
            self._passing = {}
        return made

    def new_feed_secret(self) -> str:
        """Make another address of the feeds; the old one leads nowhere any more.

        Raises:
            StorageError: It could not be kept; the old one still leads there.
        """
        made = secrets.token_urlsafe(24)
        with self._lock, self._changing() as kept:
            kept.feed = made
        return made

    def is_right(self, typed: str) -> bool:
        """Whether this is the password."""
        kept = self._now_kept().password
        return bool(kept) and password.is_right(typed, kept)  # not locked: every page asks who is logged in

    def is_feed_secret(self, given: str) -> bool:
        """Whether this is the secret part of the feeds' address."""
        secret = self.feed_secret
        return bool(secret) and hmac.compare_digest(given.encode(), secret.encode())

    def log_in(self, now: datetime, *, keeps: bool = True, of: str | None = None) -> str:
        """A token by which a browser is known from now on; "" if there is another password by now.

        Args:
            now: UTC-aware.
            keeps: Whether it outlives this process.
            of: `mark` before the password was looked at; not given, any password counts.

        Raises:
            StorageError: It could not be kept.
        """
        token, at = secrets.token_urlsafe(32), now.timestamp()
        with self._lock:
            if of not in (None, self.mark):
                return ""
            if not keeps:
                self._passing = _newest({**self._passing, _digest(token): at})
                return token
            with self._changing() as kept:
                if of not in (None, kept.password.get("salt", "")):  # another process has just made one
                    return ""
                going_on = {name: at for name, at in kept.sessions.items() if _goes_on(at, now)}
                kept.sessions = _newest({**going_on, _digest(token): at})
        return token

    def is_logged_in(self, token: str, now: datetime) -> bool:
        """Whether a token was given to a browser, and not taken back since."""
        name = _digest(token)
        kept = self._now_kept()
        at = kept.sessions.get(name, self._passing.get(name))
        return at is not None and _goes_on(at, now)

    def log_out(self, token: str) -> None:
        """Take a token back.

        Raises:
            StorageError: It could not be written.
        """
        name = _digest(token)
        with self._lock:
            self._passing.pop(name, None)
            if name in self._now_kept().sessions:
                with self._changing() as kept:
                    kept.sessions.pop(name, None)

    def _now_kept(self) -> _Kept:
        """What the file says by now."""
        with self._lock:
            try:
                version = _version(self._path)
            except FileNotFoundError:
                version, self._kept = _NOT_THERE, _Kept()
            if version not in (self._read_of, _NOT_THERE):
                self._kept = _read(self._path)
            if version != self._read_of:
                self._passing, self._read_of = {}, version  # maybe for a new password
            return self._kept

    @contextmanager
    def _changing(self) -> Iterator[_Kept]:
        """What the file says, to be changed and written while no other process does."""
        folder = -1
        try:
            folder = os.open(self._path.parent, os.O_RDONLY)
            fcntl.flock(folder, fcntl.LOCK_EX)
            kept = _read(self._path) if self._path.exists() else _Kept()
            if kept.password != self._kept.password:
                self._passing = {}
            yield kept
            _write(self._path, kept)
            self._kept, self._read_of = kept, _version(self._path)
        except OSError as error:
            raise StorageError(f"{self._path}: not written: {error.strerror}", Remedy.CHECK_RIGHTS) from error
        finally:
            if folder >= 0:
                os.close(folder)


def _version(path: Path) -> tuple[int, int, int]:
    state = path.stat()
    return state.st_mtime_ns, state.st_ino, state.st_size


def _read(path: Path) -> _Kept:
    try:
        found = json.loads(path.read_bytes())
        return _Kept(dict(found["password"]), dict(found["sessions"]), str(found["feed"]))
    except OSError as error:
        raise StorageError(f"{path}: cannot be read: {error.strerror}", Remedy.CHECK_RIGHTS) from error
    except (ValueError, KeyError, TypeError) as error:
        raise StorageError(f"{path}: no settings of this program", Remedy.MOVE_AWAY) from error


def _write(path: Path, kept: _Kept) -> None:
    """Whole or not at all, and readable by its owner alone."""
    partial = path.with_name(f"{FILE}.partial")
    partial.unlink(missing_ok=True)
    with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(asdict(kept), file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    os.replace(partial, path)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _goes_on(at: float, now: datetime) -> bool:
    return now.timestamp() - at < LASTS.total_seconds()


def _newest(sessions: dict[str, float]) -> dict[str, float]:
    return dict(sorted(sessions.items(), key=lambda item: item[1])[-_MOST_SESSIONS:])
