"""Another model for the reader, and the way back to the one before."""

from __future__ import annotations

from pathlib import Path

from android_demo.core.session import Session
from edge_runtime import (
    BundleError,
    EdgeError,
    Remedy,
    StorageError,
    bring_back_bundle,
    install_bundle,
    is_bundle_installed,
    msgid,
)


def install(session: Session, path: Path) -> None:
    """Rank with the bundle of a file from now on; the reader is opened anew.

    Raises:
        BundleError: It is damaged, too new, or computed wrongly here; the one before goes on.
        EngineError: No engine runs it; likewise.
        StorageError: It cannot be kept; likewise.
    """
    if not path.is_file():
        raise BundleError(msgid("There is no file of this name that can be read"), Remedy.CHECK_PATH)
    try:
        install_bundle(session.data_dir, path)
    except OSError as error:
        raise StorageError(f"{path.name}: cannot be installed: {error.strerror}", Remedy.FREE_SPACE) from error
    try:
        session.reopen(None)
    except EdgeError:
        bring_back_bundle(session.data_dir)
        raise


def bring_back(session: Session) -> None:
    """Rank with the bundle before the last one that was installed, or with that of the app.

    Raises:
        EdgeError: The reader cannot be opened with it.
    """
    bring_back_bundle(session.data_dir)
    session.reopen(None)


def can_bring_back(session: Session) -> bool:
    """Whether another bundle is used than that of the app."""
    return session.bundle is None and is_bundle_installed(session.data_dir)
