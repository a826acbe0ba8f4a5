"""The lines above and below a list: which list it is, what was done last, and how far a sync is."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import Static

from edge_runtime.pages.lines import columns, cut_line, wrapped
from edge_runtime.tui.background_sync import SyncProgress
from edge_runtime.tui.listing import TABS, Listing, ListKind

# What can be done, from much to little: the first that fits is shown.
LIST_HINTS = (
    "Enter open  s save  l like  / search  r sync  w why  ? help  q quit",
    "Enter open  / search  ? help  q quit",
    "? help  q quit",
)
ARTICLE_HINTS = (
    "o browser  s save  l like  w why  n next  ? help  q back",
    "o browser  n next  ? help  q back",
    "? help  q back",
)
TEXT_HINTS = ("q back",)
PRIVATE = "private"
BAR_COLUMNS = 20
MOST_LINES = 6  # of a message


class TopBar(Static):
    """The lists, of which one is shown."""

    DEFAULT_CSS = "TopBar { height: 1; margin-bottom: 1; }"

    def __init__(self) -> None:
        """Begin with the feed."""
        super().__init__()
        self._listing = Listing(ListKind.FEED)

    def on_resize(self) -> None:
        self.show(self._listing)

    def show(self, listing: Listing) -> None:
        """Name the list, and say whether reading is private."""
        self._listing = listing
        names = [f"{number} {kind.value.capitalize()}" for number, kind in enumerate(TABS, start=1)]
        chosen = TABS.index(listing.kind) if listing.kind in TABS else len(TABS)
        if listing.kind is ListKind.SEARCH:
            names.append(f"/ {listing.query}")
        private = PRIVATE if listing.is_private else ""
        room = self.size.width - len(private) - 1
        if sum(columns(name) + 2 for name in names) > room:  # of the others the numbers are enough
            names = [name if place == chosen else name[0] for place, name in enumerate(names)]
        text = Content("")
        for place, name in enumerate(names):
            text += Content.styled(f" {name} ", "reverse bold" if place == chosen else "dim")
        text = text.truncate(max(0, room))
        gap = " " * max(1, self.size.width - text.cell_length - len(private))
        self.update(text + Content(gap) + Content.styled(private, "bold") if private else text)


class BottomBar(Static):
    """What was done last, or what can be done; and a sync's progress."""

    DEFAULT_CSS = "BottomBar { height: auto; }"

    def __init__(self, hints: Sequence[str] = LIST_HINTS) -> None:
        """Show one of the hints while there is nothing to say."""
        super().__init__()
        self._hints = hints

    def on_mount(self) -> None:
        self.watch(self.app, "message", self._draw)
        self.watch(self.app, "progress", self._draw)

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        width = self.size.width
        message: str = getattr(self.app, "message", "")
        progress: SyncProgress | None = getattr(self.app, "progress", None)
        lines = [cut_line(_bar(progress, width), max(1, width))[0]] if progress else []
        if message:
            broken = [line for part in message.split("\n") for line in wrapped(part, max(1, width))]
            lines += broken[:MOST_LINES]
        elif not progress:
            lines += [next((hint for hint in self._hints if len(hint) <= width), "")]
        self.update(Content.styled("\n".join(lines), "" if message else "dim"))


def _bar(progress: SyncProgress, width: int) -> str:
    room = min(BAR_COLUMNS, max(4, width // 3))
    filled = room * progress.done // max(1, progress.total)
    return f"[{'=' * filled}{' ' * (room - filled)}] {progress.done}/{progress.total} {progress.label}"
