"""Facts and remedies as the app says them: nothing to type, and no path, file or option of another program."""

from __future__ import annotations

import re

from edge_runtime import EdgeError, FeedError, FetchError, Notice, Remedy, Wording, msgid
from edge_runtime.screens.feed_words import trouble_in_words

# Where the fact tells a program's user what a reader cannot see, the app says both in words of its own.
SENTENCES = {
    Remedy.CHOOSE_DIRECTORY: msgid("This app has no folder of its own to keep articles in. Install the app again."),
    Remedy.SET_HOME: msgid("This device gives the app no folder of its own to keep articles in."),
    Remedy.FREE_SPACE: msgid("This could not be kept: the device is full. Free some space, then try again."),
    Remedy.WAIT: msgid("Another program is writing to the data of this app. Close that one, then try again."),
    Remedy.CHECK_DISK: msgid("The storage of this device failed. Close the app and open it again."),
    Remedy.CHECK_RIGHTS: msgid("The storage of this device does not let the app at its data. Start the device again."),
    Remedy.CLOSE_PROGRAMS: msgid("This device has no memory to spare. Close other apps, then try again."),
    Remedy.LOCAL_DISK: msgid("The app can keep its data on a disk of this device alone, and this is none."),
    Remedy.MAKE_WRITABLE: msgid("Nothing can be kept: the storage of this device can only be read."),
    Remedy.MOVE_AWAY: msgid("The data of this app is damaged. Clear the data of the app to begin anew."),
    Remedy.PYTHON_OF_PACKAGE: msgid("The app is not whole. Install the app again."),
    Remedy.START_AGAIN: msgid("The data of this app was moved while it was open. Close the app and open it again."),
    Remedy.INSTALL_ENGINE: msgid("This app cannot run its model on this device. Install the app again."),
    Remedy.INSTALL_NUMPY_1: msgid("The parts of this app do not fit together. Install the app again."),
    Remedy.USE_LITERT: msgid("This app cannot run its model on this device. Install the app again."),
    Remedy.OTHER_ENGINE: msgid("This app cannot run its model on this device. Install the app again."),
    Remedy.GET_BUNDLE: msgid("The model of this app is damaged. Install the app again."),
    Remedy.BUNDLE_FILE: msgid("The model of this app is missing. Install the app again."),
    Remedy.GIVE_CA_FILE: msgid("This app was built without a list of the sites' authorities. Install the app again."),
    Remedy.INSTALL_TZDATA: msgid("This app was built without the time zones. Install the app again."),
    Remedy.GET_AGAIN: msgid("The file is damaged. Get it again."),
    Remedy.ALLOW_PRIVATE: msgid("It is in your own network, and feeds are fetched from the internet alone."),
    Remedy.INSTALL_NOTIFY_SEND: msgid(
        "This device shows no notifications of its own; the app shows them while it is open."
    ),
    Remedy.INSTALL_APPRISE: msgid(
        "This device shows no notifications of its own; the app shows them while it is open."
    ),
    Remedy.EXPORTED_FILE: msgid("This is no file that the app exported. Choose another one."),
    Remedy.EXPORT_AGAIN: msgid("The file is damaged. Export it again, and choose the new one."),
    Remedy.LIST_ARTICLES: msgid("This story is not kept any more. Go back to the list."),
    Remedy.OPML_FILE: msgid("This is no list of feeds. Export the subscriptions of the other reader as OPML."),
}
# What is said after the fact.
WORDS = {
    Remedy.LIST_PROFILE: msgid("your interests list what there is"),
    Remedy.LIST_FEEDS: msgid("choose one of the feeds in the list"),
    Remedy.SYNC: msgid("the rest comes with the next fetch"),
    Remedy.CHECK_PATH: msgid("choose a file that is there"),
    Remedy.UNHIDE: msgid("like it to bring it back"),
    Remedy.UPDATE: msgid("update the app"),
}
# By what the fact says, where the remedy alone does not tell.
_FACTS = (
    (
        r"cache was damaged",
        msgid("The stored stories were damaged. A new store was begun with what you saved; fetch the rest."),
    ),
    (
        r"not in place: it is read from a copy",
        msgid("The storage of this device can only be read. You can read on, and nothing new is kept."),
    ),
    (
        r"newer release|format \d+, this runtime|wants release",
        msgid("A newer version of the app made this. Update the app."),
    ),
    (r"version \d+, this release reads", msgid("A newer version of the app made this. Update the app.")),
    (r"most .* bytes|bytes; at most", msgid("The file is too large to be read.")),
    (r"(?i)database or disk is full|no space left", SENTENCES[Remedy.FREE_SPACE]),
)
# What no reader can use: a path, an option, code, and what a database calls itself.
_FOR_PROGRAMS = re.compile(
    r"`|(?<!\w)--\w|\bpip\b|(?:^|\s)(?:[A-Za-z]:)?[/\\]\w|\w\.(?:db|bundle|json)\b|Error\b|errno"
)
_PATH = re.compile(r"^(?:[A-Za-z]:)?[/\\].*?: ")
UNKNOWN = msgid("Something went wrong in the app. Close it and open it again.")


def told(what: EdgeError | Notice, tr: Wording | None = None) -> str:
    """What happened and what helps, in one or two sentences."""
    tr = tr or Wording()
    fact = str(what.fact)
    for pattern, words in _FACTS:
        if re.search(pattern, fact):
            return tr(words)
    if what.remedy in SENTENCES:
        return tr(SENTENCES[what.remedy])
    if isinstance(what, FetchError | FeedError):
        return trouble_in_words(fact, tr)
    shown = fact if _PATH.match(fact) is None else _PATH.sub("", fact)
    said = tr.sentence(what.fact if shown == fact else shown)
    if _FOR_PROGRAMS.search(shown):
        return tr(UNKNOWN)
    return tr("{fact}; {remedy}", fact=said, remedy=tr(WORDS[what.remedy])) if what.remedy in WORDS else said
