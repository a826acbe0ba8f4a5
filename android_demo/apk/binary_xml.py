"""Android's compiled XML, as AndroidManifest.xml is in an APK.

The format is that of AOSP's `ResourceTypes.h`: chunks of a 16-bit type, a 16-bit header size and a 32-bit size; strings
come first, then a start and an end of each element. References to resources stay numbers.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

STRING_POOL, XML, START_ELEMENT, END_ELEMENT = 0x0001, 0x0003, 0x0102, 0x0103
IS_UTF8 = 1 << 8
NO_STRING = 0xFFFFFFFF
TYPE_STRING, TYPE_BOOLEAN = 0x03, 0x12

Value = str | int | bool


@dataclass(frozen=True, slots=True)
class Element:
    """An element; attributes by their names without a namespace."""

    name: str
    attributes: dict[str, Value]
    children: list[Element] = field(default_factory=list)

    def find(self, name: str) -> Iterator[Element]:
        """Every element of this name inside this one, at any depth."""
        for child in self.children:
            if child.name == name:
                yield child
            yield from child.find(name)


def read_binary_xml(data: bytes) -> Element:
    """Read a document.

    Returns:
        Its outermost element.

    Raises:
        ValueError: Not compiled XML, or cut off.
    """
    try:
        kind, header, _ = struct.unpack_from("<HHI", data, 0)
        if kind != XML:
            raise ValueError("not Android's compiled XML")
        return _read_chunks(data, header)
    except (struct.error, OverflowError, IndexError, UnicodeDecodeError) as error:
        raise ValueError(f"damaged compiled XML: {error}") from error


def _read_chunks(data: bytes, at: int) -> Element:
    strings: list[str] = []
    top = Element("", {})
    open_elements = [top]
    while at < len(data):
        kind, header, size = struct.unpack_from("<HHI", data, at)
        if size < 8:
            raise ValueError("damaged compiled XML: an empty chunk")
        if kind == STRING_POOL:
            strings = _read_strings(data, at, header)
        elif kind == START_ELEMENT:
            element = _read_element(data, at + header, strings)
            open_elements[-1].children.append(element)
            open_elements.append(element)
        elif kind == END_ELEMENT:
            open_elements.pop()
        at += size
    return top.children[0]


def _read_element(data: bytes, at: int, strings: list[str]) -> Element:
    _, name, start, size, count = struct.unpack_from("<IIHHH", data, at)
    attributes: dict[str, Value] = {}
    for number in range(count):
        _, key, raw, _, _, kind, value = struct.unpack_from("<IIIHBBi", data, at + start + number * size)
        if kind == TYPE_STRING:
            attributes[strings[key]] = strings[raw if raw != NO_STRING else value]
        else:
            attributes[strings[key]] = bool(value) if kind == TYPE_BOOLEAN else value
    return Element(strings[name], attributes)


def _read_strings(data: bytes, at: int, header: int) -> list[str]:
    count, _, flags, begin, _ = struct.unpack_from("<IIIII", data, at + 8)
    places = struct.unpack_from(f"<{count}I", data, at + header)
    read = _utf8_string if flags & IS_UTF8 else _utf16_string
    return [read(data, at + begin + place) for place in places]


def _utf8_string(data: bytes, at: int) -> str:
    # Its length in characters, then in bytes; each takes two bytes where the first has the highest bit.
    at += 2 if data[at] & 0x80 else 1
    size = data[at]
    at += 1
    if size & 0x80:
        size, at = (size & 0x7F) << 8 | data[at], at + 1
    return data[at : at + size].decode("utf-8", "surrogatepass")


def _utf16_string(data: bytes, at: int) -> str:
    (length,) = struct.unpack_from("<H", data, at)
    at += 2
    if length & 0x8000:
        length, at = (length & 0x7FFF) << 16 | struct.unpack_from("<H", data, at)[0], at + 2
    return data[at : at + 2 * length].decode("utf-16-le", "surrogatepass")
