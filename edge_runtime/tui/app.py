"""The screen: joins lists and texts with the reader, which has a thread of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.reactive import reactive

from edge_runtime.errors import Notice
from edge_runtime.feeds.identity import web_url
from edge_runtime.pages.article import article_page
from edge_runtime.pages.article_lines import article_lines
from edge_runtime.pages.rows import Row
from edge_runtime.pages.why import why_page
from edge_runtime.pages.why_lines import why_lines
from edge_runtime.reader import Reader
from edge_runtime.tui.asking import AskingApp
from edge_runtime.tui.background_sync import BackgroundSync, SyncProgress
from edge_runtime.tui.browsing import browse
from edge_runtime.tui.keys import help_lines
from edge_runtime.tui.listing import FIRST_ROWS, TABS, Listing, ListKind, make_listing, marked
from edge_runtime.tui.program import Program
from edge_runtime.tui.reader_thread import ReaderThread
from edge_runtime.tui.screens import ListScreen, TextKind, TextScreen
from edge_runtime.types import ArticleMarks, Origin, Signal


class NewsApp(AskingApp):
    """Keys become questions to the reader's thread, and its answers are drawn."""

    ENABLE_COMMAND_PALETTE = False
    CSS = """
    Screen { background: ansi_default; color: ansi_default; overflow: hidden; }
    LinesView { background: ansi_default; color: ansi_default; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+c", "quit", show=False, priority=True)]

    progress: reactive[SyncProgress | None] = reactive(None)

    def __init__(self, program: Program, thread: ReaderThread) -> None:
        """A screen for the reader that the thread has."""
        super().__init__(thread, program.told)
        self.HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (60, "-wide")]
        self._program = program
        self._lists = ListScreen()
        self._listing = Listing(ListKind.FEED)
        self._left: dict[ListKind, tuple[Listing, str]] = {}  # lists that were left, with the selected article
        self._seen: set[str] = set()  # of the feed as it is listed: what was told to `mark_shown`
        self._worth = ""  # whether the order helps, as of the last feed
        self._sync: BackgroundSync | None = None

    # What is shown.

    async def on_mount(self) -> None:
        await self.push_screen(self._lists)
        self.view(self._load, ListKind.FEED)
        self.keep(lambda reader: reader.notices, self._tell_notices)

    def action_list(self, kind: str) -> None:
        self._show_kind(ListKind(kind))

    def action_next_list(self, by: int) -> None:
        place = TABS.index(self._listing.kind) if self._listing.kind in TABS else -1
        self._show_kind(TABS[(place + by) % len(TABS)])

    def action_search(self) -> None:
        self._to_lists()
        self._lists.ask_for_query(self._listing)

    def on_list_screen_search_asked(self, asked: ListScreen.SearchAsked) -> None:
        self.view(self._load, ListKind.SEARCH, asked.query)

    def on_rows_view_moved(self) -> None:
        self.message = ""

    def on_rows_view_chosen(self) -> None:
        if row := self._row:
            self.view(self._open, row)

    def on_rows_view_end_reached(self) -> None:
        if self._listing.has_more:
            self.start(self._continue, group="continue")

    def action_next(self, by: int) -> None:
        view = self._lists.rows_view
        before = view.row
        if isinstance(self.screen, TextScreen) and self.screen.kind is TextKind.ARTICLE:
            view.action_move(by)
            if view.row and view.row is not before:
                self.view(self._open, view.row)

    def action_why(self) -> None:
        if row := self._row:
            self.view(self._explain, row)

    def action_help(self) -> None:
        worth = self._worth
        self._push(TextScreen(TextKind.HELP, lambda width: help_lines(width, worth)))

    async def action_back(self) -> None:
        self.drop_view()
        self.message = ""
        if isinstance(self.screen, TextScreen):
            if not self.screen.drop_number():
                self.pop_screen()
        elif self._listing.kind is ListKind.SEARCH:
            self._show_kind(ListKind.FEED)
        else:
            self._leave()

    async def action_quit(self) -> None:
        self._leave()

    def stop_sync(self) -> None:
        """End a sync that is going on; what was fetched is kept."""
        if self._sync:
            self._sync.stop()

    def _leave(self) -> None:
        self._note_seen()
        self.exit()

    def _show_kind(self, kind: ListKind) -> None:
        self._note_seen()
        self._to_lists()
        left = self._left.get(kind)
        # On another list something may have been saved. A list whose own key is pressed is made anew.
        if left and kind is not self._listing.kind and kind is not ListKind.SAVED:
            self.drop_view()
            self._put(*left)
        else:
            self.view(self._load, kind)

    async def _load(self, kind: ListKind, query: str = "", selected: str = "") -> None:
        now = self._program.clock()
        listing = await self.thread.ask(lambda reader: make_listing(reader, kind, now, FIRST_ROWS, query))
        self._note_seen()
        if kind is ListKind.FEED:
            self._seen = set()
        self._put(listing, selected)
        self._worth = listing.worth or self._worth
        if listing.news:
            self.message = listing.news

    async def _continue(self) -> None:
        before, now = self._listing, self._program.clock()
        limit = 2 * len(before.rows)
        longer = await self.thread.ask(lambda reader: make_listing(reader, before.kind, now, limit, before.query))
        after = self._listing
        if (after.kind, after.query, len(after.rows)) == (before.kind, before.query, len(before.rows)):
            row = self._lists.rows_view.row
            self._put(after.continued(longer), row.article_id if row else "")

    async def _open(self, row: Row) -> None:
        now = self._program.clock()
        page = await self.thread.ask(lambda reader: article_page(reader, row.article_id, now))
        self._push(TextScreen(TextKind.ARTICLE, lambda width: article_lines(page, width), row, page.links))
        self._do(row, _opening(self._program, row, now, self._listing.kind))

    async def _explain(self, row: Row) -> None:
        now = self._program.clock()
        page = await self.thread.ask(lambda reader: why_page(reader.explain(row.article_id, now), now))
        hidden = self._program.told_of_article(page.hidden, page.hidden_remedy, page.article_id) if page.hidden else ""
        self._push(TextScreen(TextKind.WHY, lambda width: why_lines(page, width, hidden), row))

    def _put(self, listing: Listing, selected: str = "") -> None:
        """Show a list with an article selected, or the first."""
        row = self._lists.rows_view.row
        if self._listing.kind is not listing.kind:
            self._left[self._listing.kind] = self._listing, row.article_id if row else ""
        self._listing = listing
        places = [place for place, one in enumerate(listing.rows) if one.article_id == selected]
        self._lists.show(listing, places[0] if places else 0)

    def _push(self, screen: TextScreen) -> None:
        """Show a text: an article over the list, anything else over the article too."""
        self._note_seen()
        self.message = ""
        while isinstance(self.screen, TextScreen) and (
            self.screen.kind is not TextKind.ARTICLE or screen.kind is TextKind.ARTICLE
        ):
            self.pop_screen()
        self.push_screen(screen)

    def _to_lists(self) -> None:
        while isinstance(self.screen, TextScreen):
            self.pop_screen()

    @property
    def _row(self) -> Row | None:
        """The article that keys are about: the one that is read, else the selected one."""
        return self.screen.row if isinstance(self.screen, TextScreen) else self._lists.rows_view.row

    # What is kept.

    def on_rows_view_still(self) -> None:
        self._note_seen()

    def _note_seen(self) -> None:
        """Keep that the rows of the feed that are on the screen were seen, each once."""
        if self.screen is not self._lists or self._listing.kind is not ListKind.FEED:
            return
        ids = [row.article_id for row in self._lists.rows_view.visible_rows() if row.article_id not in self._seen]
        if ids:
            self._seen.update(ids)
            shown, now = [self._listing.scored[name] for name in ids], self._program.clock()
            self.keep(lambda reader: reader.mark_shown(shown, now))

    def action_signal(self, signal: str) -> None:
        if row := self._row:
            now, deeds = self._program.clock(), self._program.deeds
            self._do(row, lambda reader: deeds.record(reader, row.article_id, Signal(signal), now))

    def action_save(self) -> None:
        if (row := self._row) and row.is_saved:
            self._do(row, lambda reader: self._program.deeds.unsave(reader, row.article_id))
        else:
            self.action_signal(Signal.SAVE)

    def action_mark(self) -> None:
        if row := self._row:
            now, deeds = self._program.clock(), self._program.deeds
            self._do(row, lambda reader: deeds.mark(reader, row.article_id, now, is_read=not row.is_read))

    def action_undo(self) -> None:
        self.keep(self._program.deeds.undo, self._undone)

    def action_browse(self) -> None:
        if row := self._row:
            self.message = browse(self, self._program, web_url(row.url, ""))
            self._do(row, _opening(self._program, row, self._program.clock(), self._listing.kind))

    def on_text_screen_link_named(self, named: TextScreen.LinkNamed) -> None:
        links = self.screen.links if isinstance(self.screen, TextScreen) else ()
        place = int(named.number or 0) - 1
        if not 0 <= place < len(links):
            self.message = f"no link {named.number}" if named.number else ""
        elif named.is_chosen:
            self.message = browse(self, self._program, links[place])
        else:
            self.message = f"Enter opens {links[place]}"

    def _do(self, row: Row, deed: Callable[[Reader], str]) -> None:
        """Do something with an article, say so, and draw its marks as they are then."""

        def job(reader: Reader) -> tuple[str, ArticleMarks]:
            said = deed(reader)
            return said, reader.marks([row.article_id])[0]

        def show(done: tuple[str, ArticleMarks]) -> None:
            said, marks = done
            self.message = said or self.message
            self._show_marks(row.article_id, marks)

        self.keep(job, show)

    def _show_marks(self, article_id: str, marks: ArticleMarks) -> None:
        self._left = {kind: (one.marked(article_id, marks), row) for kind, (one, row) in self._left.items()}
        self._listing = self._listing.marked(article_id, marks)
        view = self._lists.rows_view
        self._lists.show(self._listing, view.selected)
        for screen in self.screen_stack:
            if isinstance(screen, TextScreen) and screen.row and screen.row.article_id == article_id:
                screen.row = marked(screen.row, marks)

    def _undone(self, said: str) -> None:
        self.message = said
        self._reload()

    def _reload(self) -> None:
        """Make the list anew, and keep the selected article selected."""
        self._left.clear()
        row = self._lists.rows_view.row
        self.view(self._load, self._listing.kind, self._listing.query, row.article_id if row else "")

    def _tell_notices(self, notices: Sequence[Notice]) -> None:
        self.message = "\n".join(map(self._program.told, notices))

    # The sync.

    def action_sync(self) -> None:
        if not self._sync:
            self._sync = BackgroundSync(self._program)
            self.progress = SyncProgress(0, 0)
            self.start(self._fetch, self._sync)

    async def _fetch(self, sync: BackgroundSync) -> None:
        try:
            outcomes = await sync.run(self._show_progress)
        finally:
            self._sync = self.progress = None
        self.message = self._program.synced(outcomes)
        if any(outcome.added or outcome.updated for outcome in outcomes):
            self._reload()

    def _show_progress(self, progress: SyncProgress) -> None:
        self.progress = progress if self._sync else None


_ORIGINS = {ListKind.FEED: Origin.FEED, ListKind.SEARCH: Origin.SEARCH}


def _opening(program: Program, row: Row, now: datetime, kind: ListKind) -> Callable[[Reader], str]:
    """Records that an article of a list was opened; there is nothing to say of it."""

    def deed(reader: Reader) -> str:
        program.deeds.record(reader, row.article_id, Signal.OPEN, now, _ORIGINS.get(kind, Origin.ELSEWHERE))
        return ""

    return deed
