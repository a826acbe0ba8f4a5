"""What Android's loader reads of a native library: for which processor it is, its segments, and what it needs.

The format is that of the System V ABI; only little-endian files exist on Android.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

MACHINES = {3: "x86", 40: "armeabi-v7a", 62: "x86_64", 183: "arm64-v8a"}  # e_machine, as ABIs of an APK
PT_LOAD, PT_DYNAMIC = 1, 2
DT_NULL, DT_NEEDED, DT_STRTAB = 0, 1, 5


@dataclass(frozen=True, slots=True)
class Library:
    """One shared library."""

    abi: str  # "?" for a processor that Android does not have
    alignments: tuple[int, ...]  # p_align of every LOAD segment, in bytes
    misplaced: int  # LOAD segments whose place in the file does not fit their place in memory
    needed: tuple[str, ...]  # names of libraries that are loaded with it


def read_library(data: bytes) -> Library:
    """Read the headers and the dynamic section.

    Raises:
        ValueError: Not an ELF file, or cut off.
    """
    if data[:4] != b"\x7fELF" or data[4:5] not in (b"\1", b"\2") or data[5:6] != b"\1":
        raise ValueError("no little-endian ELF file")
    is_64 = data[4] == 2
    try:
        machine = struct.unpack_from("<H", data, 18)[0]
        # Of the file header: where the program headers begin, how long each is, how many there are.
        begin = struct.unpack_from("<Q" if is_64 else "<I", data, 32 if is_64 else 28)[0]
        size, count = struct.unpack_from("<HH", data, 54 if is_64 else 42)
        segments = [_segment(data, begin + number * size, is_64=is_64) for number in range(count)]
        loads = [one for one in segments if one.kind == PT_LOAD]
        needed = _needed(data, segments, is_64=is_64)
    except (struct.error, OverflowError) as error:
        raise ValueError("cut off, or an offset beyond the file") from error
    misplaced = sum((one.offset - one.address) % max(one.alignment, 1) != 0 for one in loads)
    return Library(MACHINES.get(machine, "?"), tuple(one.alignment for one in loads), misplaced, needed)


@dataclass(frozen=True, slots=True)
class _Segment:
    kind: int
    offset: int
    address: int
    size: int  # in the file
    alignment: int


def _segment(data: bytes, at: int, *, is_64: bool) -> _Segment:
    if is_64:
        kind, _flags, offset, address, _physical, size, _memory, alignment = struct.unpack_from("<IIQQQQQQ", data, at)
    else:
        kind, offset, address, _physical, size, _memory, _flags, alignment = struct.unpack_from("<8I", data, at)
    return _Segment(kind, offset, address, size, alignment)


def _needed(data: bytes, segments: list[_Segment], *, is_64: bool) -> tuple[str, ...]:
    dynamic = next((one for one in segments if one.kind == PT_DYNAMIC), None)
    if dynamic is None:
        return ()
    form = "<qQ" if is_64 else "<iI"
    names: list[int] = []
    strings = 0
    for at in range(dynamic.offset, dynamic.offset + dynamic.size, struct.calcsize(form)):
        tag, value = struct.unpack_from(form, data, at)
        if tag == DT_NULL:
            break
        if tag == DT_NEEDED:
            names.append(value)
        elif tag == DT_STRTAB:
            strings = value
    table = _in_file(strings, segments)
    return tuple(data[table + name : data.index(b"\0", table + name)].decode("ascii", "replace") for name in names)


def _in_file(address: int, segments: list[_Segment]) -> int:
    for one in segments:
        if one.kind == PT_LOAD and one.address <= address < one.address + one.size:
            return address - one.address + one.offset
    raise ValueError(f"address {address:#x} lies in no segment")
