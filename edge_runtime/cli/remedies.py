"""Facts and remedies as the command line says them: where a command or an option mends it, that is named."""

from __future__ import annotations

from edge_runtime.errors import EdgeError, Notice, Remedy

COMMANDS = {
    Remedy.CHOOSE_DIRECTORY: "choose another with --data",
    Remedy.SET_HOME: "set HOME to an absolute path, or say with --data where articles and profile are kept",
    Remedy.LIST_ARTICLES: "`edge-news feed` lists the articles",
    Remedy.LIST_PROFILE: "`edge-news profile` lists what there is",
    Remedy.LIST_FEEDS: "`edge-news feeds` lists the addresses",
    Remedy.SYNC: "`edge-news sync` fetches the rest again",
    Remedy.EXPORTED_FILE: "give a file of `edge-news export`",
    Remedy.ALLOW_PRIVATE: "`edge-news sync --allow-private` fetches from your own network too",
    Remedy.INSTALL_ENGINE: "install one: pip install 'edge-news[litert]', or 'edge-news[tflite]' on 32-bit ARM",
    Remedy.INSTALL_NUMPY_1: "install NumPy 1, or a newer engine: pip install 'numpy<2', or 'edge-news[litert]'",
    Remedy.USE_LITERT: "run it with --engine ai-edge-litert, after pip install 'edge-news[litert]'",
    Remedy.GET_BUNDLE: "get the bundle again, or use the one that came with edge-news",
    Remedy.BUNDLE_FILE: "give a file that edge-news-trainer wrote",
    Remedy.LOCAL_DISK: "choose a directory on a disk of this device with --data",
    Remedy.INSTALL_APPRISE: "install it: pip install 'edge-news[notify]'",
    Remedy.GIVE_CA_FILE: "pip install certifi, or name a file of CA certificates with --ca-file",
    Remedy.INSTALL_TZDATA: "pip install tzdata",
    Remedy.UNHIDE: "`edge-news unhide` with its number or id brings it back",
}


def told(what: EdgeError | Notice) -> str:
    """A fact and its remedy in one line."""
    return f"{what.fact}; {COMMANDS.get(what.remedy, what.remedy)}" if what.remedy else what.fact


def told_of_article(fact: str, remedy: Remedy | None, article_id: str) -> str:
    """The same about an article, which the remedy then names."""
    if remedy is Remedy.UNHIDE:
        return f"{fact}; `edge-news unhide {article_id}` brings it back"
    return told(Notice(fact, remedy))


def told_again(text: str) -> str:
    """An error that was kept as text, such as a feed's last one."""
    return told(Notice.parse(text))
