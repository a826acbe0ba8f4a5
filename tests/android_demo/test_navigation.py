"""Where the reader is, without a feed behind it."""

from types import SimpleNamespace

import pytest


@pytest.fixture
def navigation(window):
    """Screens without widgets; `lit` is the tab that was lit last."""
    from android_demo.navigation import Navigation

    def put(screens, tab):
        shell.put_last, shell.lit = screens, tab

    shell = SimpleNamespace(bind=lambda **callbacks: None, put=put, put_last=None, lit=None, is_wide=False)
    made = Navigation(shell, None, None, None)
    tabs = {"feed": "feed", "search": "search", "you": "you"}
    for name in ("feed", "search", "you", "rules", "article", "start", "suggested"):
        made._screens[name] = SimpleNamespace(
            tab=tabs.get(name, ""), ask=None, is_alone=name == "start", is_detail=name not in tabs, leave=lambda: None
        )
    made.lit = lambda: shell.lit
    return made


def test_the_lit_tab_is_that_of_the_newest_place(navigation):
    lit = []
    for name in ("start", "suggested", "feed", "article", "search", "article", "rules"):
        navigation.go(name)
        lit.append(navigation.lit())
    assert lit == ["", "you", "feed", "feed", "search", "search", "you"]
    while navigation.back():
        lit.append(navigation.lit())
    assert lit[7:] == ["search", "search", "feed"]


def test_a_window_that_is_wide_from_the_first_shows_nothing_before_there_is_a_place(window):
    from android_demo.navigation import Navigation

    told, shown = [], []
    shell = SimpleNamespace(bind=lambda **callbacks: told.extend(callbacks.values()), put=shown.append, is_wide=True)
    Navigation(shell, None, None, None)
    for callback in told:
        callback(shell, True)
    assert shown == []
