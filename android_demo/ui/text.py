"""Text widgets that break lines by `core.wrapping`, in the app's own fonts."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from kivy.core.text import LabelBase
from kivy.lang import Builder
from kivy.properties import NumericProperty, OptionProperty, StringProperty
from kivy.uix.label import Label

from android_demo.core.scripts import directed, is_plain, is_rtl
from android_demo.core.signs import SIGNS
from android_demo.core.wrapping import wrap
from android_demo.ui.runs import FONT, SERIF, SIGNS_FONT, RunsLabel, RunsText

__all__ = [
    "FONT",
    "SERIF",
    "FitLine",
    "Lines",
    "RunsText",
    "Sign",
    "Words",
    "height_of",
    "lines_of",
    "measure_of",
    "width_of",
]

FONTS_DIR = Path(__file__).parent.parent / "assets" / "fonts"

LabelBase.register(FONT, str(FONTS_DIR / "NewsSans-Regular.otf"), fn_bold=str(FONTS_DIR / "NewsSans-Bold.otf"))
LabelBase.register(SERIF, str(FONTS_DIR / "NewsSerif-Regular.ttf"), fn_bold=str(FONTS_DIR / "NewsSerif-Bold.ttf"))
LabelBase.register(SIGNS_FONT, str(FONTS_DIR / "NewsSigns.ttf"))


@lru_cache(maxsize=16)
def _extents(font_size: float, font_name: str = FONT, *, bold: bool) -> Callable[[str], tuple[int, int]]:
    """(width, height) in px of a string in one style; answers are kept, as words and characters come again."""
    return lru_cache(maxsize=20_000)(RunsLabel(font_name=font_name, font_size=font_size, bold=bold).get_extents)


@lru_cache(maxsize=16)
def measure_of(font_size: float, font_name: str = FONT, *, bold: bool = False) -> Callable[[str], float]:
    """Width in px of a piece of a line, at most a quarter too large, so that no line is wider than its pieces."""
    extents = RunsLabel(font_name=font_name, font_size=font_size, bold=bold).get_extents

    @lru_cache(maxsize=20_000)
    def measure(piece: str) -> float:
        # Kivy gives whole px, rounded down.
        return (extents(piece * 4)[0] + 1) / 4 if piece else 0.0

    return measure


def lines_of(
    text: str,
    width: float,
    font_size: float,
    font_name: str = FONT,
    *,
    bold: bool = False,
    max_lines: int | None = None,
) -> list[str]:
    """The text broken to `width` px; answers are kept, as a list is dealt anew with each new order."""
    return list(_broken(text, width, font_size, font_name, max_lines, bold=bold))


@lru_cache(maxsize=2_000)
def _broken(
    text: str, width: float, font_size: float, font_name: str, max_lines: int | None, *, bold: bool
) -> tuple[str, ...]:
    lines = wrap(text, width, measure_of(font_size, font_name, bold=bold), max_lines)
    return tuple(lines if is_plain(text) else directed(lines, is_from_right=is_rtl(text)))


def width_of(line: str, font_size: float, font_name: str = FONT, *, bold: bool = False) -> int:
    """Width in px of a line."""
    return _extents(font_size, font_name, bold=bold)(line)[0]


def height_of(lines: list[str], font_size: float, font_name: str = FONT, *, bold: bool = False) -> int:
    """Height in px of lines as Kivy stacks them; a line with tall glyphs can be higher than its neighbours."""
    extents = _extents(font_size, font_name, bold=bold)
    return sum(extents(line)[1] for line in lines)


class Lines(RunsText):
    """Lines that are broken already, drawn from the top, at the side where their script begins; as high as its text."""

    def on_text(self, *_: object) -> None:
        """Find the side."""
        self.halign = "right" if is_rtl(self.text) else "left"


class Words(Lines):
    """Text that breaks itself to the widget's width."""

    words = StringProperty()
    most_lines = NumericProperty(0)  # 0 = all

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        for name in ("words", "width", "font_size", "font_name", "bold", "most_lines"):
            self.fbind(name, self._break)
        self._break()

    def _break(self, *_: object) -> None:
        most_lines = int(self.most_lines) or None
        style = {"font_size": self.font_size, "font_name": self.font_name, "bold": self.bold}
        self.text = "\n".join(lines_of(self.words, self.width, max_lines=most_lines, **style))


class FitLine(RunsText):
    """One line that is made smaller where it would be wider than the widget, and cut where it still is."""

    words = StringProperty()
    largest = NumericProperty("14sp")  # px
    smallest = NumericProperty("9dp")  # px
    align = OptionProperty("center", options=["left", "center", "right"])

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        for name in ("words", "size", "bold", "largest"):
            self.fbind(name, self._fit)
        self._fit()

    def _fit(self, *_: object) -> None:
        words = " ".join(self.words.split())
        natural = max(1, width_of(words, self.largest, bold=self.bold))
        by_height = self.height / (1.5 * self.largest)
        size = max(self.smallest, self.largest * min(1.0, self.width / natural, by_height))
        self.font_size = int(size)
        self.text = lines_of(words, self.width, self.font_size, bold=self.bold, max_lines=1)[0]


class Sign(Label):
    """One of the signs of `core.signs`."""

    sign = StringProperty()

    def on_sign(self, *_: object) -> None:
        """Draw it."""
        self.text = SIGNS.get(self.sign, "")


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
