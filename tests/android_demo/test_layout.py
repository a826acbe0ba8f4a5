"""Every screen holds at every size, text size and language."""

from collections.abc import Callable
from typing import Any

import pytest

SIZES = [(360, 640), (412, 916), (916, 412), (800, 480), (1024, 768)]
SCALES = [0.8, 1.0, 1.6, 2.0]


def walk(driver: Any, size: tuple[int, int], scale: float, language: str) -> list[str]:
    """Go to every screen and sheet, and name what does not hold."""

    from android_demo.ui.screens import SCREENS
    from tests.android_demo.layout import faults

    app = driver.app
    app.set(language=language)
    shell = app.shell
    shell.size_hint, shell.size, shell.pos = (None, None), size, (0, 0)
    found = []
    article_id = app.navigation.screen("feed").ids.cards.rows[0].article_id
    for name in SCREENS:
        driver.go(name, **({"article_id": article_id} if name == "article" else {}))
        driver.frames(3)
        found += [f"{name} {size} x{scale} {language}: {fault}" for fault in faults(shell)]
    for sheet in sheets(driver, article_id):
        app.open_sheet(sheet)
        sheet.size_hint, sheet.size, sheet.pos = (None, None), size, (0, 0)
        driver.rest()
        found += [f"{type(sheet).__name__} {size} x{scale} {language}: {fault}" for fault in faults(sheet)]
        sheet.dismiss(animation=False)
    return found


def sheets(driver: Any, article_id: str) -> list[Any]:
    """One of every kind of sheet."""
    from android_demo.core.pages.why import why_page
    from android_demo.ui.sheet import Question
    from android_demo.ui.story_sheet import StorySheet
    from android_demo.ui.why import Why

    feed = driver.app.navigation.screen("feed").ids.cards.rows
    why = Why()
    driver.app.commands.do(lambda session: why_page(session, driver.app.now(), article_id), why.show)
    return [StorySheet(feed[0]), why, Question("Erase " * 9, "All of it. " * 20, "Yes, erase it", "No", lambda: None)]


@pytest.mark.parametrize("scale", SCALES)
def test_no_text_is_cut_and_no_target_is_small(start: Callable[..., Any], scale: float) -> None:
    from kivy.metrics import Metrics

    try:
        driver = start(text_scale=scale)
        found = [fault for language in ("en", "zh") for size in SIZES for fault in walk(driver, size, scale, language)]
    finally:
        Metrics.fontscale = 1.0
    assert not found, "\n".join(found)
