"""Text vectors of a catalogue that is too large for one process or for memory; see `trainer.data.catalogue`."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module

import pyarrow as pa

from edge_runtime import Article
from trainer.data.catalogue import Encode
from trainer.errors import CatalogueError, TextVectorsError
from trainer.text_vectors.packages import PACKAGES
from trainer.text_vectors.sources import made_by, text_for

_THREADS = "TF_NUM_INTRAOP_THREADS"
KINDS = tuple(kind for kind in PACKAGES if kind != "lsa")  # lsa learns from all texts at once


@dataclass(frozen=True, slots=True)
class TextEncoding:
    """An `ArticleEncoding`: a float32 vector of each article's title, or of its abstract where it has none."""

    kind: str  # one of KINDS
    made: str  # with the release of its package

    @classmethod
    def of(cls, kind: str) -> TextEncoding:
        """By an installed package.

        Raises:
            TextVectorsError: It is not installed, or this kind needs all texts at once.
        """
        if kind not in KINDS:
            why = "learns from all articles at once" if kind == "lsa" else "is no kind of text vectors"
            raise TextVectorsError(f"text vectors {kind!r}: {why}; choose one of {', '.join(KINDS)}")
        return cls(kind, made_by(kind))

    @property
    def made_by(self) -> Mapping[str, str]:
        """See `ArticleEncoding`."""
        return {"text vectors": self.made}

    def load(self) -> Encode:
        """See `ArticleEncoding`.

        Raises:
            TextVectorsError: The package is not installed here, or is damaged.
            CatalogueError: This machine has another release of it.
        """
        if (made := made_by(self.kind)) != self.made:
            raise CatalogueError(
                f"{socket.gethostname()}: has {made}, not {self.made}; install the same on all machines"
            )
        if self.kind == "minilm":
            _one_thread()
        encode_texts = import_module(f"trainer.text_vectors.{self.kind}").load()

        def encode(articles: Sequence[Article]) -> pa.Table:
            vectors = encode_texts([text_for(self.kind, article) for article in articles], lambda texts: None)
            values = pa.array(vectors.ravel())
            return pa.table({"vector": pa.FixedSizeListArray.from_arrays(values, vectors.shape[1])})

        return encode


def _one_thread() -> None:
    """Let TensorFlow compute on one thread: of several, each shares a sum in another way, and the last bits differ.

    Raises:
        CatalogueError: It computes on several already, as in a notebook that has used it.
    """
    import tensorflow as tf

    if 1 in (tf.config.threading.get_intra_op_parallelism_threads(), int(os.environ.get(_THREADS) or 0)):
        return
    try:
        tf.config.threading.set_intra_op_parallelism_threads(1)
    except RuntimeError as error:
        raise CatalogueError(
            "TensorFlow runs on several threads in this process, which changes last digits; "
            f"encode in two or more processes, or set {_THREADS}=1 before it starts"
        ) from error
