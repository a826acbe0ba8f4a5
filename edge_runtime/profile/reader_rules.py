"""What a reader follows, mutes and asks for: rules, topics and words, by the names that cache and bundle know."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from edge_runtime.content.topic_names import topic_meant, topic_named
from edge_runtime.errors import UnknownEntryError
from edge_runtime.intake.articles import Intake
from edge_runtime.list_filter import names_near
from edge_runtime.model.news_model import NewsModel
from edge_runtime.personal.picked_words import one_word
from edge_runtime.profile.reader_profile import LearnedProfile, ReaderProfile
from edge_runtime.profile.reader_settings import ReaderSettings
from edge_runtime.storage.articles import ArticleCache
from edge_runtime.storage.feeds import FeedStore
from edge_runtime.types import Article, PickedWord, Profile, Rule, RuleEffect, RuleKind


class ReaderRules(ReaderSettings):
    """The part of `Reader` that says what news is to be about; it looks at articles, and ranks none."""

    def __init__(
        self,
        model: NewsModel,
        cache: ArticleCache,
        profile: ReaderProfile,
        learned: LearnedProfile,
        intake: Intake,
        feeds: FeedStore,
        data_dir: Path,
    ) -> None:
        """Take what knows names.

        Args:
            model: The bundle's, which knows topics.
            cache: As for settings.
            profile: Where rules, topics and words are kept.
            learned: From it.
            intake: What knows the cached articles.
            feeds: The subscriptions, whose titles are names of sources.
            data_dir: As for settings.
        """
        super().__init__(profile, cache, data_dir)
        self._model = model
        self._learned = learned
        self._intake = intake
        self.feeds = feeds

    def known_topics(self) -> tuple[str, ...]:
        """What can be asked for: the bundle's topics."""
        return self._model.bundle.manifest.topics[1:]

    def topics_of(self, articles: Sequence[Article]) -> list[str]:
        """The topic of each article as `profile` counts it: the bundle's, else what its feed calls it, else ""."""
        found = self._intake.topics(articles)
        return [topic or article.category for topic, article in zip(found, articles, strict=True)]

    def topic_named(self, name: str) -> str:
        """The topic that a name means, such as "science" for "science and technology".

        Raises:
            UnknownTopicError: The bundle knows none; the message names the nearest one, and all.
        """
        return topic_named(name, self.known_topics())

    def pick_topics(self, topics: Iterable[str]) -> None:
        """Ask for topics, such as at the first start; these take the place of what was asked for before.

        Each counts as a few clicks on it, so that it leads a new reader's feed and gives way as clicks come in.

        Raises:
            UnknownTopicError: The bundle does not know one; the message lists those that it knows.
            StorageError: It could not be written.
        """
        self._profile.pick([self.topic_named(name) for name in topics])

    def set_rule(self, kind: RuleKind, value: str, effect: RuleEffect, at: datetime) -> Rule:
        """Follow or mute a source, topic or word, or follow a text; it takes the place of one of that kind and value.

        A name of a topic that no article has becomes the bundle's topic that it means, such as "celebrity".

        Raises:
            ValueError: There is nothing to see in the value, or a text is to be muted.
            StorageError: It could not be written.
        """
        return self._profile.set_rule(kind, self.rule_value(kind, value), effect, at)

    def drop_rule(self, kind: RuleKind, value: str) -> Rule:
        """Follow or mute no longer.

        Raises:
            UnknownEntryError: There is no such rule.
        """
        return self._profile.drop_rule(kind, self.rule_value(kind, value))

    def rule_counts(self) -> list[tuple[Rule, int]]:
        """Every rule, with the number of cached articles that it is about."""
        return [(rule, len(places)) for rule, places in self._intake.places_of(self._profile.store.rules()).items()]

    def rule_value(self, kind: RuleKind, value: str) -> str:
        """What a rule goes by: the topic that a name means, where neither a rule nor an article has the name itself."""
        if kind is not RuleKind.TOPIC:
            return value
        ruled = [rule.value for rule in self._profile.store.rules() if rule.kind is kind]
        return topic_meant(value, self.known_topics(), [*ruled, *self._topics_in_use()])

    def names_near(self, kind: RuleKind, name: str) -> tuple[str, ...]:
        """Sources or topics that a name may have meant, the likeliest first; none if it is one, or of another kind."""
        rows = self._intake.rows()
        match kind:
            case RuleKind.SOURCE:
                return names_near(name, [*rows.sources.different(), *(feed.title for feed in self.feeds.feeds())])
            case RuleKind.TOPIC:
                return names_near(name, [*self._topics_in_use(), *self.known_topics()])
        return ()

    def _topics_in_use(self) -> list[str]:
        rows = self._intake.rows()
        return [*rows.categories.different(), *rows.topics.different()]

    def reads_text(self, text: str) -> bool:
        """Whether the bundle can read a text; of an interest in another language the words alone count."""
        return self._intake.vector_of(text) is not None

    def words(self, now: datetime) -> tuple[PickedWord, ...]:
        """The words of titles that lists have taught a weight, the one that the reader picks most first."""
        rows = self._intake.rows()
        return tuple(self._learned.model(rows).words(rows, now.timestamp()))

    def dropped_words(self) -> tuple[str, ...]:
        """The words that `drop_word` dropped."""
        return tuple(self._profile.dropped_words())

    def drop_word(self, word: str) -> str:
        """Let lists teach nothing of a word of titles; the spelling that is compared is returned.

        Raises:
            ValueError: It is no word, or several.
            StorageError: It could not be written.
        """
        dropped = one_word(word)
        self._profile.set_dropped_words(sorted({*self._profile.dropped_words(), dropped}))
        self._cache.learned.forget()
        return dropped

    def keep_word(self, word: str) -> str:
        """Let lists teach of a word again that was dropped, also what they taught before.

        Raises:
            ValueError: It is no word, or several.
            UnknownEntryError: It is not dropped.
            StorageError: It could not be written.
        """
        kept, words = one_word(word), self._profile.dropped_words()
        if kept not in words:
            raise UnknownEntryError(f"the word {kept!r} is not dropped")
        self._profile.set_dropped_words([other for other in words if other != kept])
        self._cache.learned.forget()
        return kept

    def profile(self) -> Profile:
        """Everything the device knows of its reader."""
        store = self._profile.store
        events = store.events()
        wanted = [opinion.article for opinion in self._learned.opinions().values() if opinion.weight > 0]
        names = [name for name in self.topics_of(wanted) if name]
        counts = {name: names.count(name) for name in sorted(set(names), key=lambda name: (-names.count(name), name))}
        return Profile(
            events=tuple(reversed(events)),
            picked_topics=store.picks(),
            topic_shares={name: count / len(names) for name, count in counts.items()},
            rules=tuple(store.rules()),
            searches=tuple(store.searches()),
            private=self.private,
        )
