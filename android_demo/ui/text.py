"""Text widgets that break lines by `core.wrapping`, in the app's own fonts."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from kivy.core.text import Label as CoreLabel
from kivy.core.text import LabelBase
from kivy.lang import Builder
from kivy.properties import NumericProperty, OptionProperty, StringProperty
from kivy.uix.label import Label

from android_demo.core.signs import SIGNS
from android_demo.core.wrapping import wrap

FONT, SIGNS_FONT = "News Sans", "News Signs"
FONTS_DIR = Path(__file__).parent.parent / "assets" / "fonts"

LabelBase.register(FONT, str(FONTS_DIR / "NewsSans-Regular.otf"), fn_bold=str(FONTS_DIR / "NewsSans-Bold.otf"))
LabelBase.register(SIGNS_FONT, str(FONTS_DIR / "NewsSigns.ttf"))


@lru_cache(maxsize=16)
def _extents(font_size: float, *, bold: bool) -> Callable[[str], tuple[int, int]]:
    """(width, height) in px of a string in one style; answers are kept, as words and characters come again."""
    return lru_cache(maxsize=20_000)(CoreLabel(font_name=FONT, font_size=font_size, bold=bold).get_extents)


def lines_of(
    text: str, width: float, font_size: float, *, bold: bool = False, max_lines: int | None = None
) -> list[str]:
    """The text broken to `width` px."""
    extents = _extents(font_size, bold=bold)
    lines = wrap(text, width, lambda piece: extents(piece)[0], max_lines)
    # The pieces of a line, measured one by one, can be a few pixels narrower than the line.
    too_wide = max(extents(line)[0] for line in lines) - width
    return wrap(text, width - too_wide, lambda piece: extents(piece)[0], max_lines) if 0 < too_wide < 9 else lines


def width_of(line: str, font_size: float, *, bold: bool = False) -> int:
    """Width in px of a line."""
    return _extents(font_size, bold=bold)(line)[0]


def height_of(lines: list[str], font_size: float, *, bold: bool = False) -> int:
    """Height in px of lines as Kivy stacks them; a line with tall glyphs can be higher than its neighbours."""
    extents = _extents(font_size, bold=bold)
    return sum(extents(line)[1] for line in lines)


class Lines(Label):
    """Lines that are broken already, drawn from the top left corner; as high as its text."""


class Words(Lines):
    """Text that breaks itself to the widget's width."""

    words = StringProperty()
    most_lines = NumericProperty(0)  # 0 = all

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        for name in ("words", "width", "font_size", "bold", "most_lines"):
            self.fbind(name, self._break)
        self._break()

    def _break(self, *_: object) -> None:
        most_lines = int(self.most_lines) or None
        self.text = "\n".join(lines_of(self.words, self.width, self.font_size, bold=self.bold, max_lines=most_lines))


class FitLine(Label):
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
