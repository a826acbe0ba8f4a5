"""HTML to plain text, in time that grows linearly with the input and stops at a cap."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from edge_runtime.feeds.markup import Token, split_markup, tag_attributes, tag_name
from edge_runtime.feeds.plain_text import clean_text, cut_at_word, read_windows_1252

MAX_HTML_CHARS = 16_384  # the rest of a field is not looked at
MAX_TAGS = 250  # the rest of a field is dropped; an abstract ends long before

_MAX_IMAGE_ATTRIBUTES = 16

_DROPPED = re.compile(r"(?:script|style|iframe|noscript|template|svg|textarea|select|object)(?![^\s/])", re.IGNORECASE)
# Every other tag parts words.
_INLINE = re.compile(
    r"(?:a|abbr|acronym|b|bd[io]|big|cite|code|data|del|dfn|em|font|i|ins|kbd|mark|q|s|samp|small|span|strike|strong|"
    r"su[bp]|time|tt|u|var|wbr)(?![^\s/])",
    re.IGNORECASE,
)
# A tag that stands alone and says nothing, as in "How to close an <iframe>", is what the text is about.
_ESCAPED_TAG = re.compile(
    r"</(?:[abipqsu]|abbr|blockquote|body|center|cite|code|del|div|em|figure|font|h[1-6]|html|iframe|ins|li|mark|"
    r"object|ol|p|pre|script|small|span|strike|strong|style|sub|sup|svg|table|tbody|td|th|tr|tt|ul|video)\s*>|"
    r"<(?:br|hr|p|wbr)\s?/?>|<[a-z][^<>=]{0,100}=[^<>]{0,1000}>|<!--",
    re.IGNORECASE,
)
_ESCAPED_LESS = re.compile("&(?:lt|#0{0,5}60|#x0{0,5}3c)", re.IGNORECASE)
_ESCAPED_ENTITY = re.compile(r"&(?:#[0-9]{2,7}|#x[0-9a-f]{2,6}|[a-z]{2,8}[0-9]{0,2});", re.IGNORECASE)


def text_of_html(html: str, max_chars: int, max_html_chars: int = MAX_HTML_CHARS) -> str:
    """The visible text on one line, cut at a word with an ellipsis.

    Scripts, styles and comments are left out; block tags part words and inline tags do not. Text that holds
    more tags after decoding than before, or entities, was escaped once too often, as many feeds do. It is read a second
    time. A few beside real tags are what the text is about.
    """
    text, num_tags = _strip(html[:max_html_chars])
    if len(_ESCAPED_TAG.findall(text)) > num_tags:
        text, _ = _strip(text[:max_html_chars])
    elif _ESCAPED_ENTITY.search(text):
        text = unescape(text)
    return cut_at_word(clean_text(read_windows_1252(text)), max_chars)


def alternative_text(html: str, max_chars: int) -> tuple[str, str]:
    """The words in place of the first picture that has any, and the address of the first picture; empty if none."""
    words = address = ""
    for attributes in images_in(html):
        address = address or attributes.get("src", "").strip()
        words = text_of_html(attributes.get("alt") or attributes.get("title", ""), max_chars)
        if words:
            break
    return words, address


def images_in(html: str) -> Iterator[dict[str, str]]:
    """The attributes of each picture that a browser would show, by their names in lower case."""
    if "img" not in html[:MAX_HTML_CHARS].lower():
        return
    for token, inside in split_markup(unescaped_html(html)[:MAX_HTML_CHARS], _DROPPED):
        if token is Token.OPEN and tag_name(inside).lower() == "img":
            flat = tag_attributes(inside, _MAX_IMAGE_ATTRIBUTES)
            yield {name.lower(): value for name, value in zip(flat[::2], flat[1::2], strict=True)}


def unescaped_html(html: str) -> str:
    """HTML as a browser should get it: what was escaped once too often is unescaped once, by the rule above."""
    start = html[:MAX_HTML_CHARS]
    if "&" not in start or len(_ESCAPED_LESS.findall(start)) <= start.count("</"):
        return html
    text, num_tags = _strip(start)
    return unescape(html) if len(_ESCAPED_TAG.findall(text)) > num_tags else html


def _strip(html: str) -> tuple[str, int]:
    """The text, and how many tags there were."""
    if "<" not in html:
        return unescape(html), 0
    parts: list[str] = []
    tags = 0
    for token, piece in split_markup(html, _DROPPED):
        if token in (Token.TEXT, Token.CDATA):
            parts.append(piece)
            continue
        tags += 1
        if tags > MAX_TAGS:
            break
        if token is not Token.OTHER and not _INLINE.match(piece):
            parts.append(" ")
    return unescape("".join(parts)).replace("]]>", " "), tags
