"""Which picture stands for an article: an address to keep. Nothing here, and nothing that ranks, asks for it.

A feed is not trusted: an address is absolute, http or https, of bounded length and without a password. Whoever fetches
it checks the host it leads to as `hosts.checked_addresses` does, since a feed can name one of this device's network.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import chain
from urllib.parse import urlsplit

from edge_runtime.content.articles_in import MAX_IMAGE_CHARACTERS
from edge_runtime.feeds.html import images_in
from edge_runtime.feeds.identity import web_url
from edge_runtime.feeds.raw_feed import RawPicture

FIT_WIDTH_PX = 300  # of a narrower one a phone shows the pixels
_LEAST_PX = 32  # a side of what is smaller than that is an icon, a rule or counts readers
_MAX_PX = 100_000
_SOURCES = ("src", "data-src", "data-lazy-src", "data-original")  # of pictures that a script loads

_PIXELS = re.compile(r"\s*(\d{1,6})(?:\.\d*)?\s*(?:px)?\s*", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|(?<![-\w])(?:width|height)\s*:\s*[0-3](?:px|;|\s|$)")
# What counts readers, portraits of authors, smileys, buttons.
_NO_PICTURE = re.compile(
    r"^https?://(?:[^/]*\.)?(?:doubleclick\.net|feedburner\.com|feedsportal\.com|scorecardresearch\.com|"
    r"google-analytics\.com|gravatar\.com|pixel\.wp\.com|stats\.wordpress\.com|addtoany\.com)/"
    r"|/core/emoji/|[/_.-](?:pixel|tracking|tracker|beacon|spacer|blank|1x1|transparent)[-_]?\d*\.(?:gif|png)(?:$|\?)"
    r"|/(?:b|c|count|counter)\.gif(?:$|\?)|\.svgz?(?:$|[?#])",
    re.IGNORECASE,
)
_NO_IMAGE_FILE = re.compile(r"\.(?:mp[34]|m4[av]|webm|mov|m3u8|og[gav]|wav|flv|swf|pdf|html?)$", re.IGNORECASE)
_NO_IMAGE_TYPES = ("image/svg",)


def image_of(declared: Iterable[RawPicture], htmls: Iterable[str], base: str) -> str:
    """The address of an item's picture: of those that it names the one of a fitting width, else the first of its text.

    A fitting width is the least from `FIT_WIDTH_PX` on. Then comes the first whose width is not told, then the widest.

    Args:
        declared: What the item names beside its text.
        htmls: Its texts.
        base: What relative addresses are relative to.

    Returns:
        An absolute address; "" if there is none.
    """
    best_first = sorted(filter(_is_picture, declared), key=lambda one: _misfit(one.width))
    named = (image_url(one.address, base) for one in best_first)
    shown = (_shown_url(image, base) for html in htmls for image in images_in(html))
    return next(filter(None, chain(named, shown)), "")


def image_url(link: str, base: str) -> str:
    """An address that may be kept as a picture's; "" if it may not."""
    url = web_url(link, base)
    if not url or len(url) > MAX_IMAGE_CHARACTERS or "@" in urlsplit(url).netloc or _NO_PICTURE.search(url):
        return ""
    return url


def picture_of(name: str, attributes: Mapping[str, str]) -> RawPicture | None:
    """The picture, film or sound that an element of an XML feed names by its attributes."""
    match name:
        case "itunes:image":
            address, kind = attributes.get("href", ""), "image"
        case "media:content" | "media:thumbnail":
            is_thumbnail = name == "media:thumbnail"
            address, kind = attributes.get("url", ""), "image" if is_thumbnail else _kind(attributes)
        case "enclosure":
            address, kind = attributes.get("url", ""), _kind(attributes)
        case "link" | "atom:link" if attributes.get("rel", "").lower() == "enclosure":
            address, kind = attributes.get("href", ""), _kind(attributes)
        case _:
            return None
    # An address without a type is a picture's unless it looks otherwise; a file that an item carries is a sound.
    is_image = kind == "image" or (kind == "" and name == "media:content" and not _NO_IMAGE_FILE.search(address))
    if not address or (not is_image and not name.startswith("media:")):
        return None
    return RawPicture(address, _pixels(attributes.get("width")), _pixels(attributes.get("height")), is_image=is_image)


def _kind(attributes: Mapping[str, str]) -> str:
    """What a file is, as far as it is told: "image", "video", ..."""
    told = attributes.get("type", "").strip().lower()
    if told.startswith(_NO_IMAGE_TYPES):
        return "drawing"
    return told.partition("/")[0] or attributes.get("medium", "").strip().lower()


def _is_picture(one: RawPicture) -> bool:
    return one.is_image and not any(0 < side < _LEAST_PX for side in (one.width, one.height))


def _misfit(width: int) -> tuple[int, int]:
    """How badly a width fits; the least is taken, and of equal ones the first."""
    if width >= FIT_WIDTH_PX:
        return 0, width
    return (2, -width) if width else (1, 0)


def _shown_url(image: Mapping[str, str], base: str) -> str:
    """The address of a picture of a text; "" if it shows nothing."""
    sides = (_pixels(image.get("width"), -1), _pixels(image.get("height"), -1))
    if any(0 <= side < _LEAST_PX for side in sides) or _HIDDEN.search(image.get("style", "").lower()):
        return ""
    return next((url for name in _SOURCES if (url := image_url(image.get(name, ""), base))), "")


def _pixels(told: str | None, otherwise: int = 0) -> int:
    found = _PIXELS.fullmatch(told or "")
    return min(int(found[1]), _MAX_PX) if found else otherwise
