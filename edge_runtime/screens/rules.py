"""What the reader follows and mutes, with what each is about now; topics that were asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from edge_runtime import Rule, RuleEffect, RuleKind, Wording
from edge_runtime.screens.reading import Reading, Said

MOST_CHARS = 200


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule as it is listed."""

    rule: Rule
    words: str
    about: str  # how many stories, and what is to be known of it


@dataclass(frozen=True, slots=True)
class TopicChoice:
    """A topic that can be asked for."""

    topic: str
    words: str
    is_picked: bool


@dataclass(frozen=True, slots=True)
class RulesPage:
    """Rules, newest first, and topics."""

    follows: tuple[RuleRow, ...]
    mutes: tuple[RuleRow, ...]
    topics: tuple[TopicChoice, ...]


def rules_page(session: Reading, now: datetime) -> RulesPage:
    """What counts now."""
    reader, tr = session.reader, session.tr
    counts = sorted(reader.rule_counts(), key=lambda counted: counted[0].at, reverse=True)
    rows = [_row(session, rule, number) for rule, number in counts]
    picked = reader.profile().picked_topics
    return RulesPage(
        follows=tuple(row for row in rows if row.rule.effect is RuleEffect.FOLLOW),
        mutes=tuple(row for row in rows if row.rule.effect is RuleEffect.MUTE),
        topics=tuple(TopicChoice(topic, tr.topic(topic), topic in picked) for topic in reader.known_topics()),
    )


def kind_words(kind: RuleKind, tr: Wording) -> str:
    """What a kind of rule is called."""
    return {
        RuleKind.WORD: tr("Word"),
        RuleKind.SOURCE: tr("Source"),
        RuleKind.TOPIC: tr("Topic"),
        RuleKind.TEXT: tr("In your own words"),
    }[kind]


def add_rule(session: Reading, now: datetime, kind: RuleKind, value: str, effect: RuleEffect) -> Said:
    """Follow or mute something, and say what is to be known of it.

    Args:
        session: Open.
        now: UTC-aware.
        kind: Of rule; a text can only be followed.
        value: What the reader typed; of nothing, nothing comes.
        effect: Follow or mute.

    Returns:
        A sentence for the reader, in whichever language.
    """
    reader = session.reader
    try:
        rule = reader.set_rule(kind, value[:MOST_CHARS], RuleEffect.FOLLOW if kind is RuleKind.TEXT else effect, now)
    except ValueError:
        return lambda tr: tr("Type a name first.")
    number = dict(reader.rule_counts()).get(rule, 0)
    if kind in (RuleKind.SOURCE, RuleKind.TOPIC) and number == 0 and (near := reader.names_near(kind, rule.value)):
        return lambda tr: tr("No story has {name}. Did you mean {names}?", name=rule.value, names=tr.listed(near[:3]))
    if not _can_be_read(session, rule):
        return _unread
    if rule.effect is RuleEffect.FOLLOW:
        return lambda tr: tr.joined(tr("Followed: {name}", name=rule.value), _hits(number, tr))
    return lambda tr: tr.joined(tr("Muted: {name}", name=rule.value), _hits(number, tr))


def lift_rule(session: Reading, rule: Rule) -> None:
    """Follow or mute something no longer."""
    session.reader.drop_rule(rule.kind, rule.value)


def put_rule_back(session: Reading, rule: Rule) -> None:
    """Have a rule again that was lifted, as of the day that it is from."""
    session.reader.set_rule(rule.kind, rule.value, rule.effect, rule.at)


def pick_topic(session: Reading, topic: str, *, is_picked: bool) -> None:
    """Ask for a topic, or not any more."""
    picked = [one for one in session.reader.profile().picked_topics if one != topic]
    session.reader.pick_topics([*picked, topic] if is_picked else picked)


def _row(session: Reading, rule: Rule, number: int) -> RuleRow:
    tr = session.tr
    about = tr.joined(kind_words(rule.kind, tr), _hits(number, tr), "" if _can_be_read(session, rule) else _unread(tr))
    is_topic = rule.kind is RuleKind.TOPIC
    return RuleRow(rule, tr.topic(rule.value) if is_topic else rule.value, about)


def _hits(number: int, tr: Wording) -> str:
    return tr.count("one story here", "{number} stories here", number) if number else tr("no story here")


def _can_be_read(session: Reading, rule: Rule) -> bool:
    return rule.kind is not RuleKind.TEXT or session.reader.reads_text(rule.value)


def _unread(tr: Wording) -> str:
    """A warning where an interest is in a language that the model cannot read."""
    return tr("The model cannot read this language: only the words themselves count.")
