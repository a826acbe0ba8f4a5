"""Candidates of a search on disk, so that one which was interrupted goes on where it was."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np

from trainer.compression.rebuild import cloned, compile_like
from trainer.compression.step import Candidate
from trainer.errors import ConfigError


class Journal:
    """What was made, in order, in a folder; without a folder nothing is remembered."""

    def __init__(self, folder: str | Path | None, original: keras.Model, settings: str = "") -> None:
        """Open a folder.

        Args:
            folder: May be there already, from the same search.
            original: What the search is about.
            settings: All else that decides what is made.

        Raises:
            ConfigError: The folder belongs to another search, or cannot be written.
        """
        self._folder = None if folder is None else Path(folder)
        self._number, self._original = 0, original
        if self._folder is None:
            return
        weights = b"".join(np.ascontiguousarray(weight).tobytes() for weight in original.get_weights())
        about = hashlib.sha256(weights + settings.encode()).hexdigest()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            known = self._folder / "search.json"
            if not known.exists():
                known.write_text(json.dumps({"about": about}), "utf-8")
            if json.loads(known.read_text("utf-8")).get("about") != about:
                raise ConfigError(f"{folder}: holds a search of another model or other settings; give an empty folder")
        except (OSError, ValueError) as error:
            raise ConfigError(f"{folder}: cannot keep candidates there: {error}; give another folder") from error

    def remembered(self, name: str, make: Callable[[], Candidate]) -> Candidate:
        """The next candidate: from the folder, or made and kept there.

        Args:
            name: Of the candidate.
            make: Makes it.

        Raises:
            ConfigError: The folder cannot be written.
        """
        if self._folder is None:
            return make()
        self._number += 1
        stem = self._folder / f"{self._number:02d}"
        if stem.with_suffix(".json").exists():
            return _read(stem, name, self._original)
        candidate = make()
        try:
            _write(stem, name, candidate)
        except OSError as error:
            raise ConfigError(f"{stem}: cannot be written: {error}; give another folder") from error
        return candidate


def _write(stem: Path, name: str, candidate: Candidate) -> None:
    candidate.model.save(stem.with_suffix(".keras"))
    packed: dict[str, Any] = {path: np.packbits(mask) for path, mask in candidate.masks.items()}
    np.savez(stem.with_suffix(".npz"), **packed)
    facts = {
        "name": name,
        "kind": candidate.kind,
        "exact": candidate.exact,
        "masks": {path: mask.shape for path, mask in candidate.masks.items()},
        "ranges": candidate.ranges,
        "skipped": candidate.skipped,
        "notes": candidate.notes,
    }
    partial = stem.with_suffix(".partial")
    partial.write_text(json.dumps(facts), "utf-8")
    os.replace(partial, stem.with_suffix(".json"))


def _read(stem: Path, name: str, original: keras.Model) -> Candidate:
    facts = json.loads(stem.with_suffix(".json").read_text("utf-8"))
    if facts["name"] != name:
        raise ConfigError(f"{stem}: holds {facts['name']!r} where {name!r} comes; give an empty folder")
    # Layers and losses of one's own need not be registered: the original has them.
    own = {type(layer).__name__: type(layer) for layer in original._flatten_layers()}
    read = keras.models.load_model(stem.with_suffix(".keras"), custom_objects=own, compile=False, safe_mode=False)
    # The weights of a Sequential that was read have other paths, until it is built as the steps build their copies.
    model = cloned(read)
    compile_like(model, original)
    candidate = Candidate(model, kind=facts["kind"], exact=facts["exact"])
    with np.load(stem.with_suffix(".npz")) as packed:
        masks = {
            path: np.unpackbits(packed[path], count=int(np.prod(shape))).reshape(shape).astype(bool)
            for path, shape in facts["masks"].items()
        }
    ranges = {layer: (low, high) for layer, (low, high) in facts["ranges"].items()}
    return replace(candidate, masks=masks, ranges=ranges, skipped=facts["skipped"], notes=facts["notes"])
