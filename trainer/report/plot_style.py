"""How all pictures look: Okabe and Ito's colours, which colour-blind readers can tell apart, and large enough letters.

Colour never stands alone: points differ in their markers, lines in their dashes, bars in their hatches.
"""

from __future__ import annotations

from typing import Any

Look = dict[str, Any]  # of lines and points: keywords of matplotlib's functions
BLUE, ORANGE, GREEN, VERMILLION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
SKY, PURPLE, BLACK, GREY = "#56B4E9", "#CC79A7", "#000000", "0.45"
BEFORE, AFTER = BLUE, VERMILLION  # the dense student, the compressed one
DPI = 144
STYLE: dict[Any, Any] = {
    "font.size": 10,
    "axes.titlesize": 11,
    "legend.fontsize": 9,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
}
