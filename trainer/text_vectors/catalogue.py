"""Text vectors of a catalogue that is too large for one process or for memory; see `trainer.data.catalogue`."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from edge_runtime import Article
from trainer.data.catalogue import Encode
from trainer.data.catalogue_files import read_catalogue
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


def catalogue_vectors(
    folder: Path, article_ids: Sequence[str], progress: Callable[[int], object]
) -> NDArray[np.float32]:
    """Vectors of some articles of an encoded catalogue; a shard at a time is in memory.

    Returns:
        (len(article_ids), dim) float32.

    Raises:
        CatalogueError: There is no whole catalogue in the folder.
        TextVectorsError: It has no text vectors, or an article is not in it.
    """
    row_of = {article_id: row for row, article_id in enumerate(article_ids)}
    found = np.zeros(len(article_ids), bool)
    vectors = np.zeros((len(article_ids), 0), np.float32)
    for table in read_catalogue(folder)[1]:
        if "vector" not in table.column_names:
            raise TextVectorsError(f"{folder}: was encoded by a bundle; a teacher reads text vectors: encode those")
        rows = np.array([row_of.get(article_id, -1) for article_id in table["article_id"].to_pylist()], np.int64)
        column = table["vector"].combine_chunks()
        if not vectors.shape[1]:
            vectors = np.zeros((len(article_ids), column.type.list_size), np.float32)
        values = column.flatten().to_numpy().reshape(len(rows), -1)
        vectors[rows[rows >= 0]] = values[rows >= 0]
        progress(int(np.count_nonzero(~found[rows[rows >= 0]])))
        found[rows[rows >= 0]] = True
    if not found.all():
        first = article_ids[int(np.argmin(found))]
        raise TextVectorsError(
            f"{folder}: lacks {np.count_nonzero(~found)} of {len(found)} articles, first {first!r}; "
            "encode the articles of this log into it"
        )
    return vectors


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
