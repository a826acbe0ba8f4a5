"""Vectors of a catalogue by a bundle, as a device's cache keeps them, for a server that sends them with a feed."""

from __future__ import annotations

import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from edge_runtime import Article, ArticleEncoder, read_bundle
from trainer.data.catalogue import Encode
from trainer.errors import CatalogueError


@dataclass(frozen=True, slots=True)
class BundleEncoding:
    """An `ArticleEncoding`: topic, int8 codes and scale of each article."""

    bundle: Path
    sha256: str
    engine: str  # name and release

    @classmethod
    def of(cls, bundle: Path) -> BundleEncoding:
        """By the first engine here that runs the bundle.

        Raises:
            BundleError: The file is no bundle that can be used.
            EngineError: No engine here runs it.
        """
        opened = read_bundle(bundle)
        return cls(bundle.resolve(), opened.sha256, ArticleEncoder(opened).engine)

    @property
    def made_by(self) -> Mapping[str, str]:
        """See `ArticleEncoding`."""
        return {"bundle": self.sha256, "engine": self.engine}

    def load(self) -> Encode:
        """See `ArticleEncoding`.

        Raises:
            CatalogueError: The file changed, or this machine has another engine.
        """
        opened = read_bundle(self.bundle)
        encoder = ArticleEncoder(opened)
        if opened.sha256 != self.sha256:
            raise CatalogueError(f"{self.bundle}: is another bundle than at the start; begin again in another folder")
        if encoder.engine != self.engine:
            raise CatalogueError(
                f"{socket.gethostname()}: computes with {encoder.engine}, the machine that gave the order with "
                f"{self.engine}; install the same on both"
            )

        def encode(articles: Sequence[Article]) -> pa.Table:
            found = encoder.encode(articles)
            width = found.codes.shape[1]
            codes = pa.FixedSizeBinaryArray.from_buffers(
                pa.binary(width), len(found.codes), [None, pa.py_buffer(np.ascontiguousarray(found.codes))]
            )
            topics = pa.array(found.topics, pa.string())
            return pa.table({"topic": topics, "scale": pa.array(found.scales), "codes": codes})

        return encode
