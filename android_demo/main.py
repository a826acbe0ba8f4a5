"""Where the app starts: on a phone as /main.py of the APK, on a desktop through `python -m android_demo`."""

from __future__ import annotations

import os

from android_demo.collector import look_seldom

PHONE_SIZE = ("412", "892")  # of the desktop window, in px


def main() -> None:
    look_seldom()
    # Kivy reads these when first imported: it would take over sys.argv, write its own settings file and its own log.
    os.environ.setdefault("KIVY_NO_ARGS", "1")
    os.environ.setdefault("KIVY_NO_CONFIG", "1")
    os.environ.setdefault("KIVY_NO_FILELOG", "1")
    # A phone has these decoders alone. Kivy would load Pillow too, and with it numpy, before the window is there.
    os.environ.setdefault("KIVY_IMAGE", "sdl2")
    from kivy.config import Config

    Config.set("graphics", "width", PHONE_SIZE[0])
    Config.set("graphics", "height", PHONE_SIZE[1])
    Config.set("input", "mouse", "mouse,disable_multitouch")  # else a right click leaves a red dot
    # The window has the touches already; Kivy's own search of Linux would bring each a second time.
    Config.remove_option("input", "%(name)s")
    from android_demo.app import EdgeNewsApp
    from android_demo.core.remedies import told
    from android_demo.core.theme import LIGHT
    from android_demo.platform.bars import keep_clear_of_bars
    from edge_runtime import StorageError

    try:
        app = EdgeNewsApp()
    except StorageError as error:
        raise SystemExit(f"edge-news-app: {told(error)}") from error
    keep_clear_of_bars(*LIGHT.background[:3], is_light=True)
    app.run()


if __name__ == "__main__":
    main()
