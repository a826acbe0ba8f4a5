"""Lengths as pictures: drawn by attributes, as the policy lets no page bring a style."""

from __future__ import annotations

from collections.abc import Sequence

from edge_runtime.web.html import Html, tag


def bar(share: float) -> Html:
    """A share from -1 to 1; the number itself stands beside it in words."""
    width = round(100 * min(1.0, abs(share)))
    return tag(
        "svg",
        tag("rect", width=max(width, 1), height=6, rx=3) if width else None,
        class_="bar minus" if share < 0 else "bar",
        viewBox="0 0 100 6",
        preserveAspectRatio="none",
        aria_hidden="true",
    )


def stacks(weeks: Sequence[Sequence[float]], says: str) -> Html:
    """Shares a week, one stack beside the other; each place has a colour of its own, the last that of the others.

    Args:
        weeks: Oldest first; shares from 0 to 1 that sum to 1, or are all 0.
        says: The picture in words.
    """
    rects = []
    for place, shares in enumerate(weeks):
        y = 100.0
        for colour, share in enumerate(shares):
            if share:
                y -= 100 * share
                rects.append(
                    tag(
                        "rect",
                        x=place * 10 + 1,
                        y=f"{y:.1f}",
                        width=8,
                        height=f"{100 * share:.1f}",
                        class_=f"c{colour}",
                    )
                )
    return tag(
        "svg",
        *rects,
        class_="weeks",
        viewBox=f"0 0 {10 * len(weeks)} 100",
        preserveAspectRatio="none",
        role="img",
        aria_label=says,
    )
