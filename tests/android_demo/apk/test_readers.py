"""The readers of libraries, compiled XML and signatures: known values, and damage that is always a ValueError."""

from __future__ import annotations

import random
import struct
from contextlib import suppress

import pytest

from android_demo.apk.binary_xml import Element, read_binary_xml
from android_demo.apk.elf import Library, read_library
from android_demo.apk.signing import Signing, read_signing
from tests.android_demo.apk.apk_builder import library


def compiled_xml(*, is_utf8: bool) -> bytes:
    """`<manifest name="Zürich" count="7" on="true"><é/></manifest>`, as aapt2 writes it."""
    strings = ["manifest", "name", "Zürich", "count", "on", "é"]
    if is_utf8:
        encoded = [bytes([len(one), len(one.encode())]) + one.encode() + b"\0" for one in strings]
    else:
        encoded = [struct.pack("<H", len(one)) + one.encode("utf-16-le") + b"\0\0" for one in strings]
    places = [sum(map(len, encoded[:number])) for number in range(len(encoded))]
    begin = 28 + 4 * len(strings)
    head = struct.pack("<IIIII", len(strings), 0, 256 if is_utf8 else 0, begin, 0)
    pool = head + struct.pack(f"<{len(places)}I", *places) + b"".join(encoded)
    none = 0xFFFFFFFF

    def element(name: int, attributes: list[tuple[int, int, int]]) -> bytes:
        rows = b"".join(
            struct.pack("<IIIHBBi", none, key, value if kind == 3 else none, 8, 0, kind, value)
            for key, kind, value in attributes
        )
        body = struct.pack("<II", 1, none) + struct.pack("<IIHHHHHH", none, name, 20, 20, len(attributes), 0, 0, 0)
        return struct.pack("<HHI", 0x0102, 16, 8 + len(body) + len(rows)) + body + rows

    end = struct.pack("<HHIIIII", 0x0103, 16, 24, 1, none, none, 0)
    chunks = struct.pack("<HHI", 0x0001, 28, 8 + len(pool)) + pool
    chunks += element(0, [(1, 3, 2), (3, 0x10, 7), (4, 0x12, -1)]) + element(5, []) + end + end
    return struct.pack("<HHI", 0x0003, 8, 8 + len(chunks)) + chunks


@pytest.mark.parametrize("is_utf8", [True, False])
def test_compiled_xml_is_read_in_both_encodings(is_utf8):
    found = read_binary_xml(compiled_xml(is_utf8=is_utf8))
    assert found == Element("manifest", {"name": "Zürich", "count": 7, "on": True}, [Element("é", {})])
    assert [one.name for one in found.find("é")] == ["é"]


@pytest.mark.parametrize("abi", ["arm64-v8a", "armeabi-v7a", "x86", "x86_64"])
def test_a_library_tells_its_processor_segments_and_needs(abi):
    assert read_library(library(abi, ("libc.so", "libz.so"), 4096)) == Library(
        abi, alignments=(4096,), misplaced=0, needed=("libc.so", "libz.so")
    )


def test_a_file_without_a_signing_block_has_no_scheme():
    assert read_signing(b"PK\x05\x06" + bytes(18)) == Signing(frozenset())
    with pytest.raises(ValueError, match="no end of a zip"):
        read_signing(b"")


@pytest.mark.parametrize(
    ("read", "data"),
    [
        (read_library, library("arm64-v8a")),
        (read_library, library("armeabi-v7a")),
        (read_binary_xml, compiled_xml(is_utf8=True)),
        (read_binary_xml, compiled_xml(is_utf8=False)),
    ],
    ids=["elf64", "elf32", "utf8", "utf16"],
)
def test_damage_is_a_value_error_or_nothing(read, data):
    rng = random.Random(7)
    for length in range(len(data)):
        with suppress(ValueError):
            read(data[:length])
    for _ in range(2000):
        damaged = bytearray(data)
        for _ in range(rng.randint(1, 4)):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        with suppress(ValueError):
            read(bytes(damaged))
