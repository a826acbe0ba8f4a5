"""A real window of the app, as its user has it: an X server and its picture, a mouse, keys, and a way to close it."""

from __future__ import annotations

import ctypes
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

SCREEN = (1100, 900)  # px
PATIENCE_S = 60.0  # software draws it, perhaps beside other work


@dataclass
class RealWindow:
    """One running app. Points are px from the window's top left corner."""

    process: subprocess.Popen[bytes]
    display: str
    frame_buffer: Path  # of the X server: the picture of the screen
    data_dir: Path
    log: Path
    number: str = ""  # of the window, as X counts them

    def xdotool(self, *command: object) -> str:
        """Do something as a person at the screen, and return what is said."""
        ran = subprocess.run(
            ["xdotool", *map(str, command)],
            env={**os.environ, "DISPLAY": self.display},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        return ran.stdout.strip()

    def until(self, what: str, condition: Callable[[], object]) -> None:
        """Wait until something is true.

        Raises:
            TimeoutError: It did not become true; the message ends with what the app wrote.
        """
        end = time.monotonic() + PATIENCE_S
        while not condition():
            if time.monotonic() > end or self.process.poll() is not None:
                raise TimeoutError(f"{what}: not within {PATIENCE_S} s; the app wrote:\n{self.log.read_text()[-3000:]}")
            time.sleep(0.1)

    def appear(self) -> None:
        """Wait for the window, and put it where the screen begins."""

        def is_there() -> bool:
            self.number = self.xdotool("search", "--pid", self.process.pid).split("\n")[-1]
            return bool(self.number)

        self.until("a window", is_there)
        self.xdotool("windowmove", self.number, 0, 0)
        self.xdotool("windowfocus", self.number)

    def click(self, x: int, y: int) -> None:
        """Press and release the left button, once nothing moves any more."""
        seen = [self.pixels(0, 0, *SCREEN)]

        def is_still() -> bool:
            time.sleep(0.5)
            seen.append(self.pixels(0, 0, *SCREEN))
            return np.array_equal(seen.pop(0), seen[0])

        self.until("a picture that rests", is_still)
        self.xdotool("mousemove", x, y, "click", 1)

    def pixels(self, left: int, top: int, right: int, bottom: int) -> np.ndarray:
        """(height, width, 3) ints 0 to 255: blue, green and red of a part of the screen."""
        raw = self.frame_buffer.read_bytes()  # as xwd writes it
        header = np.frombuffer(raw, ">u4", 25)
        begin = int(header[0]) + 12 * int(header[19])  # the header with its text, then the colours
        whole = np.frombuffer(raw, np.uint8, SCREEN[0] * SCREEN[1] * 4, begin).reshape(SCREEN[1], SCREEN[0], 4)
        return whole[top:bottom, left:right, :3].astype(int)

    def has_text(self, left: int, top: int, right: int, bottom: int) -> bool:
        """Whether a part of the screen holds dark letters or signs on something light."""
        dark = (self.pixels(left, top, right, bottom).max(axis=2) < 140).mean()
        return 0.02 < dark < 0.5

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """What the profile on the disk holds."""
        path = self.data_dir / "reader" / "profile.db"
        if not path.exists():
            return []
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as db:
            return db.execute(query).fetchall()

    def signals(self) -> list[object]:
        """What was done, first to last."""
        return [signal for (signal,) in self.rows("SELECT signal FROM events ORDER BY number")]

    def close(self) -> int:
        """Ask the window to close, as the button of a window manager does; the app's exit status."""
        ask_to_close(self.display, int(self.number))
        return self.process.wait(PATIENCE_S)


@contextmanager
def real_window(tmp_path: Path, program: Sequence[str]) -> Iterator[RealWindow]:
    """Start an X server and, in it, a program that opens the app's window.

    Args:
        tmp_path: For the app's data, the server's picture and the log.
        program: What Python is given, such as `["-m", "android_demo"]`.
    """
    data_dir = tmp_path / "edge-news-app"
    data_dir.mkdir()
    (data_dir / "app-settings.json").write_text('{"is_started": true, "language": "en", "theme": "light"}')
    reading, writing = os.pipe()
    size = f"{SCREEN[0]}x{SCREEN[1]}x24"
    call = ["Xvfb", "-displayfd", str(writing), "-screen", "0", size, "-fbdir", str(tmp_path), "-nolisten", "tcp"]
    log = tmp_path / "app.log"
    with subprocess.Popen(call, pass_fds=[writing], stderr=subprocess.DEVNULL) as server:
        os.close(writing)
        try:
            with os.fdopen(reading) as told:
                display = f":{told.readline().strip()}"
            # Nothing of what other tests have set for a window without a display.
            given = {name: value for name, value in os.environ.items() if not name.startswith(("KIVY_", "SDL_"))}
            own = {"DISPLAY": display, "XDG_DATA_HOME": str(tmp_path), "HOME": str(tmp_path), "BROWSER": "true"}
            environment = given | own | {"LIBGL_ALWAYS_SOFTWARE": "1"}
            with log.open("wb") as written:
                process = subprocess.Popen(
                    [sys.executable, *program], env=environment, stdout=written, stderr=subprocess.STDOUT
                )
            try:
                window = RealWindow(process, display, tmp_path / "Xvfb_screen0", data_dir, log)
                window.appear()
                yield window
            finally:
                process.kill()
                process.wait()
        finally:
            server.terminate()


class _ClientMessage(ctypes.Structure):
    """XClientMessageEvent of Xlib, as long as an XEvent."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong),
        ("message_type", ctypes.c_ulong),
        ("format", ctypes.c_int),
        ("data", ctypes.c_long * 5),
        ("rest", ctypes.c_long * 12),
    )


def ask_to_close(display: str, window: int) -> None:
    """Send a window WM_DELETE_WINDOW; xdotool of Debian 12 can only destroy it."""
    x11 = ctypes.CDLL("libX11.so.6")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XInternAtom.restype = ctypes.c_ulong
    opened = ctypes.c_void_p(x11.XOpenDisplay(display.encode()))
    protocols, delete = (x11.XInternAtom(opened, name, False) for name in (b"WM_PROTOCOLS", b"WM_DELETE_WINDOW"))
    client_message, bits = 33, 32
    event = _ClientMessage(type=client_message, window=window, message_type=protocols, format=bits)
    event.data[0] = delete
    x11.XSendEvent(opened, ctypes.c_ulong(window), False, 0, ctypes.byref(event))
    x11.XCloseDisplay(opened)  # which sends it
