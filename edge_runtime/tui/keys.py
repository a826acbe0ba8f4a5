"""The keys of the screen: what each does is written here once, for the screen and for its help."""

from __future__ import annotations

from dataclasses import dataclass

from edge_runtime.pages.lines import Line, Look, Span, joined, paragraph, wrapped

LABEL_COLUMNS = 14
LEAST_COLUMNS = 16  # for a meaning beside its keys


@dataclass(frozen=True, slots=True)
class Key:
    """Keys that do one thing."""

    keys: str  # as Textual names them
    action: str  # of the app
    label: str  # as the help shows them
    meaning: str


MOVING = (
    Key("", "", "j k, arrows", "next and previous article, or line of a text"),
    Key("", "", "Space b", "a page forward, back"),
    Key("", "", "g G", "to the beginning, to the end"),
)
OPENING = (
    Key("", "", "Enter", "open the article; it counts as read"),
    Key("o", "browse", "o", "open its page in the browser"),
    Key("w", "why", "w", "why it stands where it stands"),
    Key("n", "next(1)", "n", "in an article: the next one"),
    Key("p", "next(-1)", "p", "in an article: the one before"),
    Key("", "", "12 Enter", "in an article with links: open link 12"),
    Key("q,escape", "back", "q, Esc", "back; from a list, quit"),
)
DOING = (
    Key("s", "save", "s", "save; once more, no longer"),
    Key("l", "signal('like')", "l", "more of its kind"),
    Key("d", "signal('dislike')", "d", "less of its kind"),
    Key("m", "mark", "m", "mark as read, or as unread"),
    Key("u", "undo", "u", "take back the latest thing you did"),
)
LISTING = (
    Key("1", "list('feed')", "1", "the feed, best first; again, rank it anew"),
    Key("2", "list('latest')", "2", "everything, newest first"),
    Key("3", "list('saved')", "3", "what you saved"),
    Key("tab", "next_list(1)", "Tab", "the next list"),
    Key("shift+tab", "next_list(-1)", "", ""),
    Key("slash", "search", "/", "search"),
    Key("r", "sync", "r", "fetch the feeds that are due"),
    Key("question_mark", "help", "?", "this page"),
    Key("ctrl+c", "quit", "Ctrl-C", "quit"),
)
GROUPS = (("Move", MOVING), ("Read", OPENING), ("Tell it", DOING), ("Lists", LISTING))
SIGNS = (("•", "unread"), ("★", "saved"))
SEEN = "What stays on the screen of the feed for a moment counts as seen: what you pass over teaches it too."


def help_lines(width: int, worth: str = "") -> list[Line]:
    """All keys with what they do, and what is known of the order."""
    groups: list[list[Line]] = []
    for title, keys in GROUPS:
        lines = paragraph(title, width, Look.STRONG)
        for key in keys:
            lines += _lines_of(key.label, key.meaning, width) if key.label else []
        groups.append(lines)
    signs = paragraph("Signs", width, Look.STRONG)
    for sign, meaning in SIGNS:
        signs += _lines_of(sign, meaning, width)
    known = [paragraph(line, width, Look.FAINT) for line in (SEEN, worth) if line]
    return joined([*groups, signs, *known])


def _lines_of(label: str, meaning: str, width: int) -> list[Line]:
    if width - LABEL_COLUMNS < LEAST_COLUMNS:
        return [(Span(f"  {label}"),), *paragraph(meaning, width, Look.FAINT, indent=4)]
    first, *rest = wrapped(meaning, width - LABEL_COLUMNS)
    named = f"  {label}".ljust(LABEL_COLUMNS)
    return [(Span(named), Span(first, Look.FAINT)), *((Span(" " * LABEL_COLUMNS + line, Look.FAINT),) for line in rest)]
