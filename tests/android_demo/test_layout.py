"""Every screen holds at every size, text size and language."""

from collections.abc import Callable
from typing import Any

import pytest

SIZES = [(360, 640), (412, 916), (916, 412), (800, 480), (1024, 768)]
SCALES = [0.8, 1.0, 1.6, 2.0]


def walk(driver: Any, size: tuple[int, int], scale: float, language: str) -> list[str]:
    """Go to every screen and sheet, and name what does not hold."""
    from kivy.core.window import Window
    from kivy.metrics import Metrics

    from android_demo.ui.screens import SCREENS
    from tests.android_demo.layout import faults

    app = driver.app
    app.set(language=language)
    Metrics.fontscale = scale
    shell = app.shell
    Window.remove_widget(shell)
    shell.size_hint, shell.size, shell.pos = (None, None), size, (0, 0)
    Window.add_widget(shell)
    found = []
    article_id = app.navigation.screen("feed").ids.cards.rows[0].article_id
    for name in SCREENS:
        driver.go(name, **({"article_id": article_id} if name == "article" else {}))
        driver.frames(4)
        found += [f"{name} {size} x{scale} {language}: {fault}" for fault in faults(shell)]
    return found


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("scale", SCALES)
def test_no_text_is_cut_and_no_target_is_small(start: Callable[..., Any], size: tuple[int, int], scale: float) -> None:
    from kivy.metrics import Metrics

    try:
        for language in ("en", "zh"):
            driver = start(text_scale=scale)
            found = walk(driver, size, scale, language)
            assert not found, "\n".join(found)
    finally:
        Metrics.fontscale = 1.0
