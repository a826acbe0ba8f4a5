"""Lists of articles: printed with numbers, as JSON, and an article named by its number in the last list or its id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from edge_runtime.cli.call import Call, kept
from edge_runtime.cli.printing import age, clean_text
from edge_runtime.errors import UnknownArticleError
from edge_runtime.feeds.plain_text import cut_at_word
from edge_runtime.model.article_text import text_of
from edge_runtime.model.json_lines import Json
from edge_runtime.reader import Reader
from edge_runtime.types import Article, ArticleMarks, ScoredArticle

TITLE_CHARACTERS = 200
NUMBER_COLUMNS = 5
STORY_READ = "you have read another article of this story"


@dataclass(frozen=True, slots=True)
class Entry:
    """An article of a list, as it is printed."""

    article: Article
    fields: Json  # the same as JSON
    note: str = ""  # why it is here
    others: int = 0  # articles of its story that are not listed


def entry(scored: ScoredArticle) -> Entry:
    """A ranked article as it is printed."""
    note = f"{scored.reason} · {STORY_READ}" if scored.is_story_read else scored.reason
    return Entry(scored.article, scored_fields(scored), note, len(scored.same_story))


def plain_entry(article: Article, note: str = "") -> Entry:
    """An article that no ranking has looked at."""
    return Entry(article, article_fields(article), note)


def show_list(
    call: Call, reader: Reader, entries: Sequence[Entry], facts: Mapping[str, object], empty: str, heading: str = ""
) -> bool:
    """Print a list, and keep what its numbers stand for; in private mode it has ids in the place of numbers.

    Every list says what is read and what is saved.

    Args:
        call: Whose screen, time and `--peek` count.
        reader: Keeps the numbers.
        entries: In their order.
        facts: What the JSON says beside the articles.
        empty: What to say if there is none.
        heading: Printed first, if there is any entry.

    Returns:
        Whether the list was kept.
    """
    ids = [one.article.article_id for one in entries]
    may_keep = not (reader.private or getattr(call.options, "peek", False))
    is_kept = may_keep and kept(lambda: reader.remember_list(ids))
    lines = [call.screen.bold(heading), ""] if heading else []
    marks = reader.marks(ids)
    for number, (one, mark) in enumerate(zip(entries, marks, strict=True), start=1):
        lines += _lines_of(call, one, mark, f"{number}." if is_kept else "-", has_id=not is_kept)
    articles = [{**one.fields, **asdict(mark)} for one, mark in zip(entries, marks, strict=True)]
    call.screen.show({**facts, "articles": articles}, lines if entries else call.screen.paragraph(empty))
    return is_kept


def article_named(reader: Reader, name: str) -> str:
    """The id of an article that the reader names: by its number in the last list, else by its id; "id:7" is an id.

    Raises:
        UnknownArticleError: There is none.
    """
    if name.startswith("id:"):
        return reader.article(name[3:]).article_id
    if not (name.isascii() and name.isdigit() and len(name) < 7):
        return reader.article(name).article_id
    try:
        return reader.listed(int(name))
    except UnknownArticleError as not_listed:
        try:
            return reader.article(name).article_id
        except UnknownArticleError:
            raise not_listed from None


def title_of(article: Article) -> str:
    """What to call an article, in one line."""
    return cut_at_word(text_of(article, clean_text), TITLE_CHARACTERS)


def facts_line(call: Call, article: Article) -> str:
    """Source, topic and age of an article, in one line."""
    return " · ".join(word for word in (article.source, article.category, age(article.published, call.now)) if word)


def article_fields(article: Article) -> Json:
    """An article as it is printed in JSON."""
    counts = article.popularity
    return {
        "article_id": article.article_id,
        "title": article.title,
        "abstract": article.abstract,
        "category": article.category,
        "source": article.source,
        "url": article.url,
        "language": article.language,
        "published": None if article.published is None else article.published.isoformat(),
        "popularity": None if counts is None else {**asdict(counts), "as_of": counts.as_of.isoformat()},
    }


def scored_fields(scored: ScoredArticle) -> Json:
    """A ranked article as JSON; its parts add up to its score."""
    return {
        **article_fields(scored.article),
        "score": scored.score,
        "parts": dict(scored.parts),
        "reason": scored.reason,
        "is_read": scored.is_read,
        "is_story_read": scored.is_story_read,
        "same_story": [article_fields(article) for article in scored.same_story],
    }


def _lines_of(call: Call, one: Entry, mark: ArticleMarks, label: str, *, has_id: bool) -> list[str]:
    screen = call.screen
    first, *rest = screen.paragraph(title_of(one.article), NUMBER_COLUMNS)
    first = f"{label:>{NUMBER_COLUMNS - 1}} {first.lstrip()}"
    more = f"{one.others} more of this story" if one.others else ""
    # Words, as colours are for some terminals alone.
    marked = " · ".join(word for word, is_so in (("read", mark.is_read), ("saved", mark.is_saved)) if is_so)
    note = " · ".join(word for word in (marked, facts_line(call, one.article), one.note, more) if word)
    small = screen.paragraph(note, NUMBER_COLUMNS) if note else []
    small += [f"{'':{NUMBER_COLUMNS}}[{clean_text(one.article.article_id)}]"] if has_id else []
    big = screen.dim if mark.is_read else screen.bold
    return [*map(big, [first, *rest]), *map(screen.dim, small)]
