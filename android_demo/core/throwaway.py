"""A second reader for a moment, in a folder that is removed again; the reader's own profile learns nothing of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import edge_runtime

if TYPE_CHECKING:
    from android_demo.core.session import Session
    from edge_runtime import Reader

FOLDER = "for-a-moment"  # beside the reader's data


@contextmanager
def throwaway_reader(
    session: Session, profile: Mapping[str, Any] | bytes, engine: str | None = None
) -> Iterator[Reader]:
    """A reader without articles and feeds, on the bundle of the session's.

    Args:
        session: Open; it is only read.
        profile: As `Reader.export_profile` gives it, or a file of it.
        engine: As of `Reader.open`.

    Raises:
        ProfileFileError: It is no profile.
        StorageError: The device has no room for it.
    """
    folder = session.data_dir.with_name(FOLDER)
    remove_throwaway(session.data_dir)
    installed = session.data_dir / "news.bundle"
    bundle = session.bundle or (installed if installed.exists() else None)
    try:
        with edge_runtime.Reader.open(folder, bundle, engine) as reader:
            reader.import_profile(profile if isinstance(profile, bytes) else json.dumps(profile).encode())
            yield reader
    finally:
        remove_throwaway(session.data_dir)


def remove_throwaway(data_dir: Path) -> None:
    """Remove what a start that was cut short may have left."""
    shutil.rmtree(data_dir.with_name(FOLDER), ignore_errors=True)
