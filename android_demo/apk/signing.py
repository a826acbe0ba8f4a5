"""Which signature schemes an APK has, and whether its bytes are still those that were signed.

The APK Signing Block lies before the zip's central directory (source.android.com, "APK Signature Scheme v2" and "v3").
The digests in it are computed again here. Whether the signature over them is that of the key is left to `apksigner
verify`: the standard library has no public-key arithmetic.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass

MAGIC = b"APK Sig Block 42"
SCHEMES = {0x7109871A: "v2", 0xF05368C0: "v3"}
END_OF_ZIP = b"PK\x05\x06"
CHUNK = 1 << 20
# Signature algorithms whose digest is over chunks of 1 MB, by their ids.
DIGESTS = {0x0101: "sha256", 0x0102: "sha512", 0x0103: "sha256", 0x0104: "sha512", 0x0201: "sha256", 0x0202: "sha512"}
DIGESTS |= {0x0301: "sha256"}


@dataclass(frozen=True, slots=True)
class Signing:
    """What an APK is signed with."""

    schemes: frozenset[str]  # "v2", "v3"
    wrong: tuple[str, ...] = ()  # schemes whose digest is not that of the file


def read_signing(data: bytes) -> Signing:
    """Read the signing block, if there is one, and digest the file again.

    Raises:
        ValueError: The file is no zip, or its block is damaged.
    """
    end = data.rfind(END_OF_ZIP)
    if end < 0:
        raise ValueError("no end of a zip archive")
    try:
        (directory,) = struct.unpack_from("<I", data, end + 16)
        if data[directory - 16 : directory] != MAGIC:
            return Signing(frozenset())
        (size,) = struct.unpack_from("<Q", data, directory - 24)
        begin = directory - size - 8
        blocks = {SCHEMES[key]: value for key, value in _pairs(data[begin + 8 : directory - 24]) if key in SCHEMES}
        # Signed is the file as it would be without the block.
        ending = data[end : end + 16] + struct.pack("<I", begin) + data[end + 20 :]
        parts = (data[:begin], data[directory:end], ending)
        wrong = [name for name, block in blocks.items() if not _has_good_digests(block, parts)]
    except (struct.error, OverflowError) as error:
        raise ValueError(f"damaged signing block: {error}") from error
    return Signing(frozenset(blocks), tuple(wrong))


def _pairs(block: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(block):
        size, key = struct.unpack_from("<QI", block, at)
        yield key, block[at + 12 : at + 8 + size]
        at += 8 + size


def _has_good_digests(block: bytes, parts: tuple[bytes, ...]) -> bool:
    signers = list(_items(next(_items(block))))
    found = [
        (DIGESTS[algorithm], digest)
        for signer in signers
        for algorithm, digest in _digests(next(_items(signer)))
        if algorithm in DIGESTS
    ]
    return bool(found) and all(_digest_of(name, parts) == digest for name, digest in found)


def _digests(signed_data: bytes) -> Iterator[tuple[int, bytes]]:
    for one in _items(next(_items(signed_data))):
        (algorithm,) = struct.unpack_from("<I", one, 0)
        yield algorithm, next(_items(one[4:]))


def _items(data: bytes) -> Iterator[bytes]:
    """Blocks with their lengths before them; for nothing to read, one empty block."""
    if not data:
        yield b""
    at = 0
    while at < len(data):
        (size,) = struct.unpack_from("<I", data, at)
        yield data[at + 4 : at + 4 + size]
        at += 4 + size


def _digest_of(name: str, parts: tuple[bytes, ...]) -> bytes:
    chunks = [part[at : at + CHUNK] for part in parts for at in range(0, len(part), CHUNK)]
    each = (hashlib.new(name, b"\xa5" + struct.pack("<I", len(chunk)) + chunk).digest() for chunk in chunks)
    return hashlib.new(name, b"\x5a" + struct.pack("<I", len(chunks)) + b"".join(each)).digest()
