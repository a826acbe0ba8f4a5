from __future__ import annotations

from dataclasses import replace

import pytest

from edge_runtime.errors import UnknownArticleError
from edge_runtime.profile.reader_profile import ReaderProfile
from edge_runtime.profile.reader_settings import ReaderSettings
from edge_runtime.storage.articles import open_cache
from edge_runtime.storage.profile import ProfileStore
from edge_runtime.types import OrderChoice


@pytest.fixture
def opened(tmp_path):
    """Opens the settings of one data directory; all are closed at the end."""
    stores = []

    def settings():
        cache, _ = open_cache(tmp_path / "cache.db")
        profile = ProfileStore(tmp_path / "profile.db")
        stores.extend([cache, profile])
        return ReaderSettings(ReaderProfile(profile), cache, tmp_path)

    yield settings
    for store in stores:
        store.close()


def test_settings_need_no_bundle_and_are_there_after_opening_again(opened, now):
    first = opened()
    first.variety, first.languages = 0.25, ["DE", "en-GB"]
    first.push_settings = replace(first.push_settings, max_age_h=3.0)
    first.set_order(OrderChoice.NEWEST, now)
    again = opened()
    assert (again.variety, again.languages, again.order) == (0.25, ("de", "en"), OrderChoice.NEWEST)
    assert again.push_settings.max_age_h == 3.0


def test_a_list_that_was_made_before_an_erasing_gets_no_numbers(opened):
    settings = opened()
    settings.remember_list(["a", "b"])
    assert settings.listed(2) == "b"
    settings.erase()
    settings.remember_list(["a", "b"])  # made before
    with pytest.raises(UnknownArticleError):
        settings.listed(2)


def test_in_private_mode_no_list_is_numbered(opened):
    settings = opened()
    settings.private = True
    settings.remember_list(["a"])
    settings.private = False
    with pytest.raises(UnknownArticleError, match="none was shown"):
        settings.listed(1)
