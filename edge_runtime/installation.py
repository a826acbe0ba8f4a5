"""Giving a data directory another bundle."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

from edge_runtime.errors import BundleError
from edge_runtime.model.bundle import read_bundle
from edge_runtime.model.news_model import NewsModel
from edge_runtime.storage.database import private_directory
from edge_runtime.storage.places import DEFAULT_BUNDLE, INSTALLED_BUNDLE, bundle_of

__all__ = ["DEFAULT_BUNDLE", "bring_back_bundle", "bundle_of", "install_bundle", "is_bundle_installed"]

BUNDLE_BEFORE = f"{INSTALLED_BUNDLE}.before"


def install_bundle(data_dir: Path, bundle: Path, engine: str | None = None) -> None:
    """Make a bundle the data directory's own, once it has proved right on this device.

    The one that was installed before is kept: `bring_back_bundle`.

    Args:
        data_dir: Where cache, profile and subscriptions live.
        bundle: The file.
        engine: What is to prove it; the first that runs it if not given.

    Raises:
        BundleError: Damaged, too new, or computed wrongly here; what was installed before stays.
        EngineError: The engine is not installed, or none runs the bundle.
        StorageError: The data directory cannot be written.
    """
    private_directory(data_dir)
    NewsModel(read_bundle(bundle), engine).check_golden()
    target = data_dir / INSTALLED_BUNDLE
    if target.exists() and target.samefile(bundle):
        return
    (data_dir / BUNDLE_BEFORE).unlink(missing_ok=True)
    if target.exists():
        with suppress(BundleError):  # nobody goes back to one that is damaged
            _copy(target, data_dir / BUNDLE_BEFORE)
    _copy(bundle, target)


def bring_back_bundle(data_dir: Path) -> None:
    """Use the bundle from before the last `install_bundle` again: an installed one, or the one of the package.

    A second call goes back to the package's. Nothing changes where that one is used.
    """
    before, target = data_dir / BUNDLE_BEFORE, data_dir / INSTALLED_BUNDLE
    if before.exists():
        os.replace(before, target)
    else:
        target.unlink(missing_ok=True)


def is_bundle_installed(data_dir: Path) -> bool:
    """Whether the data directory has a bundle of its own, so that there is one to go back to."""
    return (data_dir / INSTALLED_BUNDLE).exists()


def _copy(bundle: Path, target: Path) -> None:
    """Put a copy of a bundle where another may stand; a reader sees the old file or the whole new one."""
    partial = target.with_name(f"{target.name}.{os.getpid()}.partial")
    try:
        partial.touch(mode=0o600)
        shutil.copyfile(bundle, partial)
        with partial.open("rb+") as file:
            os.fsync(file.fileno())
        read_bundle(partial)
        os.replace(partial, target)
    finally:
        partial.unlink(missing_ok=True)
