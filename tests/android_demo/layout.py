"""Whether what is drawn can be read and pressed: a walk over every widget in sight."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from kivy.core.window import Window
from kivy.metrics import dp
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.label import Label
from kivy.uix.relativelayout import RelativeLayout
from kivy.uix.scrollview import ScrollView
from kivy.uix.textinput import TextInput
from kivy.uix.widget import Widget

TARGET_DP = 48
PILL_EDGES = 20  # dp of a pill's height: what is not drawn, and a little above and below its text
SLACK_PX = 2.5  # a line of small text is drawn a pixel or two wider than it was measured
MOST_TEXTURE_PX = 4096  # of the oldest phones


def faults(root: Widget) -> list[str]:
    """What is wrong with the layout below a widget, in words; nothing if all is well."""
    widgets = list(in_sight(root))
    found = [fault for widget in widgets for fault in _faults_of(widget)]
    found += [f"{_name(gone)}: not drawn, and takes room" for widget in widgets for gone in _gaps(widget)]
    texts = [widget for widget in widgets if isinstance(widget, Label | TextInput) and widget.text.strip()]
    for one, other in combinations(texts, 2):
        if one.parent is other.parent and _overlap(one, other):
            found.append(f"{_name(one)} lies over {_name(other)}")
    return found


def in_sight(widget: Widget) -> Iterator[Widget]:
    """A widget and all below it that are shown."""
    if widget.opacity == 0 or widget.width < 1 or widget.height < 1:
        return
    yield widget
    for child in widget.children:
        yield from in_sight(child)


def _faults_of(widget: Widget) -> Iterator[str]:
    if isinstance(widget, Label) and widget.text.strip():
        width, height = widget.texture_size
        if width > widget.width + SLACK_PX or height > widget.height + SLACK_PX:
            yield f"{_name(widget)}: text of {width}x{height} in {widget.width:.0f}x{widget.height:.0f}"
        if type(widget).__name__ == "Pill" and height > widget.height - dp(PILL_EDGES) + SLACK_PX:
            yield f"{_name(widget)}: text of {height} px stands out of a pill of {widget.height:.0f}"
        if height > MOST_TEXTURE_PX:
            yield f"{_name(widget)}: a texture of {height} px"
    if (
        hasattr(widget, "on_release")
        and not widget.disabled
        and min(widget.width, widget.height) < TARGET_DP - SLACK_PX
    ):
        yield f"{_name(widget)}: a target of {widget.width:.0f}x{widget.height:.0f}"
    parent = widget.parent
    if isinstance(parent, Widget) and parent is not Window and not isinstance(parent, ScrollView):
        left, bottom, right, top = widget.x, widget.y, widget.right, widget.top
        if _is_relative(parent):
            least_x, least_y, most_x, most_y = 0.0, 0.0, parent.width, parent.height
        else:
            least_x, least_y, most_x, most_y = parent.x, parent.y, parent.right, parent.top
        if isinstance(parent.parent, ScrollView):
            least_y, most_y = float("-inf"), float("inf")
        if (
            left < least_x - SLACK_PX
            or right > most_x + SLACK_PX
            or bottom < least_y - SLACK_PX
            or top > most_y + SLACK_PX
        ):
            yield (
                f"{_name(widget)}: ({left:.0f}, {bottom:.0f}) to ({right:.0f}, {top:.0f}) is outside of "
                f"{type(parent).__name__} ({least_x:.0f}, {least_y:.0f}) to ({most_x:.0f}, {most_y:.0f})"
            )


def _gaps(widget: Widget) -> Iterator[Widget]:
    """Children that are not drawn and push the others away."""
    if isinstance(widget, BoxLayout):
        for child in widget.children:
            if child.opacity == 0 and min(child.width, child.height) >= 1:
                yield child


def _is_relative(widget: Widget) -> bool:
    return isinstance(widget, RelativeLayout)


def _overlap(one: Widget, other: Widget) -> bool:
    across = min(one.right, other.right) - max(one.x, other.x)
    along = min(one.top, other.top) - max(one.y, other.y)
    return across > SLACK_PX and along > SLACK_PX


def _name(widget: Widget) -> str:
    text = getattr(widget, "words", "") or getattr(widget, "text", "")
    return f"{type(widget).__name__} {text[:30]!r}" if text else type(widget).__name__
