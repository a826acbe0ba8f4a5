"""What the reader follows and mutes: a form to add, a button to lift, topics to ask for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from edge_runtime import Rule, RuleEffect, RuleKind
from edge_runtime.screens import rules as screen
from edge_runtime.screens.reading import Reading
from edge_runtime.screens.rules import RuleRow
from edge_runtime.web.exchange import Answer
from edge_runtime.web.html import Html, html, tag
from edge_runtime.web.notes import Undo
from edge_runtime.web.visit import Visit


def rules(visit: Visit) -> Answer:
    """The page."""
    tr, page = visit.tr, screen.rules_page(visit.reading, visit.now)
    return visit.page(
        tr("What you follow and mute"),
        _form(visit),
        tag("h2", tr("Followed")),
        _list(visit, page.follows),
        tag("h2", tr("Muted")),
        _list(visit, page.mutes),
        tag("h2", tr("Topics that you ask for")),
        _topics(visit, page),
        here="/you",
    )


def add(visit: Visit) -> Answer:
    """Follow or mute what was typed."""
    reader, one = visit.reading.reader, visit.request.one
    kind = one("kind") if one("kind") in set(RuleKind) else RuleKind.WORD
    effect = one("effect") if one("effect") in set(RuleEffect) else RuleEffect.FOLLOW
    before = _standing(visit.reading)
    said = screen.add_rule(visit.reading, visit.now, RuleKind(kind), one("value"), RuleEffect(effect))
    new = [rule for rule in reader.profile().rules if rule not in before]
    return visit.done(said(visit.tr), _restoring(before, new[0]) if new else None, "/rules")


def lift(visit: Visit) -> Answer:
    """Follow or mute something no longer."""
    found = {_name(rule): rule for rule in visit.reading.reader.profile().rules}.get(visit.request.one("rule"))
    if found is None:
        return visit.done(visit.tr("It is lifted already."), to="/rules")
    screen.lift_rule(visit.reading, found)
    words = visit.tr("Lifted: {name}", name=found.value)
    return visit.done(words, lambda reading, now: screen.put_rule_back(reading, found), "/rules")


def pick(visit: Visit) -> Answer:
    """Ask for just these topics."""
    reader = visit.reading.reader
    known, wanted, before = reader.known_topics(), set(visit.request.all("topic")), reader.profile().picked_topics
    reader.pick_topics([topic for topic in known if topic in wanted])
    return visit.done(visit.tr("Kept."), lambda reading, now: reading.reader.pick_topics(before), "/rules")


def _form(visit: Visit) -> Html:
    tr = visit.tr
    kinds = [
        tag("option", screen.kind_words(kind, tr), value=kind.value)
        for kind in (RuleKind.WORD, RuleKind.SOURCE, RuleKind.TOPIC, RuleKind.TEXT)
    ]
    return tag(
        "form",
        tag("p", tag("label", tr("What is it?"), for_="kind"), tag("select", *kinds, name="kind", id="kind")),
        tag(
            "p",
            tag("label", tr("Name, word or sentence"), for_="value"),
            tag("input", name="value", id="value", required=True, maxlength=screen.MOST_CHARS, dir="auto"),
        ),
        tag(
            "p",
            tag("button", tr("Follow"), name="effect", value="follow", class_="plain"),
            tag("button", tr("Mute"), name="effect", value="mute"),
            class_="side",
        ),
        method="post",
        action="/rules",
        class_="card",
    )


def _list(visit: Visit, rows: Sequence[RuleRow]) -> Html:
    if not rows:
        return tag("p", visit.tr("None yet."), class_="empty")
    return tag("ul", *(tag("li", _row(visit, row)) for row in rows), class_="entries")


def _row(visit: Visit, row: RuleRow) -> Html:
    tr = visit.tr
    button = tag(
        "form",
        tag("button", tr("Lift"), name="rule", value=_name(row.rule), aria_label=f"{tr('Lift')}: {row.words}"),
        method="post",
        action="/rules/lift",
    )
    return html(tag("div", tag("b", row.words, dir="auto"), tag("small", row.about), class_="grow"), button)


def _topics(visit: Visit, page: screen.RulesPage) -> Html:
    boxes = [
        tag(
            "label",
            tag("input", type="checkbox", name="topic", value=one.topic, checked=one.is_picked),
            one.words,
        )
        for one in page.topics
    ]
    return tag(
        "form",
        tag("fieldset", tag("legend", visit.tr("They lead the feed until it knows you better.")), *boxes),
        tag("p", tag("button", visit.tr("Keep these topics"), class_="plain")),
        method="post",
        action="/rules/topics",
        class_="boxes",
    )


def _name(rule: Rule) -> str:
    return f"{rule.kind.value}:{rule.value}"


def _standing(reading: Reading) -> list[Rule]:
    return list(reading.reader.profile().rules)


def _restoring(before: Sequence[Rule], new: Rule) -> Undo:
    """What a new rule took the place of comes back; otherwise it goes."""
    replaced = [rule for rule in before if (rule.kind, rule.value.casefold()) == (new.kind, new.value.casefold())]

    def restore(reading: Reading, now: datetime) -> None:
        if replaced:
            screen.put_rule_back(reading, replaced[0])
        else:
            screen.lift_rule(reading, new)

    return restore
