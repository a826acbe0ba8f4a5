"""Every screen holds at every size, text size and language."""

from collections.abc import Callable, Iterable
from itertools import product
from typing import Any

import pytest

SIZES = [(360, 640), (412, 916), (916, 412), (800, 480), (1024, 768)]
SCALES = [0.8, 1.0, 1.6, 2.0]


def walk(driver: Any, size: tuple[int, int], scale: float, language: str) -> list[str]:
    """Go to every screen and sheet, and name what does not hold."""

    from tests.android_demo.layout import faults

    app = driver.app
    app.set(language=language)
    shell = app.shell
    shell.size_hint, shell.size, shell.pos = (None, None), size, (0, 0)
    found = []
    for name in driver.tour():
        sheet = app.sheet if app.sheet is not None and app.sheet.parent is not None else None
        if sheet is not None:
            sheet.size_hint, sheet.size, sheet.pos = (None, None), size, (0, 0)
            driver.frames(3)
        found += [f"{name} {size} x{scale} {language}: {fault}" for fault in faults(sheet or shell)]
    return found


def faults_at(start: Callable[..., Any], scale: float, cases: Iterable[tuple[str, tuple[int, int]]]) -> list[str]:
    from kivy.metrics import Metrics

    try:
        driver = start(text_scale=scale)
        return [fault for language, size in cases for fault in walk(driver, size, scale, language)]
    finally:
        Metrics.fontscale = 1.0


# The narrow and the flat in small and large text, one by one; all of them together are for the long run.
@pytest.mark.parametrize(
    ("scale", "language", "size"),
    [(2.0, "en", (360, 640)), (1.0, "zh", (800, 480))],
)
def test_no_text_is_cut_and_no_target_is_small(
    start: Callable[..., Any], scale: float, language: str, size: tuple[int, int]
) -> None:
    found = faults_at(start, scale, [(language, size)])
    assert not found, "\n".join(found)


@pytest.mark.long
@pytest.mark.parametrize("scale", SCALES)
def test_every_size_holds_in_both_languages(start: Callable[..., Any], scale: float) -> None:
    found = faults_at(start, scale, product(("en", "zh"), SIZES))
    assert not found, "\n".join(found)
