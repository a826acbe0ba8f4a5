"""Every screen by its name; each is loaded when it is first shown."""

from __future__ import annotations

from importlib import import_module

from android_demo.ui.page import Page
from edge_runtime import msgid

SCREENS = {
    "feed": "stories:ForYouScreen",
    "latest": "stories:LatestScreen",
    "saved": "stories:SavedScreen",
    "search": "search:SearchScreen",
    "hidden": "stories:HiddenScreen",
    "you": "you:YouScreen",
    "beliefs": "beliefs:BeliefsScreen",
    "words": "words:WordsScreen",
    "rules": "rules:RulesScreen",
    "deeds": "deeds:DeedsScreen",
    "worth": "worth:WorthScreen",
    "mixture": "mixture:MixtureScreen",
    "travel": "travel:TravelScreen",
    "own_data": "own_data:OwnDataScreen",
    "lab": "lab:LabScreen",
    "article": "article:ArticleScreen",
    "settings": "settings:SettingsScreen",
    "message": "message:MessageScreen",
    "start": "start:StartScreen",
    "suggested": "suggested:SuggestedScreen",
    "add_feed": "add_feed:AddFeedScreen",
    "opml": "opml:OpmlScreen",
    "feeds": "feeds:FeedsScreen",
    "notifying": "notifying:NotifyingScreen",
    "about": "about:AboutScreen",
    "licence": "about:LicenceScreen",
    "fault": "fault:FaultScreen",
}
# The tabs of the bar: screen, sign, and what it is called.
TABS = (
    ("feed", "for_you", msgid("For you")),
    ("latest", "latest", msgid("Latest")),
    ("saved", "saved", msgid("Saved")),
    ("search", "search", msgid("Search")),
    ("you", "you", msgid("You")),
)
# Screens that belong to a tab, from wherever they were opened; an article belongs to the list that it came from.
OF_TABS = dict.fromkeys(
    (
        *("hidden", "beliefs", "words", "rules", "deeds", "worth", "mixture", "travel", "own_data", "lab"),
        *("settings", "feeds", "add_feed", "suggested", "opml", "notifying", "about", "licence"),
    ),
    "you",
)


def make_screen(name: str) -> Page:
    """A new screen of a name.

    Raises:
        KeyError: There is none.
    """
    module, kind = SCREENS[name].split(":")
    made = getattr(import_module(f"android_demo.ui.{module}"), kind)(name=name)
    assert isinstance(made, Page)
    return made
