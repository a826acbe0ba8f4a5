"""Thumbnails on cards: fetched and decoded on a thread of their own, drawn from a few textures."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import Path

from kivy.core.image import Image as CoreImage
from kivy.graphics.texture import Texture

import edge_runtime
from android_demo.core.session import Session
from android_demo.core.thumbnails import (
    NUM_NEWEST,
    SIDE,
    PictureError,
    ThumbnailStore,
    kind_of,
    name_of,
    shrunk,
    wanted,
)
from android_demo.ui.worker import Worker
from edge_runtime import EdgeError, SyncOptions

MOST_TEXTURES = 60
_CHANNELS = {"rgb": 3, "rgba": 4}


class Pictures:
    """None where they are not wanted; a picture that cannot be had is left out, and nobody is told."""

    def __init__(
        self,
        directory: Path,
        session: Session,
        worker: Worker,
        now: Callable[[], datetime],
        options: SyncOptions,
    ) -> None:
        """Nothing is fetched.

        Args:
            directory: Where they are kept.
            session: Knows the articles.
            worker: Runs it.
            now: The clock.
            options: How servers are asked.
        """
        self._store = ThumbnailStore(directory)
        self._session, self._worker, self._now, self._options = session, worker, now, options
        self._own = Worker(lambda _error, _again: None)  # not the reader's: a server is waited for
        self._names: set[str] = set()
        self._failed: set[str] = set()  # addresses; they are asked again after the next start
        self._textures: OrderedDict[str, Texture] = OrderedDict()
        self._waiting: list[str] = []
        self.is_on = False

    @property
    def num_waiting(self) -> int:
        """What was asked for and is not done."""
        return self._own.num_waiting

    def turn(self, *, is_on: bool) -> None:
        """Begin to fetch and show thumbnails, or remove them all."""
        if is_on == self.is_on:
            return
        self.is_on = is_on
        if is_on:
            self._own.run(self._store.names, self._know)
        else:
            self._waiting, self._names = [], set()
            self._textures.clear()
            self._own.run(self._store.clear)

    def stop(self) -> None:
        """Ask for no more."""
        self._waiting = []

    def fetch(self) -> None:
        """Fetch the pictures of all new articles, the newest first."""
        if self.is_on:
            self._worker.run(
                lambda: self._session.reader.latest(NUM_NEWEST),
                lambda articles: self._begin([url for url in wanted(articles, self._names) if url not in self._failed]),
                lambda _: None,
                key="pictures",
            )

    def name_of(self, url: str) -> str:
        """What the thumbnail of a picture is called, "" where there is none."""
        name = name_of(url) if url and self.is_on else ""
        return name if name in self._names else ""

    def load(self, name: str, then: Callable[[Texture], None]) -> None:
        """Hand over a thumbnail, at once where it is at hand."""
        if name in self._textures:
            self._textures.move_to_end(name)
            then(self._textures[name])
            return

        def loaded(pixels: bytes) -> None:
            if pixels:
                texture = Texture.create((SIDE, SIDE), colorfmt="rgb")
                texture.blit_buffer(pixels, colorfmt="rgb")
                texture.flip_vertical()
                self._textures[name] = texture
                if len(self._textures) > MOST_TEXTURES:
                    self._textures.popitem(last=False)
                then(texture)

        self._own.run(lambda: self._store.get(name), loaded)

    def _know(self, names: set[str]) -> None:
        if self.is_on:
            self._names |= names
            self.fetch()

    def _begin(self, urls: list[str]) -> None:
        is_idle, self._waiting = not self._waiting, urls
        if is_idle:
            self._next()

    def _next(self) -> None:
        if not self._waiting:
            return
        url, now = self._waiting[0], self._now()

        def come(left: list[str]) -> None:
            self._names.add(name_of(url))
            self._names.difference_update(left)
            go_on()

        def failed(_: EdgeError) -> None:
            self._failed.add(url)
            go_on()

        def go_on() -> None:
            if self._waiting[:1] == [url]:
                del self._waiting[0]
            self._next()

        self._own.run(lambda: self._take(url, now), come, failed)

    def _take(self, url: str, now: datetime) -> list[str]:
        """Fetch, decode and keep one.

        Raises:
            EdgeError: It cannot be had.
        """
        data = edge_runtime.fetch_picture(url, now, self._options)
        try:
            return self._store.put(name_of(url), _decoded(data))
        except (PictureError, OSError) as error:
            raise EdgeError(str(error)) from error


def _decoded(data: bytes) -> bytes:
    """SIDE x SIDE x 3 bytes.

    Raises:
        PictureError: It is not to be decoded, or cannot be.
    """
    kind = kind_of(data)
    try:
        # SDL looks at the data and not at the name, and reads GIF too; `_data` is there before a texture is.
        (image, *_) = CoreImage(BytesIO(data), ext="png", nocache=True).image._data
    except Exception as error:  # whatever the loaders of Kivy say
        raise PictureError(f"a {kind} that cannot be decoded") from error
    channels = _CHANNELS.get(image.fmt)
    if channels is None:
        raise PictureError(f"pixels as {image.fmt}")
    pixels = bytes(image.data)
    if len(pixels) < image.width * image.height * channels:
        raise PictureError(f"{len(pixels)} bytes for {image.width} x {image.height} pixels")
    return shrunk(pixels, image.width, image.height, len(pixels) // image.height, channels)
