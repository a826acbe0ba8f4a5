"""What a reader does with articles: opens, hides, marks as read, passes over; and what lists say of it later."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial

from edge_runtime.errors import Remedy, StorageError, UnknownArticleError
from edge_runtime.list_filter import places_of_feeds
from edge_runtime.model.parts import as_shown
from edge_runtime.personal.order_keeping import bundle_number, list_shown
from edge_runtime.profile.reader_rules import ReaderRules
from edge_runtime.sentences import Sentence
from edge_runtime.storage.database import is_disk_full
from edge_runtime.storage.judgements import JUDGEMENTS
from edge_runtime.types import ArticleMarks, Event, OrderChoice, Origin, ReadMark, ScoredArticle, Signal, UnreadCounts


class ReaderDeeds(ReaderRules):
    """The part of `Reader` that the next feed learns from; in private mode nothing is kept."""

    def record(
        self,
        article_id: str,
        signal: Signal,
        at: datetime,
        dwell_s: float = 0.0,
        origin: Origin = Origin.ELSEWHERE,
    ) -> None:
        """Keep what the reader did with a cached article; durable when this returns. In private mode nothing is kept.

        A second like of an article that is liked says nothing new, and a dislike takes the like's place; the other way
        round too.

        Args:
            article_id: Of a cached article.
            signal: What the reader did.
            at: When, UTC-aware.
            dwell_s: How long the article was read, with Signal.DWELL alone.
            origin: Where an article was opened; only from the feed it says whether the order helps, see `worth`.

        Raises:
            UnknownArticleError: It is not in the cache.
            StorageError: It could not be written.
        """
        (article,) = self._cache.get([article_id])
        if self.private:
            return
        event = Event(article, signal, at, dwell_s)
        is_vote = signal is Signal.OPEN and origin is Origin.FEED and self.order is OrderChoice.AUTO
        bundle = self._bundle_number if is_vote else None
        self._with_room(partial(self._profile.record, event, bundle))

    def unsave(self, article_id: str) -> None:
        """Take back that an article was saved, as if it had not been; `undo` brings it back.

        Raises:
            UnknownEntryError: It is not saved.
            StorageError: It could not be written.
        """
        self._profile.take_back(article_id, Signal.SAVE)

    def unjudge(self, article_id: str) -> None:
        """Take back that an article was liked or disliked, as if it had not been; `undo` brings it back.

        Raises:
            UnknownEntryError: It is neither liked nor disliked.
            StorageError: It could not be written.
        """
        self._profile.take_back(article_id, *JUDGEMENTS)

    def unhide(self, article_id: str) -> None:
        """Take back that an article was hidden, as if it had not been; `undo` hides it again.

        Raises:
            UnknownEntryError: It is not hidden.
            StorageError: It could not be written.
        """
        self._profile.take_back(article_id, Signal.HIDE)

    def forget_article(self, article_id: str) -> None:
        """Take back all that an article taught as read: opens, dwells, likes and shares; saves stay.

        `bring_back` undoes it, and so does `undo` while it is the latest thing that was done.

        Raises:
            UnknownEntryError: None of that is kept of it.
            StorageError: It could not be written.
        """
        self._profile.take_back(article_id, Signal.OPEN, Signal.DWELL, Signal.LIKE, Signal.SHARE)

    def bring_back(self, article_id: str) -> None:
        """Undo what took events of an article back last, whatever was done since; they are what they were.

        Raises:
            UnknownEntryError: Nothing was taken back, or it is too long ago, or the profile was erased since.
            StorageError: It could not be written.
        """
        self._profile.bring_back(article_id)

    def mark_read(self, article_ids: Iterable[str], at: datetime, *, is_read: bool = True) -> None:
        """Mark cached articles as read or as unread; this teaches nothing, and in private mode nothing is kept.

        A mark says more than an open before it. What the open taught stays.

        Args:
            article_ids: Of cached articles.
            at: When, UTC-aware.
            is_read: Or unread.

        Raises:
            UnknownArticleError: One is not in the cache; nothing was marked.
            StorageError: It could not be written.
        """
        names = list(dict.fromkeys(article_ids))
        for name, place in zip(names, self._intake.rows().places_of(names).tolist(), strict=True):
            if place < 0:
                raise UnknownArticleError(
                    Sentence("no article {name} in the cache", name=repr(name)), Remedy.LIST_ARTICLES
                )
        if names and not self.private:
            self._profile.mark_read([ReadMark(name, is_read, at) for name in names])

    def mark_shown(self, shown: Sequence[ScoredArticle], at: datetime) -> None:
        """Keep what the reader has seen of a feed, in one commit; what was passed over teaches too.

        Nothing is kept in private mode, nor of what was ranked before an erasing: its scores tell of the old profile.
        """
        if self.private:
            return
        erasures = self._profile.erasures
        known = [one for one in shown if one.erasures in (None, erasures)]
        kept = [as_shown(one, at) for one in known if not one.is_read]
        if kept:
            self._profile.record_shown(kept)
            list_shown(self._profile.store, known[0].listed, [one.article.article_id for one in known], at)

    def is_read(self, article_id: str) -> bool:
        """Whether an article was opened or marked as read, and not marked as unread since."""
        return article_id in self._profile.store.read_ids()

    def saved_ids(self) -> frozenset[str]:
        """Ids of the articles that the reader saved; they are never evicted."""
        return self._profile.store.saved_ids()

    def marks(self, article_ids: Iterable[str]) -> list[ArticleMarks]:
        """What lists say of articles: whether they are read, saved, liked, disliked, hidden."""
        return self._profile.store.marks(list(article_ids))

    def unread_counts(self) -> UnreadCounts:
        """How many cached articles are unread, in all and of each subscription."""
        rows, read = self._intake.rows(), self._profile.store.read_ids()
        is_unread = ~rows.are_among(read)
        places = places_of_feeds(self.feeds.feeds(), rows, self._cache.items.articles_by_subscription())
        return UnreadCounts(
            int(is_unread.sum()), {url: int(is_unread[list(of_feed)].sum()) for url, of_feed in places.items()}
        )

    def _with_room(self, write: Callable[[], None]) -> None:
        """Write to the profile; on a full disk some articles go first: they can be fetched again."""
        try:
            write()
        except StorageError as error:
            if not is_disk_full(error):
                raise
            self._intake.make_room(self.saved_ids())
            write()

    @property
    def _bundle_number(self) -> int:
        return bundle_number(self._model.bundle.sha256)
