"""HTML to text without our own parser, so that a comparison does not ask the one that it checks."""

from __future__ import annotations

from html.parser import HTMLParser

# What a reader does not see, as docs/feeds.md says.
_DROPPED = frozenset({"script", "style", "iframe", "noscript", "template", "svg", "textarea", "select", "object"})


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._dropped = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._dropped += tag in _DROPPED

    def handle_endtag(self, tag: str) -> None:
        self._dropped -= tag in _DROPPED and self._dropped > 0

    def handle_data(self, data: str) -> None:
        if not self._dropped:
            self.parts.append(data)


def text_of(html: str) -> str:
    """The text of some HTML without white space: where words are parted is not compared."""
    reader = _Text()
    reader.feed(html)
    reader.close()
    return bare("".join(reader.parts))


def bare(text: str) -> str:
    """A text without white space and controls."""
    return "".join(char for char in text if not char.isspace() and char.isprintable())
