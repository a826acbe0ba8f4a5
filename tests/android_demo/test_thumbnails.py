"""Thumbnails: what is decoded, what is kept, and that what is fetched tells nothing of what is read."""

from __future__ import annotations

import io
import struct
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from android_demo.core.thumbnails import SIDE, PictureError, ThumbnailStore, kind_of, name_of, shrunk, wanted
from edge_runtime import Article, SyncOptions

KINDS = {"png": "PNG", "gif": "GIF", "jpg": "JPEG", "webp": "WEBP"}


def picture(
    kind: str = "png", size: tuple[int, int] = (300, 200), colour: tuple[int, int, int] = (200, 30, 60)
) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, KINDS[kind])
    return out.getvalue()


def bombs() -> Iterator[bytes]:
    """Small files that say they are large: the whole picture, or a frame of it."""
    yield b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 60_000, 60_000) + b"\x08\x02\0\0\0"
    yield b"GIF89a" + struct.pack("<HHBBB", 10, 10, 0, 0, 0) + b"," + struct.pack("<HHHHB", 0, 0, 60_000, 60_000, 0)
    yield b"\xff\xd8\xff\xe0\0\x04ab\xff\xc2" + struct.pack(">HBHHB", 11, 8, 60_000, 60_000, 3)
    yield b"RIFF\0\0\0\0WEBPVP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + b"\xff\xff\xff" * 2
    lossless = b"\x2f" + (0x3FFF | 0x3FFF << 14).to_bytes(4, "little") + b"\0" * 8
    yield b"RIFF\0\0\0\0WEBPVP8L" + struct.pack("<I", len(lossless)) + lossless


@pytest.mark.parametrize("kind", KINDS)
def test_the_kind_and_size_are_read_from_the_header(kind: str) -> None:
    assert kind_of(picture(kind)) == kind
    with pytest.raises(PictureError, match="2500 x 2000"):
        kind_of(picture(kind, (2500, 2000)))


@pytest.mark.parametrize("data", [*bombs(), b"<svg/>", b"", picture("jpg")[:20], picture("gif")[:12], picture()[:18]])
def test_a_bomb_and_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(PictureError):
        kind_of(data)


def test_a_thumbnail_is_the_middle_and_its_pixels_are_means() -> None:
    # 2 x 2 pixels a thumbnail's pixel, and a border of one that the middle leaves out
    image = np.full((2 * SIDE + 2, 2 * SIDE + 2, 3), 7, np.uint8)
    image[1:-1:2, 1:-1], image[2:-1:2, 1:-1] = 100, 200
    small = np.frombuffer(shrunk(image.tobytes(), *image.shape[:2][::-1], image.shape[1] * 3, 3), np.uint8)
    assert len(small) == SIDE * SIDE * 3 and set(small) == {150}
    tiny = shrunk(bytes([0, 0, 0, 0]) * 6, 3, 2, 12, 4)  # see-through: white
    assert set(tiny) == {255}


def test_the_oldest_leave_when_there_are_too_many(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    pixels = [rng.integers(0, 256, SIDE * SIDE * 3, np.uint8).tobytes() for _ in range(3)]
    store = ThumbnailStore(tmp_path / "made", max_bytes=2 * SIDE * SIDE * 3 + 2000)
    left = [store.put(name, data) for name, data in zip("abc", pixels, strict=True)]
    assert left == [[], [], ["a"]] and store.names() == {"b", "c"}
    assert store.get("c") == pixels[2] and store.get("a") == b""
    (tmp_path / "made" / "c.rgb").write_bytes(b"damaged")
    assert store.get("c") == b""


def test_all_articles_of_a_feed_are_wanted_alike() -> None:
    articles = [Article(str(n), f"Story {n}", image=f"https://example.org/{n % 3}.png") for n in range(5)]
    assert wanted(articles, {name_of("https://example.org/1.png")}) == [
        "https://example.org/0.png",
        "https://example.org/2.png",
    ]


@pytest.fixture
def site() -> Iterator[Any]:
    """A site with pictures, which notes what it is asked for."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.path, {name.lower() for name in self.headers}))
            data = {"/large.png": b"\x89PNG" + b"\0" * 300_000, "/text.png": b"no picture"}.get(
                self.path, picture("jpg")
            )
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    asked: list[tuple[str, set[str]]] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


def test_thumbnails_come_when_asked_for_and_go_when_not(start: Any, site: Any, tmp_path: Path) -> None:
    address, asked = site
    names = ["a.jpg", "large.png", "text.png", "b.jpg"]
    titles = ["Rain in the north", "A bank fails", "Women win the cup", "How to stew beef"]

    def articles(now: Any) -> list[Article]:
        return [
            Article(f"n{place}", title, image=f"{address}/{names[place]}", published=now - timedelta(hours=place))
            for place, title in enumerate(titles)
        ]

    driver = start(first_articles=articles, sync_options=SyncOptions(allow_private=True, time_limit_s=5.0))
    pictures, app = driver.app.pictures, driver.app
    assert not asked
    app.set(images=True)
    driver.until(lambda: len(asked) == 4 and not pictures._waiting and pictures.num_waiting == 0)
    # Each once, the newest first, whatever is read; and nothing that tells of the reader.
    assert [path for path, _ in asked] == [f"/{name}" for name in names]
    assert set.union(*(headers for _, headers in asked)) == {
        "host",
        "user-agent",
        "accept",
        "accept-encoding",
        "connection",
    }
    assert len(list((tmp_path / "data" / "thumbnails").iterdir())) == 2
    app.navigation.screen("feed").ids.cards._cards_again()
    driver.frames(3)
    driver.until(lambda: driver.card("n0").texture is not None and driver.card("n3").texture is not None)
    assert driver.card("n1").picture == "" == driver.card("n2").picture
    red, green, blue, *_ = driver.card("n0").texture.pixels
    assert abs(red - 200) < 8 and abs(green - 30) < 8 and abs(blue - 60) < 8
    app.set(images=False)
    driver.until(lambda: not list((tmp_path / "data" / "thumbnails").iterdir()))
    assert pictures.name_of(f"{address}/a.jpg") == ""


@pytest.mark.server
def test_a_picture_of_the_own_network_is_not_asked_for(site: Any, now: Any) -> None:
    from edge_runtime import FetchError, PrivateAddressError, fetch_picture

    address, asked = site
    with pytest.raises(PrivateAddressError):
        fetch_picture(f"{address}/a.jpg", now)
    assert not asked
    open_to_all = SyncOptions(allow_private=True)
    assert kind_of(fetch_picture(f"{address}/a.jpg", now, open_to_all)) == "jpg"
    with pytest.raises(FetchError, match="200,000 bytes"):
        fetch_picture(f"{address}/large.png", now, open_to_all)
