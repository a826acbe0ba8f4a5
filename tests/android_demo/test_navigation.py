"""Where the reader is, without a feed behind it."""

from types import SimpleNamespace


def test_a_window_that_is_wide_from_the_first_shows_nothing_before_there_is_a_place(window):
    from android_demo.navigation import Navigation

    told, shown = [], []
    shell = SimpleNamespace(bind=lambda **callbacks: told.extend(callbacks.values()), put=shown.append, is_wide=True)
    Navigation(shell, None, None, None)
    for callback in told:
        callback(shell, True)
    assert shown == []
