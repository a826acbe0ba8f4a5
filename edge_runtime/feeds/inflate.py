"""Undoing an answer's compression: never beyond a limit, and never twice."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from edge_runtime.errors import FetchError
from edge_runtime.sentences import Sentence

_GZIP = b"\x1f\x8b"
_KNOWN = {"gzip", "x-gzip", "deflate"}
_UNKNOWN = {"br", "zstd", "compress", "x-compress"}
_MAX_MEMBERS = 16  # of a gzip file in parts
_STEP = 1024  # bytes inflated at once: as much is lost where a stream is damaged


@dataclass(frozen=True, slots=True)
class Inflated:
    """A body without compression; what was damaged is told, and what came before it is kept."""

    data: bytes
    warning: str = ""
    is_whole: bool = True


def inflate(body: bytes, encoding: str, limit: int, name: str) -> Inflated:
    """Undo one gzip or deflate.

    The body itself says what it is: "gzip" that is none is taken as it is, and a .gz file needs no label.

    Args:
        encoding: The Content-Encoding header, or "".
        limit: Most bytes to come out; what lies beyond is left out with a warning.
        name: Stands first in messages.

    Raises:
        FetchError: Compressed twice, or by a method that was not asked for.
    """
    labels = [label.strip() for label in encoding.lower().split(",")]
    methods = [label for label in labels if label in _KNOWN | _UNKNOWN]  # others are seen, as "utf-8", and say nothing
    if len(methods) > 1:
        raise FetchError(
            Sentence(
                "{address}: compressed more than once ({methods}), which is refused",
                address=name,
                methods=", ".join(methods),
            )
        )
    if methods and methods[0] in _UNKNOWN:
        raise FetchError(
            Sentence(
                "{address}: compressed as {method}, which was not asked for; tell its publisher",
                address=name,
                method=methods[0],
            )
        )
    if body.startswith(_GZIP):
        result = _inflate(body, 16 + zlib.MAX_WBITS, limit)
    elif methods == ["deflate"] and body:
        result = _inflate(body, zlib.MAX_WBITS if _has_zlib_header(body) else -zlib.MAX_WBITS, limit)
    elif methods and body:
        result = Inflated(body, f"said to be {methods[0]}, but is not; taken as it is")
    else:
        result = Inflated(body)
    if body.startswith(_GZIP) and result.data.startswith(_GZIP):
        raise FetchError(Sentence("{address}: compressed more than once, which is refused", address=name))
    return result


def _has_zlib_header(body: bytes) -> bool:
    """RFC 1950; some servers send bare RFC 1951 as "deflate"."""
    return body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0


def _inflate(body: bytes, wbits: int, limit: int) -> Inflated:
    out = bytearray()
    position = 0
    for _ in range(_MAX_MEMBERS):
        inflater = zlib.decompressobj(wbits)
        try:
            while position < len(body) and not inflater.eof:
                step = body[position : position + _STEP]
                out += inflater.decompress(step, limit + 1 - len(out))
                if len(out) > limit:
                    return Inflated(
                        bytes(out[:limit]), f"more than {limit:,} bytes when inflated: the rest is left out", False
                    )
                position += len(step) - len(inflater.unused_data)
        except zlib.error:
            if not out or body.lstrip()[:1] in (b"<", b"{"):
                return Inflated(body, "said to be compressed, but is not; taken as it is")
            return Inflated(bytes(out), f"damaged after {len(out):,} inflated bytes; what came before is kept", False)
        if not inflater.eof:
            return Inflated(bytes(out), f"ends early, after {len(out):,} inflated bytes; what came is kept", False)
        if not body.startswith(_GZIP, position):
            return Inflated(bytes(out))
    return Inflated(bytes(out), f"has more than {_MAX_MEMBERS} compressed parts; the others are left out", False)
