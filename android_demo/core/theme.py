"""The colour themes as plain data; every colour is (red, green, blue, alpha), 0 to 1."""

from __future__ import annotations

from dataclasses import dataclass, replace

Colour = tuple[float, float, float, float]


def from_hex(text: str, alpha: float = 1.0) -> Colour:
    """ "#1C1B19" -> (0.11, 0.106, 0.098, alpha)."""
    red, green, blue = (int(text[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue, alpha


@dataclass(frozen=True, slots=True)
class Theme:
    """One colour for each purpose, so that screens name purposes and not colours."""

    background: Colour
    card: Colour
    sheet: Colour  # paper that lies over the page
    pill: Colour  # a button at rest, and the track under a bar
    line: Colour  # hairlines
    ink: Colour  # what is read
    muted: Colour  # what is said in passing, and stories already read
    accent: Colour  # what can be pressed, and the reason for a place
    on_accent: Colour  # text on accent
    positive: Colour  # bars that raise a score
    negative: Colour  # bars that lower it, and erasing
    scrim: Colour  # over the page behind a sheet
    badges: tuple[Colour, ...]  # of sources, with their letter on them
    on_badge: Colour  # that letter


LIGHT = Theme(
    background=from_hex("#F3F1EB"),
    card=from_hex("#FFFFFF"),
    sheet=from_hex("#FFFFFF"),
    pill=from_hex("#E8E5DA"),
    line=from_hex("#D8D4C7"),
    ink=from_hex("#1D1C1A"),
    muted=from_hex("#69665F"),
    accent=from_hex("#1F6350"),
    on_accent=from_hex("#FFFFFF"),
    positive=from_hex("#3A8168"),
    negative=from_hex("#A8432A"),
    scrim=from_hex("#1D1C1A", 0.45),
    badges=tuple(
        map(from_hex, ["#1F6350", "#8A4B08", "#2F5FA8", "#8A2F5F", "#5B4A9E", "#4B6416", "#A63A2A", "#3D5663"])
    ),
    on_badge=from_hex("#FFFFFF"),
)

DARK = Theme(
    background=from_hex("#111312"),
    card=from_hex("#1B1E1D"),
    sheet=from_hex("#1B1E1D"),
    pill=from_hex("#282C2A"),
    line=from_hex("#303432"),
    ink=from_hex("#ECEAE4"),
    muted=from_hex("#A19E96"),
    accent=from_hex("#86CDB3"),
    on_accent=from_hex("#10211B"),
    positive=from_hex("#5FB394"),
    negative=from_hex("#E58B6F"),
    scrim=from_hex("#000000", 0.6),
    badges=tuple(
        map(from_hex, ["#86CDB3", "#E0A96D", "#93B8F0", "#E29AC0", "#B9ACF2", "#B4CC7C", "#EE9C8C", "#A9C2CF"])
    ),
    on_badge=from_hex("#10211B"),
)

# For screens whose black pixels are dark. A sheet is lighter: black paper on a black page would have no edge.
BLACK = replace(
    DARK,
    background=from_hex("#000000"),
    card=from_hex("#000000"),
    sheet=from_hex("#161918"),
    pill=from_hex("#252927"),
)


def theme_of(setting: str, *, is_system_dark: bool) -> Theme:
    """The colours for a setting of `core.settings.THEMES`."""
    return {"light": LIGHT, "dark": DARK, "black": BLACK}.get(setting, DARK if is_system_dark else LIGHT)


def contrast(one: Colour, other: Colour) -> float:
    """WCAG 2 contrast of two opaque colours, 1 (none) to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Colour) -> float:
    red, green, blue = ((part / 12.92) if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
