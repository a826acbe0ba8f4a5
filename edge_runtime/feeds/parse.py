"""A feed of any format, from bytes to articles."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from edge_runtime.errors import FeedError
from edge_runtime.feeds.dates import parse_date, read_date
from edge_runtime.feeds.encodings import decode_feed
from edge_runtime.feeds.feed_item import FeedItem
from edge_runtime.feeds.html import MAX_HTML_CHARS, alternative_text, text_of_html, unescaped_html
from edge_runtime.feeds.identity import canonical_url, web_url
from edge_runtime.feeds.items import assign_items, item_of
from edge_runtime.feeds.json_feed import read_json_feed
from edge_runtime.feeds.pictures import image_of
from edge_runtime.feeds.plain_text import cut_at_word, read_windows_1252
from edge_runtime.feeds.raw_feed import RawFeed, RawItem
from edge_runtime.feeds.web_page import error_of_page
from edge_runtime.feeds.xml_events import MAX_BYTES
from edge_runtime.feeds.xml_feed import read_xml_feed
from edge_runtime.sentences import Sentence
from edge_runtime.storage.contents import MAX_CONTENT_CHARS
from edge_runtime.types import Article, Popularity

MAX_TITLE_CHARS = 500
MAX_ABSTRACT_CHARS = 500
MAX_NAME_CHARS = 100  # of a category or a source
_NOT_ASCII = bytes(range(0x80, 0x100))
# Hosts that have feeds alone: what a link without a host is relative to must be the site.
_ON_FEED_HOST = re.compile(r"https?://(?:(?:feeds?\d*|rss)\.|[^/]*\b(?:feedburner|feedblitz|feedpress|feedproxy)\b)")
_TAG = re.compile("<[^<>]*>")
_ADDRESS = re.compile(r"<[a-z][^<>]*\b(?:href|src)\s*=", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """What a feed says of itself, and its articles in its order; an empty string means "not given"."""

    title: str
    site: str  # address of the page it belongs to
    language: str  # as in "en"
    articles: tuple[Article, ...]  # none published later than `now`, none twice
    items: tuple[FeedItem, ...]  # the same with dates as written
    warnings: tuple[str, ...]


def parse_feed(data: bytes, url: str, now: datetime, content_type: str = "", page_url: str = "") -> ParsedFeed:
    """Read RSS, RDF, Atom or JSON Feed; of a broken feed what can be saved, with a warning.

    Args:
        data: As fetched, inflated; the first `xml_events.MAX_BYTES` are read.
        url: Where it came from: relative links are relative to it, and it tells apart equal GUIDs of two feeds. The
            articles' ids are those of a feed that was not known before.
        now: Articles from the future count as published now; `items` keep their dates.
        content_type: The HTTP header, for its charset.
        page_url: Where redirects ended, if not at `url`: a page in a feed's place has its links relative to it.

    Raises:
        FeedError: Not a feed, or beyond a limit with nothing saved. It names the feeds of a page, and where it leads.
    """
    too_long = (f"{len(data)} bytes: the first {MAX_BYTES} are read",) if len(data) > MAX_BYTES else ()
    if too_long:
        data = data[:MAX_BYTES].rstrip(_NOT_ASCII)  # no character is cut
    text, notes = decode_feed(data, content_type)
    start = text.lstrip("\ufeff \t\r\n\0")[:1]
    if not start:
        raise FeedError(Sentence("{address}: empty; try again later", address=url))
    try:
        raw, warnings = read_json_feed(text.lstrip("\ufeff")) if start in "{[" else read_xml_feed(text)
    except FeedError as error:
        raise error_of_page(text, url, page_url or url, error.fact) from error
    return _Assembly(raw, url, now).parsed((*too_long, *notes, *warnings))


def feed_of(raw: RawFeed, url: str, now: datetime) -> ParsedFeed:
    """What `parse_feed` makes of a feed, of one that came by other ways.

    Args:
        raw: What it says.
        url: Its own address.
        now: Articles from the future count as published now.
    """
    return _Assembly(raw, url, now).parsed(())


@dataclass(frozen=True, slots=True)
class _Draft:
    """An item that has a text, before it is known what tells it apart."""

    raw: RawItem
    title: str
    abstract: str
    url: str
    content: str


class _Assembly:
    """Makes articles of what a feed says."""

    def __init__(self, raw: RawFeed, url: str, now: datetime) -> None:
        self._raw = raw
        self._now = now
        self._url = url
        self._base = _join(url, raw.base)
        self._site = _first_url(raw.sites, self._base)
        is_of_site = raw.is_relative_to_site or _ON_FEED_HOST.match(url) is not None
        self._is_on_site = self._site != "" and not raw.base and is_of_site
        self._title = next(_plain(raw.titles, MAX_NAME_CHARS), "")
        self._language = _language(raw.languages)
        self._counted: Counter[str] = Counter()

    def parsed(self, notes: tuple[str, ...]) -> ParsedFeed:
        drafts = [draft for item in self._raw.items if (draft := self._draft(item)) is not None]
        made = [FeedItem(self._article(draft), draft.raw.guid, draft.content) for draft in drafts]
        distinct = assign_items([item_of(one, self._url, self._site) for one in made], [], canonical_url(self._url))
        if len(distinct) < len(made):
            self._counted["items come twice: taken once"] += len(made) - len(distinct)
        items = [
            replace(made[one.place], article=replace(made[one.place].article, article_id=one.article_id))
            for one in distinct
        ]
        counted = (f"{count} {what}" for what, count in self._counted.items())
        return ParsedFeed(
            title=self._title,
            site=self._site,
            language=self._language,
            articles=tuple(self._until_now(item.article) for item in items),
            items=tuple(items),
            warnings=(*notes, *counted),
        )

    def _until_now(self, article: Article) -> Article:
        is_ahead = article.published is not None and article.published > self._now
        return replace(article, published=self._now) if is_ahead else article

    def _draft(self, item: RawItem) -> _Draft | None:
        title = next(_plain(item.titles, MAX_TITLE_CHARS), "")
        # A summary that only repeats the title says less than the text does.
        texts: dict[str, str] = {}  # of the HTML that was looked at
        for html in item.texts:
            texts[html] = text_of_html(html, MAX_HTML_CHARS)
            if texts[html] not in ("", title):
                break
        abstract = next(
            (cut_at_word(text, MAX_ABSTRACT_CHARS) for text in texts.values() if text not in ("", title)), ""
        )
        base = self._base_of(item)
        url = _first_url(item.links, base)
        if item.links and not url:
            self._counted["items have a link that is no web address: kept without it"] += 1
        if not title and not abstract:
            title = _title_of_picture(item, url, base)
            if not title:
                self._counted["items have no title, text, link or picture: left out"] += 1
                return None
        return _Draft(item, title, abstract, url, _content(item.texts, texts, title))

    def _base_of(self, item: RawItem) -> str:
        """What the links of an item are relative to: `xml:base`, else the site in RSS, else the feed."""
        if item.base:
            return _join(self._base, item.base)
        return self._site if self._is_on_site else self._base

    def _article(self, draft: _Draft) -> Article:
        raw = draft.raw
        dates = (read_date(text, self._now) for text in raw.dates)
        published = next((date for date in dates if date is not None), None)
        if raw.dates and published is None:
            self._counted["items have a date that cannot be read: kept without it"] += 1
        return Article(
            article_id="",
            title=draft.title,
            abstract=draft.abstract,
            category=next(_plain(raw.categories, MAX_NAME_CHARS), ""),
            source=next(_plain(raw.sources, MAX_NAME_CHARS), "")
            or self._title
            or urlsplit(self._site or web_url(self._url, "")).hostname
            or "",
            url=draft.url,
            language=_language(raw.languages) or self._language,
            published=published,
            popularity=self._popularity(raw),
            image=image_of(raw.pictures, raw.texts, self._base_of(raw)),
        )

    def _popularity(self, raw: RawItem) -> Popularity | None:
        if raw.popularity is None:
            return None
        shown, clicked, as_of_text = (text.strip() for text in raw.popularity)
        as_of = parse_date(as_of_text, self._now)
        try:
            if as_of is None:
                raise ValueError(f"{as_of_text!r} is no date")
            return Popularity(_count(shown), _count(clicked), as_of)
        except ValueError:
            self._counted["items have popularity counts that cannot be true: kept without them"] += 1
            return None


def _content(htmls: list[str], texts: dict[str, str], title: str) -> str:
    """The longest HTML, unless it has neither more text than title and abstract, nor links or pictures.

    Args:
        texts: The text of some of the HTML, that of the abstract last.
    """
    longest = max(htmls, key=len, default="")
    html = read_windows_1252(unescaped_html(longest)[:MAX_CONTENT_CHARS])
    abstract = next(reversed(texts.values()), "")
    known = (title, abstract if len(abstract) <= MAX_ABSTRACT_CHARS else "")
    if _ADDRESS.search(html) or len(_TAG.sub("", html).split()) > max(len(text.split()) for text in known):
        return html
    text = texts[longest] if longest in texts else text_of_html(longest, MAX_HTML_CHARS)
    return html if text not in ("", *known) else ""


def _title_of_picture(item: RawItem, url: str, base: str) -> str:
    """A title for an item without words: those in place of its picture, its address, that of its picture."""
    pictures = [alternative_text(html, MAX_TITLE_CHARS) for html in item.texts]
    words = next((words for words, _ in pictures if words), "")
    declared = [picture.address for picture in item.pictures]
    address = words or url or _first_url([address for _, address in pictures] + declared, base)
    return cut_at_word(address, MAX_TITLE_CHARS)


def _first_url(links: Iterable[str], base: str) -> str:
    return next((url for link in links if (url := web_url(link, base))), "")


def _plain(htmls: Iterable[str], max_chars: int) -> Iterator[str]:
    return (text for html in htmls if (text := text_of_html(html, max_chars)))


def _join(base: str, link: str) -> str:
    try:
        return urljoin(base, link.strip())
    except ValueError:  # not even half an address
        return base


def _language(candidates: Iterable[str]) -> str:
    """The language of the first tag that is one: "en-US" is "en"."""
    tags = (re.fullmatch(r"([a-z]{2,3})(?:[-_].*)?", text.strip().lower()) for text in candidates)
    return next((tag[1] for tag in tags if tag is not None), "")


def _count(digits: str) -> int:
    if not re.fullmatch(r"[0-9]{1,15}", digits):
        raise ValueError(f"{digits!r} is no count")
    return int(digits)
