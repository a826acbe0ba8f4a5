"""Draws a line in several fonts: each run of it in one that has its script, from the side that it is read from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from kivy.core.text import Label as CoreLabel
from kivy.core.text.text_sdl2 import _SurfaceContainer
from kivy.uix.label import Label
from kivy.utils import platform

from android_demo.core.scripts import OWN, Run, fonts_for, is_plain, runs

FONT, SERIF, SIGNS_FONT = "News Sans", "News Serif", "News Signs"
LATIN_FONTS = {SERIF}  # have Latin alone; what a monospaced font has is taken for Latin too
FONT_DIRS = ("/system/fonts",) if platform == "android" else ("/usr/share/fonts", "/usr/local/share/fonts")

MOST_TAUGHT = 32  # Kivy keeps 64 fonts open, the app's own among them
_TAUGHT: set[str] = set()


@lru_cache(maxsize=1)
def device_fonts() -> dict[str, tuple[str, str]]:
    """Regular and bold font file by script, as this device has them; looked for once, when the first is wanted."""
    return fonts_for(file for place in FONT_DIRS for file in Path(place).rglob("*"))


@lru_cache(maxsize=1)
def mono_font() -> str:
    """A font whose letters are all as wide; the app's own where the device has none."""
    found = device_fonts().get("mono")
    if found is None:
        return FONT
    CoreLabel.register("Device Mono", found[0], fn_bold=found[1])
    LATIN_FONTS.add("Device Mono")
    return "Device Mono"


@lru_cache(maxsize=4_000)
def _runs(text: str, *, in_latin: bool) -> tuple[Run, ...]:
    return tuple(runs(text, in_latin=in_latin))


class RunsLabel(CoreLabel):
    """Kivy's renderer of text, which draws with one font and from the left, for text of several scripts."""

    def get_extents(self, text: str) -> tuple[int, int]:
        """Width and height in px of one line."""
        parts = self._parts(text)
        if not parts:
            return super().get_extents(text)
        width, ascent, descent = 0, self.get_ascent(), 0
        for run in parts:
            with self._in_font_of(run):
                run_width, height = super().get_extents(run.text)
                own_ascent = self.get_ascent()
            width += run_width
            ascent, descent = max(ascent, own_ascent), max(descent, height - own_ascent)
        return width, ascent + descent

    def _render_text(self, text: str, x: float, y: float) -> None:
        parts = self._parts(text)
        if not parts:
            super()._render_text(text, x, y)
            return
        ascents = []
        for run in parts:
            with self._in_font_of(run):
                ascents.append(self.get_ascent())
        baseline = y + max(self.get_ascent(), *ascents)
        for run, ascent in zip(parts, ascents, strict=True):
            with self._in_font_of(run):
                super()._render_text(run.text, x, baseline - ascent)
                x += super().get_extents(run.text)[0]

    def _parts(self, text: str) -> tuple[Run, ...]:
        """The runs of a line, none where one font draws it all."""
        in_latin = self.options["font_name"] in LATIN_FONTS
        return () if is_plain(text, in_latin=in_latin) else _runs(text, in_latin=in_latin)

    def _get_font_id(self) -> str:
        own = super()._get_font_id()
        return f"{own}|{self.options['font_direction']}|{self.options['font_script_name']}"

    @contextmanager
    def _in_font_of(self, run: Run) -> Iterator[None]:
        """Have Kivy's options say the font, direction and script of a run."""
        if not run.code:
            yield
            return
        options, own = self.options, self._fonts[FONT][::2]
        kept = options["font_name_r"], options["font_direction"], options["font_script_name"]
        options["font_name_r"] = device_fonts().get(run.code, own)[bool(options["bold"])]
        options["font_direction"] = "rtl" if run.is_rtl else "ltr"
        options["font_script_name"] = "Latn" if run.code == OWN else run.code
        try:
            self._teach()
            yield
        finally:
            options["font_name_r"], options["font_direction"], options["font_script_name"] = kept

    def _teach(self) -> None:
        """Draw once with a font: SDL's learns its direction and script then, and is asked for a width before."""
        font = self._get_font_id()
        if font not in _TAUGHT:
            if len(_TAUGHT) >= MOST_TAUGHT:
                _TAUGHT.clear()
            _TAUGHT.add(font)
            _SurfaceContainer(4, 4).render(self, "x", 0, 0)


class RunsText(Label):
    """A label that is drawn by RunsLabel."""

    def _create_label(self) -> None:
        options = {name: getattr(self, name) for name in self._font_properties}
        if self.disabled:
            options |= {"color": self.disabled_color, "outline_color": self.disabled_outline_color}
        self._label = RunsLabel(usersize=self.text_size, **options)
