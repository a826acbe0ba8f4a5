"""Why an article is where it is, in words: each names only what the profile holds, and a part that is above 0.

A reason tells of one part of the score. An article may have several, the strongest first, so that a list need not say
the same ten times: `in_turn`. What `Claims` cannot vouch for is not said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from string import Formatter

from edge_runtime.content.languages import language_name
from edge_runtime.model.article_text import text_of
from edge_runtime.model.parts import PARTS, Part, Sign
from edge_runtime.personal.evidence import OFTEN, Evidence
from edge_runtime.personal.interests import Opinion
from edge_runtime.personal.similar_reads import NOTHING_NEAR, Near
from edge_runtime.sentences import Sentence, listed, msgid
from edge_runtime.types import Article, Rule, RuleKind

FOR_VARIETY = Sentence("For variety")
NOT_KNOWN = Sentence("Not known yet")
DISLIKED = Sentence("You disliked this")
CLOSE = Sentence("Close to your reading")  # where no single read is near enough to be named
LEAST = 0.01  # of a part, and of what it is above the feed's mean; less does not show in a table of parts
# Cosine of a read that is named. Of the 21,115 pairs of demo articles 0.4 % are nearer: the same event or series.
LEAST_COSINE = 0.6
NEW_S = 48 * 3600.0
QUOTE_CHARACTERS = 40
_IN_SUCCESSION, _IN_WINDOW, _WINDOW = 2, 3, 10  # how often a list says the same
# By what the reader did with an article.
_DEEDS = {
    "searched": msgid("{title}, which you searched"),
    "read": msgid("{title}, which you read"),
    "liked": msgid("{title}, which you liked"),
    "saved": msgid("{title}, which you saved"),
    "shared": msgid("{title}, which you shared"),
}
_DEEDS_NOW = {
    "searched": msgid("{title}, which you searched just now"),
    "read": msgid("{title}, which you read just now"),
    "liked": msgid("{title}, which you liked just now"),
    "saved": msgid("{title}, which you saved just now"),
    "shared": msgid("{title}, which you shared just now"),
}
_CLOSE_TO_DEEDS = {
    "searched": Sentence("Close to what you searched"),
    "read": Sentence("Close to what you read"),
    "liked": Sentence("Close to what you liked"),
    "saved": Sentence("Close to what you saved"),
    "shared": Sentence("Close to what you shared"),
}
# By name of a part with a reason: the parts that it tells of. No article owes its place to a loss.
_TOLD = {
    teller.name: tuple(part.name for part in PARTS.values() if teller.name in (part.name, part.told_with))
    for teller in PARTS.values()
    if teller.reason and teller.sign is not Sign.LOSS
}
_FACTS = {part.name: [fact for _, fact, _, _ in Formatter().parse(part.reason) if fact] for part in PARTS.values()}
_OVERRULING = tuple(part for part in PARTS.values() if part.overrules)


@dataclass(frozen=True, slots=True)
class Claims:
    """What may be said of one article. Each fact is "" where it is not so."""

    article: Article
    evidence: Evidence
    topic_number: int = 0  # the bundle's; 0 if unknown
    topic_name: str = ""
    near: Near = NOTHING_NEAR
    rules: Sequence[Rule] = ()  # follows that are about it; of texts the nearest is first
    age_s: float = 0.0
    unread_language: str = ""  # code of the one that it is in, if the bundle does not read it
    is_for_variety: bool = False
    is_disliked: bool = False
    find_also: Callable[[], Article | None] = lambda: None  # see `also_opened`
    find_words: Callable[[], Sequence[str]] = lambda: ()  # of its title, that the reader picks

    @property
    def topic(self) -> str:
        """A topic that the reader often opened."""
        return Sentence(self.topic_name) if self.evidence.is_topic_read_often(self.topic_number) else ""

    @property
    def asked(self) -> str:
        """A topic that the reader asked for."""
        is_asked = self.topic_number and self.topic_number in self.evidence.picks
        return Sentence(self.topic_name) if is_asked else ""

    @property
    def source(self) -> str:
        """A source that the reader often opened."""
        return self.article.source if self.evidence.is_source_opened_often(self.article.source) else ""

    @property
    def publisher(self) -> str:
        """Its source, whatever the reader thinks of it."""
        return self.article.source

    @property
    def follows(self) -> str:
        """Sources, topics and words that the reader follows."""
        # A topic has a name in every language.
        return listed(
            [
                Sentence(rule.value) if rule.kind is RuleKind.TOPIC else rule.value
                for rule in self.rules
                if rule.kind is not RuleKind.TEXT
            ]
        )

    @property
    def wish(self) -> str:
        """The interest in the reader's own words that it is nearest to, quoted."""
        return next((quoted(rule.value) for rule in self.rules if rule.kind is RuleKind.TEXT), "")

    @property
    def read(self) -> str:
        """A read that it is near to, quoted, and what the reader did with it."""
        return _deed(_DEEDS, self.near.ever, self.near.cosines[0])

    @property
    def read_now(self) -> str:
        """The same of the last hour, if it is known that the reader did it then."""
        opinion = self.near.just_now
        if opinion is None or opinion.is_opened + opinion.is_liked + opinion.is_saved + opinion.is_shared != 1:
            return ""
        return _deed(_DEEDS_NOW, opinion, self.near.cosines[1])

    @property
    def query(self) -> str:
        """A search that it is near to, quoted."""
        opinion, cosine = self.near.ever, self.near.cosines[0]
        is_near = opinion is not None and opinion.is_search and cosine >= LEAST_COSINE
        return quoted(opinion.article.title) if opinion and is_near else ""

    @property
    def also(self) -> str:
        """A past read whose readers opened it too, quoted."""
        found = self.find_also()
        return quoted(text_of(found)) if found else ""

    @property
    def words(self) -> str:
        """Words of its title that the reader picks."""
        return listed(self.find_words())

    @property
    def is_new(self) -> bool:
        """Whether it is new."""
        return self.age_s < NEW_S

    @property
    def is_picking(self) -> bool:
        """Whether the reader picked enough from lists to have a kind."""
        return self.evidence.opened_from_lists >= OFTEN


def reasons(parts: Mapping[str, float], typical: Callable[[str], float], claims: Claims) -> Iterator[str]:
    """What is true of an article and speaks for it, the strongest first; `NOT_KNOWN` where nothing is.

    Args:
        parts: Its named parts.
        typical: Gives the mean of a part over the feed.
        claims: What may be said.
    """
    for part in _OVERRULING:
        if parts.get(part.name, 0.0) < 0:
            yield part.reason
            return
    if claims.is_disliked:
        yield DISLIKED
        return
    is_told = False
    for reason in _claimed(parts, typical, claims):
        is_told = True
        yield reason
    if not is_told:
        yield NOT_KNOWN


def in_turn(reasons_of_each: Iterable[Iterable[str]]) -> list[str]:
    """One reason for each article of a list: its strongest that the list has not just told too often, else ""."""
    told: list[str] = []
    for of_one in reasons_of_each:
        told.append(next((reason for reason in of_one if not _is_worn(reason, told)), ""))
    return told


def _is_worn(reason: str, told: Sequence[str]) -> bool:
    is_repeated = list(told[-_IN_SUCCESSION:]) == [reason] * _IN_SUCCESSION
    return is_repeated or told[-(_WINDOW - 1) :].count(reason) >= _IN_WINDOW


def quoted(text: str, characters: int = QUOTE_CHARACTERS) -> str:
    """A title or query in quotation marks, in one line; a long one is cut between words where there are any."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    if len(line) > characters:
        start = line[:characters]
        space = start.rfind(" ", characters // 2)
        line = (start if space < 0 else start[:space]).rstrip(" ,;:-–—") + "…"
    return f"“{line}”" if line else ""


def _claimed(parts: Mapping[str, float], typical: Callable[[str], float], claims: Claims) -> Iterator[str]:
    if claims.is_for_variety:
        yield FOR_VARIETY
    if claims.unread_language:
        yield _unread(parts, claims)
    lifts: list[tuple[float, str]] = []
    for teller, names in _TOLD.items():
        value = sum([parts.get(name, 0.0) for name in names])
        if value >= LEAST:  # of most parts of an article that is not so
            lift = value - sum([typical(name) for name in names])
            if lift >= LEAST:
                lifts.append((lift, teller))
    for _, name in sorted(lifts, reverse=True):
        yield from _sentences(PARTS[name], claims, is_own=parts.get(name, 0.0) >= LEAST)


def _sentences(part: Part, claims: Claims, *, is_own: bool) -> Iterator[str]:
    """What a part says.

    Args:
        part: One with a reason.
        claims: What may be said.
        is_own: Whether it is above 0 itself, and not only with those that are told with it.
    """
    if part.name == "topic" and (asked := claims.asked):
        yield Sentence("You asked for {topic}", topic=asked)
    if is_own and (not part.told_if or getattr(claims, part.told_if)):
        facts = {fact: getattr(claims, fact) for fact in _FACTS[part.name]}
        if all(facts.values()):
            yield Sentence(part.reason, **facts) if facts else part.reason
    if part.name in ("interest", "session") and is_own and claims.query:
        yield Sentence("You searched {query}", query=claims.query)
    if part.name == "interest":
        if claims.evidence.reads:
            yield CLOSE
        elif claims.near.ever and not claims.query:
            yield _CLOSE_TO_DEEDS[_verb(claims.near.ever)]


def _deed(templates: Mapping[str, str], opinion: Opinion | None, cosine: float) -> str:
    if opinion is None or opinion.is_search or cosine < LEAST_COSINE:
        return ""
    title = quoted(text_of(opinion.article))
    return Sentence(templates[_verb(opinion)], title=title) if title else ""


def _verb(opinion: Opinion) -> str:
    verbs = {
        "searched": opinion.is_search,
        "read": opinion.is_opened,
        "liked": opinion.is_liked,
        "saved": opinion.is_saved,
    }
    return next((verb for verb, is_so in verbs.items() if is_so), "shared")


def _unread(parts: Mapping[str, float], claims: Claims) -> str:
    has_rules = bool(parts.get("followed") or parts.get("own_words"))
    return _ranked_by(claims.unread_language, claims.topic_number > 0, bool(parts.get("words")), has_rules)


# A list may be all of it.
@lru_cache(maxsize=256)
def _ranked_by(language: str, *are_known: bool) -> Sentence:
    """That the model cannot read a language, and what the place of an article in it goes by instead.

    Args:
        language: Its code.
        are_known: Whether its topic, words of its title, and rules about it are.
    """
    others = Sentence("topic"), Sentence("words"), Sentence("your rules")
    first = [*(name for name, is_so in zip(others, are_known, strict=True) if is_so), Sentence("time")]
    return Sentence(
        "In {language}, which this model cannot read: ranked by {names} and {last}",
        language=language_name(language),
        names=listed(first),
        last=Sentence("source"),
    )
