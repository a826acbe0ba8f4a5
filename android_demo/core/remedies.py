"""Facts and remedies as the app says them: there is nothing to type."""

from __future__ import annotations

from edge_runtime import EdgeError, Notice, Remedy

WORDS = {
    Remedy.CHOOSE_DIRECTORY: "this app needs a folder of its own to keep articles in",
    Remedy.LIST_ARTICLES: "go back to the list of articles",
    Remedy.LIST_PROFILE: "your interests list what there is",
    Remedy.LIST_FEEDS: "choose one of the feeds in the list",
    Remedy.SYNC: "the rest comes with the next fetch",
    Remedy.EXPORTED_FILE: "choose a file that was exported",
    Remedy.ALLOW_PRIVATE: "feeds of your own network are not fetched",
    Remedy.INSTALL_ENGINE: "this app was built without one",
    Remedy.BUNDLE_FILE: "install the app again",
    Remedy.LIKE_AGAIN: "like it to bring it back",
}


def told(what: EdgeError | Notice) -> str:
    """A fact and its remedy in one line."""
    return f"{what.fact}; {WORDS[what.remedy]}" if what.remedy else what.fact
