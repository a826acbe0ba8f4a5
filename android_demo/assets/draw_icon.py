"""Draws the icon, the loading picture and the mark of notifications: `python -m android_demo.assets.draw_icon`.

A ranked list: three bars, the best one longest and lightest. The pictures are few and plain, so they are computed from
the distance of each pixel to a bar's edge, and written as PNG with zlib alone.
"""

from __future__ import annotations

import math
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

TARGET_DIR = Path(__file__).parent / "icon"
Pixel = tuple[int, int, int, int]  # red, green, blue, alpha, 0 to 255

GROUND: Pixel = (0x1F, 0x63, 0x50, 255)  # the theme's accent
PAPER: Pixel = (0xF3, 0xF1, 0xEB, 255)  # the theme's background; buildozer.spec names it for the loading screen
BEST: Pixel = (0x86, 0xCD, 0xB3, 255)
NEXT: Pixel = (0xFF, 0xFF, 0xFF, 255)
CLEAR: Pixel = (0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle with round corners; lengths in shares of the picture's side, from its upper left corner."""

    left: float
    top: float
    width: float
    height: float
    radius: float
    colour: Pixel

    def depth(self, x: float, y: float) -> float:
        """How far a point lies inside, negative outside."""
        across = abs(x - self.left - self.width / 2) - self.width / 2 + self.radius
        down = abs(y - self.top - self.height / 2) - self.height / 2 + self.radius
        outside = math.hypot(max(across, 0.0), max(down, 0.0))
        return self.radius - outside - min(max(across, down), 0.0)


def mark(side: float, colours: tuple[Pixel, Pixel]) -> list[Bar]:
    """Three bars in a square of this side, in the middle of the picture.

    Args:
        side: Share of the picture's side.
        colours: Of the best, and of the others.
    """
    corner, height = (1 - side) / 2, side / 5
    shares = ((1.0, colours[0]), (0.72, colours[1]), (0.46, colours[1]))
    return [
        Bar(corner, corner + 2 * row * height, share * side, height, height / 2, colour)
        for row, (share, colour) in enumerate(shares)
    ]


def draw(size: int, ground: Pixel, bars: list[Bar]) -> bytes:
    """A square PNG of `size` pixels a side; later bars cover earlier ones."""
    rows = b"".join(b"\0" + _row((y + 0.5) / size, size, ground, bars) for y in range(size))
    head = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)  # 8 bits a channel, with alpha
    content = (b"IHDR", head), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in content)


def _row(y: float, size: int, ground: Pixel, bars: list[Bar]) -> bytes:
    near = [bar for bar in bars if bar.top - 1 / size < y < bar.top + bar.height + 1 / size]
    if not near:
        return bytes(ground) * size
    pixels = bytearray()
    for x in range(size):
        colour = ground
        for bar in near:
            share = min(max(bar.depth((x + 0.5) / size, y) * size + 0.5, 0.0), 1.0)
            colour = _over(colour, bar.colour, share) if share else colour
        pixels += bytes(colour)
    return bytes(pixels)


def _over(under: Pixel, over: Pixel, share: float) -> Pixel:
    if not under[3]:
        return over[0], over[1], over[2], round(over[3] * share)
    red, green, blue, alpha = (round(low + (high - low) * share) for low, high in zip(under, over, strict=True))
    return red, green, blue, alpha


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def pictures() -> dict[str, bytes]:
    """Every file by its name."""
    return {
        "icon.png": draw(512, CLEAR, [Bar(0.02, 0.02, 0.96, 0.96, 0.21, GROUND), *mark(0.5, (BEST, NEXT))]),
        # Android cuts an adaptive icon to a shape of the phone's: only the inner 66 of 108 parts are always seen.
        "foreground.png": draw(432, CLEAR, mark(0.36, (BEST, NEXT))),
        "background.png": draw(432, GROUND, []),
        "presplash.png": draw(512, PAPER, mark(0.3, (BEST, GROUND))),
        # Of a notification's picture Android takes the alpha alone.
        "notification.png": draw(96, CLEAR, mark(0.8, (NEXT, NEXT))),
    }


if __name__ == "__main__":
    TARGET_DIR.mkdir(exist_ok=True)
    for name, content in pictures().items():
        (TARGET_DIR / name).write_bytes(content)
