"""Articles on their way into the cache: encoded, analysed and put into stories, each once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from edge_runtime.content.analysis import Analyst
from edge_runtime.content.articles_in import MAX_COUNT, MAX_ID_CHARACTERS, MAX_URL_CHARACTERS
from edge_runtime.content.rules import PlacedText, Places, RuleMatcher
from edge_runtime.content.stories import WINDOW, StoryIndex
from edge_runtime.content.story import fingerprint_of
from edge_runtime.content.story_shelf import StoryShelf
from edge_runtime.content.title_words import Words, word_slots
from edge_runtime.content.titles import KeptTitle, TitleWords, language_of_article, spoken, title_words
from edge_runtime.content.topic_shares import packed
from edge_runtime.errors import StorageError
from edge_runtime.feeds.identity import canonical_url
from edge_runtime.feeds.items import subscription_of
from edge_runtime.intake.sight import Seen, see, storable
from edge_runtime.model.article_text import text_of
from edge_runtime.model.news_model import NewsModel
from edge_runtime.model.scoring import Floats
from edge_runtime.storage.article_columns import article_from, article_row
from edge_runtime.storage.articles import Analysed, ArticleCache, quantize_vectors
from edge_runtime.storage.cached_rows import CachedRows
from edge_runtime.storage.feeds import Feed
from edge_runtime.types import AddReport, Article, Rule, RuleKind

NUM_KEYWORDS = 8
NUM_KEPT_OF_FEED = 10  # its newest articles stay, however old they are
KEPT_OF_FEEDS = 0.5  # of the articles that the cache may hold, of all feeds; of many feeds each keeps fewer
LEAST_TEXT_BYTES = 1_000_000  # so little of full texts makes no room that counts
MOST_CHANGED = 0.2  # of the cache's rows; beyond that all are read anew
MAX_SEEN = 2000  # titles in which words are counted that the bundle does not speak for


class Intake:
    """The cache with what fills it."""

    def __init__(self, model: NewsModel, cache: ArticleCache) -> None:
        """Fill a cache by a model; articles that another bundle encoded get vectors of this one."""
        self._model = model
        self._cache = cache
        self._rows: CachedRows | None = None
        self._changed: set[str] = set()  # ids of articles that are not as these rows have them
        self._elsewhere = 0  # what other programs had changed by the time of these rows
        self._last_change = 0  # of an article, by the time of these rows
        self._matcher: tuple[CachedRows, RuleMatcher] | None = None  # of these rows
        self._analyst: Analyst | None = None
        self._languages: dict[str, str] | None = None  # of titles, by article id; read when one is asked for
        self._legible: tuple[CachedRows, frozenset[str], NDArray[np.int8]] | None = None  # of these rows; -1: not asked
        self._of_texts: dict[str, Floats | None] = {}  # vectors of interests in the reader's own words
        self._stories: StoryIndex | None = None
        self._indexed_at = datetime.min.replace(tzinfo=UTC)
        stale = cache.stale(model.bundle.sha256)
        if stale:
            seen = self._seen(stale)
            vectors = quantize_vectors(seen.vectors)
            cache.replace_vectors(stale, vectors, model.bundle.sha256, self._analysed(stale, seen))

    def add(self, articles: Iterable[Article], now: datetime) -> AddReport:
        """Take articles into the cache; each is encoded once.

        Newer counts or another image of an article that is otherwise the same are kept too; that is no update of the
        article.

        Args:
            articles: Any number; of several with one id the last counts.
            now: Time of arrival, used as age where an article has no time of its own.

        Returns:
            How many were new, changed, or left alone because they were the same, or with a warning because they had
            no id, no text, or something beyond the bounds of `article_files`. Too long a text is cut.
        """
        given = list(map(storable, articles))
        latest = {article.article_id: article for article in given}
        known = self._cache.known(latest)
        unfit = {name: why for name, article in latest.items() if (why := _unfit(article))}
        warnings = [f"article {name[:MAX_ID_CHARACTERS]!r}: {why}, skipped" for name, why in unfit.items()]
        fit = {name: article for name, article in latest.items() if name not in unfit}
        fresh = [article for name, article in fit.items() if _text_of(known.get(name)) != _text_of(article)]
        counted = [
            article
            for name, article in fit.items()
            if article.popularity and (old := known.get(name)) and _is_newer(article, old)
        ]
        if fresh:
            seen = self._seen(fresh)
            made = self._analysed(fresh, seen)
            stories = self._in_stories(fresh, made, known, now)
            made = [replace(one, story=stories[article.article_id]) for one, article in zip(made, fresh, strict=True)]
            vectors = quantize_vectors(seen.vectors)
            try:
                self._cache.put(fresh, vectors, self._model.bundle.sha256, now, made, stories)
            except StorageError:
                self._stories = None  # it has articles by now that the cache has not
                raise
            self._changed |= {article.article_id for article in fresh} | stories.keys()
        pictured = [a for name, a in fit.items() if (old := known.get(name)) and a.image != old.image]
        if pictured:  # no ranking goes by it
            self._cache.put_images(pictured)
        if counted:
            self._cache.put_counts(counted)
            self._changed |= {article.article_id for article in counted}
        added = sum(article.article_id not in known for article in fresh)
        return AddReport(added, len(fresh) - added, len(given) - len(fresh), tuple(warnings))

    def rows(self) -> CachedRows:
        """What ranking needs of the cache as it is, whoever has changed it."""
        elsewhere = self._cache.changes_elsewhere()
        if elsewhere != self._elsewhere:
            self._elsewhere = elsewhere
            self._stories = None
            self._look_elsewhere()
        dim = self._model.bundle.manifest.dim
        if self._rows is None or len(self._changed) > len(self._rows) * MOST_CHANGED:
            self._rows = self._cache.rows(dim)
        elif self._changed:
            self._rows = self._rows.changed(self._changed, self._cache.rows(dim, self._changed))
        self._changed = set()
        return self._rows

    def _look_elsewhere(self) -> None:
        """Find out which rows are not as they were; all, where that is not known."""
        found = None if self._rows is None else self._cache.changed_rows(self._last_change)
        if found is None or self._rows is None:
            self._last_change, self._rows = self._cache.last_change(), None
            return
        self._last_change = found.last
        self._changed |= found.there | self._rows.names_at(found.gone)

    def places_of(self, rules: Sequence[Rule]) -> dict[Rule, Places]:
        """Of each rule, the places in `rows` of the articles that it is about."""
        rows = self.rows()
        if not rules:
            return {}
        if self._matcher is None or self._matcher[0] is not rows:
            topics = zip(rows.categories, rows.topics, strict=True)
            self._matcher = rows, RuleMatcher(rows.sources, topics, self._texts, self._cosines)
        return self._matcher[1].places(rules)

    def nearness(self, rules: Sequence[Rule]) -> dict[Rule, NDArray[np.float32]]:
        """Of each rule that is a text, (num_articles,) how near the articles in `rows` are to it, 0 to 1."""
        texts = [rule for rule in rules if rule.kind is RuleKind.TEXT]
        self.places_of(texts)
        if not texts or self._matcher is None:
            return {}
        near = self._matcher[1].nearness([rule.value for rule in texts])
        return {rule: near[rule.value] for rule in texts}

    def are_legible(self, rows: CachedRows, places: NDArray[np.intp], languages: Collection[str]) -> NDArray[np.bool_]:
        """(len(places),) whether articles of some rows are in some languages, as feeds say, else as titles tell."""
        wanted = frozenset(languages)
        if self._legible is None or self._legible[0] is not rows or self._legible[1] != wanted:
            self._legible = rows, wanted, np.full(len(rows), -1, np.int8)
        told = self._legible[2]
        for place in places[told[places] < 0].tolist():
            told[place] = self._language(rows, place) in wanted
        legible: NDArray[np.bool_] = told[places] == 1
        return legible

    def _language(self, rows: CachedRows, place: int) -> str:
        name, declared = rows.article_ids[place], rows.languages[place]
        if declared:
            return spoken(declared, "")
        if self._languages is None:
            self._languages = self._cache.titles.languages()
        if name not in self._languages:
            self._languages[name] = spoken("", rows.titles[place])
        return self._languages[name]

    def vector_of(self, text: str) -> Floats | None:
        """(dim,) of a text as if it were a title; None if the bundle cannot read it."""
        if text not in self._of_texts:
            (vector,) = self.look_at([Article("", text)])[1]
            self._of_texts[text] = vector if vector.any() else None
        return self._of_texts[text]

    def _cosines(self, text: str) -> Floats | None:
        vector = self.vector_of(text)
        return None if vector is None else self.rows().vectors.by_block(lambda block: block @ vector)

    def _texts(self) -> Iterator[PlacedText]:
        texts = self._cache.folded_texts()
        places = self.rows().places_of(name for name, _ in texts)
        for place, (_, text) in zip(places.tolist(), texts, strict=True):
            if place >= 0:  # another program may have changed the cache since
                yield place, text

    def topics(self, articles: Sequence[Article]) -> list[str]:
        """The bundle's topic of each article, whatever its feed calls it; "" if unknown."""
        return self._get_analyst().topics(articles).names

    def look_at(self, articles: Sequence[Article]) -> tuple[list[str], Floats]:
        """How this device sees articles.

        Returns:
            `topics`; and (len(articles), dim) vectors, 0 for an article in a language that the
            bundle does not read: all of such a language would be alike.
        """
        seen = self._seen(articles)
        return seen.topics.names, seen.vectors

    def _seen(self, articles: Sequence[Article]) -> Seen:
        return see(self._model, self._get_analyst(), articles)

    def words(self, articles: Sequence[Article]) -> Words:
        """(len(articles), WORDS_KEPT) slots of their titles' words in the word head."""
        analyst = self._get_analyst()
        return np.stack(
            [word_slots(analyst.title_weights(article), language_of_article(article)) for article in articles]
        )

    def evict(self, keep: Collection[str]) -> int:
        """Keep the cache within its bounds; see `ArticleCache.evict`."""
        gone = self._evicted(keep)
        self._cache.items.forget_oldest()
        return gone

    def newest_of_feeds(self, feeds: Sequence[Feed]) -> set[str]:
        """Ids of the newest articles of each feed."""
        return self._cache.items.newest_of_each(self.num_kept_of_feed(len(feeds)), [*map(subscription_of, feeds)])

    def num_kept_of_feed(self, num_feeds: int) -> int:
        """How many of a feed's newest articles stay, however old they are."""
        return min(NUM_KEPT_OF_FEED, int(self._cache.max_articles * KEPT_OF_FEEDS) // max(num_feeds, 1))

    def make_room(self, keep: Collection[str]) -> None:
        """Give a full disk some of the cache's space back: half of the full texts, else a tenth of the articles."""
        texts = self._cache.content_bytes()
        if texts > LEAST_TEXT_BYTES:
            self._evicted(keep, max_content_bytes=texts // 2)
        else:
            self._evicted(keep, max_articles=self._cache.count() * 9 // 10)

    def _evicted(self, keep: Collection[str], **bounds: int) -> int:
        """Evict; what is gone before an error is known to be gone."""
        try:
            gone = self._cache.evict(keep, **bounds)
        except StorageError:
            self._rows = None
            raise
        self._changed.update(gone)
        return len(gone)

    def remove(self, article_ids: Collection[str]) -> int:
        """Remove articles from the cache, all or none; how many there were."""
        gone = self._cache.cached(article_ids)
        if gone:
            self._cache.remove(gone)
            self._changed |= gone
        return len(gone)

    def clear(self) -> None:
        """Remove every article from the cache, and what is remembered of feeds."""
        self._cache.remove(self.rows().article_ids)
        self._cache.items.forget_all()
        self._rows = self._stories = None

    def _analysed(self, articles: Sequence[Article], seen: Seen) -> list[Analysed]:
        analyst, titles = self._get_analyst(), list(map(title_words, articles))
        analyst.learn(titles)
        made = []
        about = seen.topics
        for article, title, topic, probability, others in zip(
            articles, titles, about.names, about.probabilities.tolist(), packed(about.others), strict=True
        ):
            kept = self._kept_title(article, title)
            made.append(
                Analysed(
                    topic,
                    probability,
                    keywords=analyst.keywords_with(article, kept.rarities, title.language, NUM_KEYWORDS),
                    words=word_slots(kept.rarities, title.language).astype("<i2").tobytes(),
                    title=kept,
                    other_topics=others,
                )
            )
        return made

    def _kept_title(self, article: Article, title: TitleWords) -> KeptTitle:
        rarities = self._get_analyst().weigh(title)
        words = [word for word, rarity in rarities.items() if rarity > 0]
        return KeptTitle(title.language, rarities, fingerprint_of(words), canonical_url(article.url))

    def _in_stories(
        self, fresh: Sequence[Article], made: Sequence[Analysed], known: Collection[str], now: datetime
    ) -> dict[str, str]:
        """Article id -> story, of the fresh ones and of those whose story was joined to another one."""
        if self._stories is None or abs(now - self._indexed_at) > WINDOW:  # it would grow without end
            self._stories, self._indexed_at = self._index(now), now
        # Of a feed that repeats its links each item is a notice of its own, however alike they read.
        new = [(a, one.title) for a, one in zip(fresh, made, strict=True) if one.title and a.article_id not in known]
        notices = self._cache.items.sharing_links(article.article_id for article, _ in new)
        new = [(article, title) for article, title in new if article.article_id not in notices]
        # One whose text has changed stays where it is.
        stories = {name: story for name, story in self._stories_of(known) if story}
        names = self._stories.assign(
            [article for article, _ in new], [a.published or now for a, _ in new], [title for _, title in new]
        )
        return {article.article_id: article.article_id for article in fresh} | stories | names

    def _stories_of(self, article_ids: Collection[str]) -> list[tuple[str, str]]:
        ids = list(article_ids)
        return [(name, made.story) for name, made in zip(ids, self._cache.analysed(ids), strict=True)]

    def _index(self, now: datetime) -> StoryIndex:
        since_s, titles = (now - WINDOW).timestamp(), self._cache.titles
        shelf, is_whole = titles.shelf(since_s)
        if not is_whole:
            missing = titles.without(since_s)
            titles.put({article.article_id: self._kept_title(article, title_words(article)) for article in missing})
            shelf, _ = titles.shelf(since_s)
        return StoryIndex(self._get_analyst().title_weights, StoryShelf(shelf))

    def _get_analyst(self) -> Analyst:
        if self._analyst is None:
            bundle = self._model.bundle
            spoken_for = bundle.manifest.languages if bundle.word_counts else ()
            self._analyst = Analyst(bundle, self._cache.titles.newest(MAX_SEEN, spoken_for), self._model.subwords)
        return self._analyst


def _unfit(article: Article) -> str:
    """Why an article cannot be taken; "" if it can."""
    if not article.article_id:
        return "no id"
    if len(article.article_id) > MAX_ID_CHARACTERS or len(article.url) > MAX_URL_CHARACTERS:
        return f"an id of more than {MAX_ID_CHARACTERS} characters or an address of more than {MAX_URL_CHARACTERS}"
    if article.popularity and article.popularity.shown > MAX_COUNT:
        return f"counts of more than {MAX_COUNT}"
    return "" if text_of(article).strip() else "neither title nor abstract"


def _is_newer(article: Article, old: Article) -> bool:
    """Whether the article's counts are later ones, to the second that the cache keeps."""
    ours, theirs = article.popularity, old.popularity
    return ours is not None and (theirs is None or int(ours.as_of.timestamp()) > int(theirs.as_of.timestamp()))


def _text_of(article: Article | None) -> Article | None:
    """The article without its counts, as it comes back from the cache: times in whole seconds, UTC."""
    return article and article_from(article_row(article))
