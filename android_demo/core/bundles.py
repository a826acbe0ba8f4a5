"""Another model for the reader, and the way back to the one before."""

from __future__ import annotations

from pathlib import Path

import edge_runtime
from android_demo.core.session import Session
from edge_runtime import (
    BundleError,
    EdgeError,
    EngineError,
    Remedy,
    Sentence,
    StorageError,
)


def install(session: Session, path: Path) -> None:
    """Rank with the bundle of a file from now on; the reader is opened anew.

    Raises:
        BundleError: It is damaged, too new, or computed wrongly here; the one before goes on.
        EngineError: No engine runs it; likewise.
        StorageError: It cannot be kept; likewise.
    """
    if not path.is_file():
        raise BundleError(Sentence("There is no such file."))
    try:
        edge_runtime.install_bundle(session.data_dir, path)
        try:
            session.reopen(None)
        except EdgeError:
            edge_runtime.bring_back_bundle(session.data_dir)
            raise
    except OSError as error:
        raise StorageError(Sentence("The model could not be kept. The one before goes on.")) from error
    except BundleError as error:
        if error.remedy is Remedy.UPDATE:
            raise
        raise BundleError(Sentence("The file is no model, or it is damaged. The one before goes on.")) from error
    except EngineError as error:
        raise EngineError(Sentence("This device cannot run that model. The one before goes on.")) from error


def bring_back(session: Session) -> None:
    """Rank with the bundle before the last one that was installed, or with that of the app.

    Raises:
        EdgeError: The reader cannot be opened with it.
    """
    edge_runtime.bring_back_bundle(session.data_dir)
    session.reopen(None)


def can_bring_back(session: Session) -> bool:
    """Whether another bundle is used than that of the app."""
    return session.bundle is None and edge_runtime.is_bundle_installed(session.data_dir)
