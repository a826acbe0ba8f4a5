"""Facts and remedies as the app says them: there is nothing to type."""

from __future__ import annotations

from edge_runtime import EdgeError, Notice, Remedy, Wording

WORDS = {
    Remedy.CHOOSE_DIRECTORY: "this app needs a folder of its own to keep articles in",
    Remedy.SET_HOME: "this device gives the app no folder of its own",
    Remedy.LIST_ARTICLES: "go back to the list of articles",
    Remedy.LIST_PROFILE: "your interests list what there is",
    Remedy.LIST_FEEDS: "choose one of the feeds in the list",
    Remedy.SYNC: "the rest comes with the next fetch",
    Remedy.EXPORT_AGAIN: "export it again, and choose the new file",
    Remedy.GET_AGAIN: "get the file again",
    Remedy.CHECK_PATH: "choose a file that is there",
    Remedy.OPML_FILE: "export the subscriptions of the other reader as OPML",
    Remedy.EXPORTED_FILE: "choose a file that was exported",
    Remedy.FREE_SPACE: "this device is full: free some space, then try again",
    Remedy.WAIT: "another program uses it: close that one, then try again",
    Remedy.CHECK_DISK: "the storage of this device failed: close the app and open it again",
    Remedy.CHECK_RIGHTS: "the storage of this device does not let the app at it",
    Remedy.CLOSE_PROGRAMS: "this device has no memory to spare: close other apps, then try again",
    Remedy.LOCAL_DISK: "the app keeps its articles on this device alone",
    Remedy.MAKE_WRITABLE: "the storage of this device can only be read",
    Remedy.MOVE_AWAY: "clear the data of the app",
    Remedy.PYTHON_OF_PACKAGE: "install the app again",
    Remedy.START_AGAIN: "close the app and open it again",
    Remedy.UPDATE: "update the app",
    Remedy.ALLOW_PRIVATE: "feeds of your own network are not fetched",
    Remedy.INSTALL_ENGINE: "this app was built without one",
    Remedy.INSTALL_NUMPY_1: "this app was built with parts that do not fit together",
    Remedy.USE_LITERT: "install the app again",
    Remedy.OTHER_ENGINE: "install the app again",
    Remedy.GET_BUNDLE: "install the app again",
    Remedy.BUNDLE_FILE: "install the app again",
    Remedy.INSTALL_NOTIFY_SEND: "the app shows its notifications itself",
    Remedy.INSTALL_APPRISE: "the app shows its notifications itself",
    Remedy.GIVE_CA_FILE: "this app was built without one",
    Remedy.INSTALL_TZDATA: "this app was built without one",
    Remedy.UNHIDE: "like it to bring it back",
}


def told(what: EdgeError | Notice, tr: Wording) -> str:
    """A fact and its remedy in one line."""
    fact = tr.sentence(what.fact)
    return tr("{fact}; {remedy}", fact=fact, remedy=tr(WORDS.get(what.remedy, ""))) if what.remedy else fact
