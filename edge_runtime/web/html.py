"""HTML that is escaped by type: what is not `Html` already is text, and becomes harmless."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

# They have no content and no end tag.
VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "wbr"})


class Html(str):
    """Markup that is safe as it stands; made here alone."""

    __slots__ = ()


def html(*pieces: object) -> Html:
    """Markup as it is, everything else escaped, one after the other; None and False are left out."""
    return Html("".join(map(_escaped, pieces)))


def tag(name: str, /, *pieces: object, **attributes: object) -> Html:
    """An element.

    Args:
        name: Of the element.
        *pieces: What is in it.
        **attributes: By name; `class_` and `for_` for those that Python keeps, `_` elsewhere for `-`. True is an
            attribute without a value, False and None are none.
    """
    return Html(f"<{name}{_written(attributes)}>" + ("" if name in VOID else f"{html(*pieces)}</{name}>"))


def element(name: str, /, *pieces: object, **attributes: object) -> Html:
    """The same in XML, where each element ends."""
    return Html(f"<{name}{_written(attributes)}>{html(*pieces)}</{name}>")


def document(*pieces: object, **attributes: object) -> Html:
    """A whole page; arguments as of `tag`."""
    return Html(f"<!doctype html>\n{tag('html', *pieces, **attributes)}")


def web_address(url: str) -> str:
    """The address if a browser may be led there, else ""."""
    return url if url.startswith(("http://", "https://")) else ""


def _written(attributes: Mapping[str, object]) -> str:
    return "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{escape(str(value))}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )


def _escaped(piece: object) -> str:
    if piece is None or piece is False:
        return ""
    if isinstance(piece, Html):
        return piece
    if isinstance(piece, str):
        return escape(piece)
    if isinstance(piece, Iterable):
        return "".join(map(_escaped, piece))
    return escape(str(piece))
