"""Which languages a bundle reads: those that its maker names, else those of the log."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence

from trainer.data.dataset import ClickDataset
from trainer.data.translations import speaks
from trainer.errors import LogError

LEAST_SHARE = 0.05  # of the articles; a language of fewer is no language of the log


def languages_of(dataset: ClickDataset, named: Sequence[str]) -> tuple[str, ...]:
    """The languages that a bundle of a log reads, the main one first.

    Args:
        dataset: The log.
        named: What the settings say; if nothing, the languages of the log are taken, without their regions.

    Raises:
        LogError: A named language is contradicted: all articles say that they are in others, and no translation is
            in it.
    """
    told = Counter(article.language for article in dataset.articles if article.language)
    if not named:
        unstated = len(dataset.articles) - told.total()
        if unstated:
            told[dataset.original_language] += unstated
        return _largest(told) or (dataset.original_language,)
    translated = dataset.translations["language"].unique().to_pylist()
    # Of an article that names no language the settings may know better than the log, unless it is to be translated.
    is_open = told.total() < len(dataset.articles) and not translated
    spoken = [*told, *translated, *([dataset.original_language] if told.total() < len(dataset.articles) else [])]
    for wanted in named:
        if not is_open and not any(speaks(language, wanted) for language in spoken):
            raise LogError(
                f"no article has text in {wanted!r}, which is named as a language to read: the log has "
                f"{', '.join(sorted(set(spoken)))}; name these, or none to take them from the log, or give "
                f"translations as {wanted}=FILE"
            )
    others = [language for language in _largest(told) if not any(speaks(language, wanted) for wanted in named)]
    if others and not translated:
        warnings.warn(
            f"many articles are in {', '.join(others)}, which is not named as a language to read: the bundle will not "
            "claim to read it",
            stacklevel=2,
        )
    return tuple(named)


def _largest(told: Counter[str]) -> tuple[str, ...]:
    """Languages of a good part of the articles, without regions, most articles first."""
    counts: Counter[str] = Counter()
    for language, count in told.items():
        counts[language.partition("-")[0].lower()] += count
    return tuple(language for language, count in counts.most_common() if count >= LEAST_SHARE * counts.total())
