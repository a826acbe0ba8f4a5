"""The entries of an APK, and where each one's bytes lie in the file."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PRIVATE = "assets/private.tar"  # gzipped, whatever its name says: the app's files as python-for-android packs them
PYTHON_BUNDLE = "libpybundle.so"  # no library: a gzipped tar of Python, for one ABI


class ApkError(Exception):
    """The file cannot be read as an APK."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the archive."""

    name: str
    offset: int  # of its first byte in the APK
    packed_size: int  # bytes
    is_stored: bool  # not compressed, so Android may map it into memory
    data: bytes

    @property
    def abi(self) -> str:
        """The processor family that it is for; empty for all."""
        parts = self.name.split("/")
        return parts[1] if parts[0] == "lib" and len(parts) == 3 else ""


@dataclass(frozen=True, slots=True)
class Apk:
    """An APK in memory."""

    data: bytes
    entries: dict[str, Entry]

    def files(self, name: str) -> dict[str, bytes]:
        """The files of an entry that is a gzipped tar, by their names without a leading "./"; none if there is none."""
        return dict(_unpacked(self.entries[name].data)) if name in self.entries else {}

    def libraries(self) -> Iterator[tuple[str, str, bytes]]:
        """Every native library, also those that python-for-android packs away: ABI, name with its way, bytes."""
        for entry in self.entries.values():
            if entry.name.endswith(f"/{PYTHON_BUNDLE}"):
                for name, content in self.files(entry.name).items():
                    if name.endswith(".so"):
                        yield entry.abi, f"{entry.name}!{name}", content
            elif entry.abi and entry.name.endswith(".so"):
                yield entry.abi, entry.name, entry.data


def read_apk(path: Path) -> Apk:
    """Read a file whole.

    Raises:
        ApkError: It is not there, or no whole zip archive.
    """
    try:
        data = path.read_bytes()
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = {
                info.filename: Entry(
                    info.filename,
                    _content_offset(data, info.header_offset),
                    info.compress_size,
                    info.compress_type == zipfile.ZIP_STORED,
                    archive.read(info),
                )
                for info in archive.infolist()
                if not info.is_dir()
            }
    except (OSError, zipfile.BadZipFile, struct.error, NotImplementedError, EOFError) as error:
        raise ApkError(f"{path} is no APK that can be read ({error}); build it again, or name another file") from error
    return Apk(data, entries)


def _content_offset(data: bytes, header: int) -> int:
    name, extra = struct.unpack_from("<HH", data, header + 26)
    return int(header + 30 + name + extra)


def _unpacked(data: bytes) -> Iterator[tuple[str, bytes]]:
    with suppress(tarfile.TarError, EOFError, OSError):
        plain = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
        with tarfile.open(fileobj=io.BytesIO(plain)) as tar:
            for member in tar:
                if member.isfile() and (file := tar.extractfile(member)):
                    yield member.name.removeprefix("./"), file.read()
