"""Small pictures of articles: which are fetched, what of them is safe to decode, and where they are kept.

What is fetched tells nothing of what is read: the pictures of all new articles, newest first, or none. A picture is
decoded once, where it comes in, and kept as SIDE x SIDE pixels; only our own pixels are read again later.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from edge_runtime import Article

SIDE = 144  # px, both sides: 72 dp at a density of 2
MAX_PIXELS = 4_000_000  # of a picture before it is decoded
MAX_SIDE = 8_000  # px
MAX_TOTAL_BYTES = 24_000_000  # of all that are kept
NUM_NEWEST = 400  # articles whose pictures are fetched
_SUFFIX = ".rgb"
_PNG, _GIF, _JPEG = b"\x89PNG\r\n\x1a\n", (b"GIF87a", b"GIF89a"), b"\xff\xd8"
# Start of frame: every marker of this range but those for tables.
_FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


class PictureError(ValueError):
    """A picture that is not decoded: of no known kind, damaged, or too large."""


def kind_of(data: bytes) -> str:
    """ "png", "gif", "jpg" or "webp", by how it begins, once its size is looked at.

    Raises:
        PictureError: It is none of these, or its header says more pixels than are decoded.
    """
    if data.startswith(_PNG):
        kind, sizes = "png", _png_sizes(data)
    elif data.startswith(_GIF):
        kind, sizes = "gif", _gif_sizes(data)
    elif data.startswith(_JPEG):
        kind, sizes = "jpg", _jpeg_sizes(data)
    elif data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        kind, sizes = "webp", _webp_sizes(data)
    else:
        raise PictureError("neither PNG, JPEG, GIF nor WebP")
    try:
        found = list(sizes)
    except IndexError:
        raise PictureError(f"a {kind} whose header is cut off") from None
    if not found:
        raise PictureError(f"a {kind} that does not say its size")
    for width, height in found:
        if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE and width * height <= MAX_PIXELS):
            raise PictureError(f"a {kind} of {width} x {height} pixels; {MAX_PIXELS:,} are decoded at most")
    return kind


def shrunk(pixels: bytes, width: int, height: int, row_bytes: int, channels: int) -> bytes:
    """The middle of a picture as SIDE x SIDE x 3 bytes, each pixel the mean of those that it stands for.

    Args:
        pixels: Rows from the top, RGB or RGBA.
        width: px.
        height: px.
        row_bytes: From one row to the next.
        channels: 3 or 4.
    """
    import numpy as np  # loaded here, not before the first frame

    rows = np.frombuffer(pixels, np.uint8)[: height * row_bytes].reshape(height, row_bytes)
    image = rows[:, : width * channels].reshape(height, width, channels)
    side = min(width, height)
    times = side // SIDE
    if times < 1:
        top, left, places = (height - side) // 2, (width - side) // 2, np.arange(SIDE) * side // SIDE
        small = image[top + places][:, left + places].astype(np.uint32)
    else:
        used = times * SIDE
        top, left = (height - used) // 2, (width - used) // 2
        middle = image[top : top + used, left : left + used]
        small = middle.reshape(SIDE, times, SIDE, times, channels).sum(axis=(1, 3), dtype=np.uint32) // times**2
    if channels == 4:  # on white, as a page is
        opaque = small[..., 3:]
        small = (small[..., :3] * opaque + 255 * (255 - opaque)) // 255
    return small[..., :3].astype(np.uint8).tobytes()


class ThumbnailStore:
    """Files named by a hash of the picture's address; the oldest leave when there are too many."""

    def __init__(self, directory: Path, max_bytes: int = MAX_TOTAL_BYTES) -> None:
        """Nothing is read yet.

        Args:
            directory: Its own; made when the first picture comes.
            max_bytes: Of all files.
        """
        self._directory, self._max_bytes = directory, max_bytes

    def names(self) -> set[str]:
        """What is there."""
        return {path.stem for path in self._files()}

    def put(self, name: str, pixels: bytes) -> list[str]:
        """Keep a thumbnail; names of those that leave for it.

        Raises:
            OSError: It cannot be kept.
        """
        self._directory.mkdir(parents=True, exist_ok=True)
        fresh = self._directory / f"{name}.new"
        fresh.write_bytes(zlib.compress(pixels))
        fresh.replace(self._directory / f"{name}{_SUFFIX}")
        files = sorted(((path.stat().st_mtime_ns, path.stat().st_size, path) for path in self._files()), reverse=True)
        total, left = 0, []
        for _, size, path in files:
            total += size
            if total > self._max_bytes and path.stem != name:
                path.unlink(missing_ok=True)
                left.append(path.stem)
        return left

    def get(self, name: str) -> bytes:
        """SIDE x SIDE x 3 bytes; nothing where it has left or is damaged."""
        try:
            pixels = zlib.decompress((self._directory / f"{name}{_SUFFIX}").read_bytes())
        except (OSError, zlib.error):
            return b""
        return pixels if len(pixels) == SIDE * SIDE * 3 else b""

    def clear(self) -> None:
        """Remove all."""
        for path in self._files():
            with suppress(OSError):
                path.unlink()

    def _files(self) -> Iterator[Path]:
        return self._directory.glob(f"*{_SUFFIX}")


def name_of(url: str) -> str:
    """What the thumbnail of a picture is called."""
    return hashlib.sha256(url.encode()).hexdigest()[:32]


def wanted(articles: Iterable[Article], there: set[str]) -> list[str]:
    """Addresses of pictures that are not there yet, in the order of the articles."""
    return list(dict.fromkeys(one.image for one in articles if one.image and name_of(one.image) not in there))


def _png_sizes(data: bytes) -> Iterator[tuple[int, int]]:
    if data[12:16] == b"IHDR" and len(data) >= 24:
        yield int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")


def _gif_sizes(data: bytes) -> Iterator[tuple[int, int]]:
    """Of the screen and of the first frame, which may claim to be larger."""
    screen = int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")
    place = 13 + (3 << ((data[10] & 7) + 1) if data[10] & 0x80 else 0)
    while data[place] == 0x21:  # an extension: its blocks, up to an empty one
        place += 2
        while size := data[place]:
            place += size + 1
        place += 1
    if data[place] == 0x2C and len(data) >= place + 9:
        left, top, width, height = (
            int.from_bytes(data[place + 1 + 2 * part : place + 3 + 2 * part], "little") for part in range(4)
        )
        yield screen
        yield left + width, top + height


def _jpeg_sizes(data: bytes) -> Iterator[tuple[int, int]]:
    """Of every frame before the pixels."""
    place = 2
    while True:
        while data[place] != 0xFF:
            place += 1
        while data[place] == 0xFF:
            place += 1
        marker = data[place]
        if marker in (0xD9, 0xDA):  # the end, or the pixels
            return
        if marker in _FRAMES:
            data[place + 7]  # it is all there
            yield int.from_bytes(data[place + 6 : place + 8], "big"), int.from_bytes(data[place + 4 : place + 6], "big")
        place += 1 if 0xD0 <= marker <= 0xD8 or marker == 1 else 1 + int.from_bytes(data[place + 1 : place + 3], "big")


def _webp_sizes(data: bytes) -> Iterator[tuple[int, int]]:
    """Of the canvas and of what is drawn on it."""
    place = 12
    while place + 18 <= len(data):
        name, size = data[place : place + 4], int.from_bytes(data[place + 4 : place + 8], "little")
        body = data[place + 8 : place + 24]
        if name == b"VP8X":
            yield 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
        elif name == b"ANMF":
            yield 1 + int.from_bytes(body[6:9], "little"), 1 + int.from_bytes(body[9:12], "little")
        elif name == b"VP8 ":
            yield int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF
        elif name == b"VP8L":
            bits = int.from_bytes(body[1:5], "little")
            yield 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
        place += 8 + size + size % 2
