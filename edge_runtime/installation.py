"""Giving a data directory another bundle."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from edge_runtime.model.bundle import read_bundle
from edge_runtime.model.news_model import NewsModel
from edge_runtime.storage.database import private_directory
from edge_runtime.storage.places import DEFAULT_BUNDLE, INSTALLED_BUNDLE, bundle_of

__all__ = ["DEFAULT_BUNDLE", "bundle_of", "install_bundle"]


def install_bundle(data_dir: Path, bundle: Path, engine: str | None = None) -> None:
    """Make a bundle the data directory's own, once it has proved right on this device.

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
    partial = target.with_suffix(f".{os.getpid()}.partial")
    try:
        partial.touch(mode=0o600)
        shutil.copyfile(bundle, partial)
        with partial.open("rb+") as file:
            os.fsync(file.fileno())
        read_bundle(partial)
        os.replace(partial, target)
    finally:
        partial.unlink(missing_ok=True)
