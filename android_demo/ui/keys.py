"""Keys by what they are for, and who hears of them: the keyboard's place, then the pages in sight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kivy.core.window import Window

from android_demo.ui.key_ring import KeyRing

if TYPE_CHECKING:
    from android_demo.app import EdgeNewsApp

BACK_KEYS = (27, 1000, 1001)  # Escape on a desktop, "back" on Android by name and by number
ENTER_KEYS = (13, 271)  # the second is of a number pad
TAB_KEY = 9
ARROWS = {273: "up", 274: "down", 275: "right", 276: "left"}
ALONG = {"up": -1, "down": 1}
ACROSS = {"left": -1, "right": 1}


def key_name(key: int, char: str | None, modifiers: Sequence[str]) -> str:
    """What a key means: "back", "enter", "tab", "back tab", an arrow, a letter for itself; "" for nothing here."""
    if key in BACK_KEYS:
        return "back"
    if set(modifiers) & {"ctrl", "alt", "meta"}:
        return ""
    if key in ENTER_KEYS:
        return "enter"
    if key == TAB_KEY:
        return "back tab" if "shift" in modifiers else "tab"
    return ARROWS.get(key) or char or ""


class Keys:
    """Listens to the window, for what no field took."""

    def __init__(self, app: EdgeNewsApp) -> None:
        """Listen.

        Args:
            app: Its pages and its sheet are told.
        """
        self._app = app
        self.ring = KeyRing(app.shell)
        Window.bind(on_keyboard=self._on_key)

    def stop(self) -> None:
        """Listen no more."""
        self.ring.stop()
        Window.unbind(on_keyboard=self._on_key)

    def go_on(self, step: int) -> bool:
        """Tab: to the next that can be pressed, or with -1 the one before."""
        return self.ring.move(step, self._app.theme)

    def _on_key(self, _window: object, key: int, _scan: int, char: str | None, modifiers: list[str]) -> bool:
        name = key_name(key, char, modifiers)
        if name == "back":
            return self._app.back()
        if name in ("tab", "back tab"):
            return self.go_on(1 if name == "tab" else -1)
        return bool(name) and (self._at_the_ring(name) or self._on_page(name))

    def _at_the_ring(self, name: str) -> bool:
        """What has the keyboard's place comes first."""
        if name in ("enter", " "):
            return self.ring.press()
        if name in ACROSS:
            return self.ring.nudge(ACROSS[name])
        return name in ALONG and self.ring.step(ALONG[name])

    def _on_page(self, name: str) -> bool:
        has_sheet = self._app.sheet is not None and self._app.sheet.parent is not None
        if not has_sheet and any(page.on_key(name) for page in reversed(self._app.navigation.in_sight())):
            self.ring.leave_button()
            return True
        return name in ALONG and self.go_on(ALONG[name])
