"""Commands that rule over the feed: mute, unmute, follow, unfollow, variety, languages."""

from __future__ import annotations

from functools import partial

from edge_runtime.cli.argument_types import probability, words
from edge_runtime.cli.call import Call, Commands
from edge_runtime.cli.printing import clean_text
from edge_runtime.content.compare_text import fold
from edge_runtime.errors import UnknownEntryError
from edge_runtime.model.json_lines import Json
from edge_runtime.types import Rule, RuleEffect, RuleKind

_DONE = {RuleEffect.MUTE: "muted", RuleEffect.FOLLOW: "followed"}


def add_commands(commands: Commands) -> None:
    for effect, summary, example in (
        (RuleEffect.MUTE, "leave out a word, topic or source; alone, list what is muted", "mute word football"),
        (
            RuleEffect.FOLLOW,
            "lift a word, topic, source or text; alone, list what you follow",
            "follow text electric ferries in Norway",
        ),
    ):
        details = f"`edge-news un{effect.value}` takes it back."
        kinds = [str(kind) for kind in RuleKind if effect is RuleEffect.FOLLOW or kind is not RuleKind.TEXT]
        if RuleKind.TEXT in kinds:
            details += " A text is an interest in your own words: it lifts what is like it."
        rule = commands.add(effect.value, partial(_rule, effect), summary, example, details)
        rule.add_argument("kind", nargs="?", choices=kinds, help="what the value is")
        rule.add_argument(
            "value", nargs="*", type=words, help="case and accents make no difference; a word may be a phrase"
        )
        undone = commands.add(f"un{effect.value}", partial(_drop, effect), f"{effect.value} no longer", f"un{example}")
        undone.add_argument("kind", choices=kinds)
        undone.add_argument("value", nargs="+", type=words)
    variety = commands.add(
        "variety",
        _variety,
        "how mixed the feed is, 0 to 1; alone, say it",
        "variety 0.2",
        "At 0 the feed is best first but for what you follow.",
    )
    languages = commands.add(
        "languages",
        _languages,
        "the languages that you read; alone, say them",
        "languages en de",
        "A story that several report stands in one of them, where there is one. Without this, what you open tells.",
    )
    languages.add_argument("code", nargs="*", type=words, help="such as en or zh")
    languages.add_argument("--none", action="store_true", help="let what you open tell")
    variety.add_argument("amount", nargs="?", type=probability, metavar="0..1", help="the more, the more mixed")


def rule_fields(rule: Rule) -> Json:
    """A rule as it is printed in JSON."""
    return {"kind": rule.kind.value, "value": rule.value, "effect": rule.effect.value, "at": rule.at.isoformat()}


def rule_line(rule: Rule) -> str:
    """A rule in words, for a person."""
    return f"{_DONE[rule.effect]} {rule.kind.value} “{clean_text(rule.value)}”"


def _rule(effect: RuleEffect, call: Call) -> None:
    if call.options.kind is None:
        _list(effect, call)
        return
    kind, value = RuleKind(call.options.kind), " ".join(call.options.value)
    if not clean_text(value) or (kind is RuleKind.TEXT and not any(map(str.isalnum, value))):
        call.refuse(f"say which {kind.value}: `edge-news {effect.value} {kind.value} VALUE`")
    with call.open() as reader:
        rule = reader.set_rule(kind, value, effect, call.now)
        (about,) = [count for other, count in reader.rule_counts() if _is_same(other, kind, rule.value)]
        near = () if about else reader.names_near(kind, rule.value)
        is_legible = kind is not RuleKind.TEXT or reader.reads_text(rule.value)
    undone = f"`edge-news un{effect.value} {kind.value} {clean_text(rule.value)}` undoes it"
    said = f"{rule_line(rule)}: {about} cached {'article is' if about == 1 else 'articles are'} about it; {undone}"
    said += f"; did you mean {' or '.join(f'“{clean_text(name)}”' for name in near)}?" if near else ""
    said += "" if is_legible else "; this model cannot read it, so its words alone count"
    facts = {"rule": rule_fields(rule), "articles": about, "near": near, "is_legible": is_legible}
    call.screen.show(facts, call.screen.paragraph(said))


def _list(effect: RuleEffect, call: Call) -> None:
    with call.open() as reader:
        rules = [(rule, count) for rule, count in reader.rule_counts() if rule.effect is effect]
    facts = {"rules": [{**rule_fields(rule), "articles": count} for rule, count in rules]}
    lines = [f"{count:6}  {rule.kind.value:8}{clean_text(rule.value)}" for rule, count in rules]
    heading = f"{_DONE[effect]}, with the number of cached articles about it:"
    call.screen.show(facts, [heading, *lines] if lines else [f"nothing is {_DONE[effect]}"])


def _drop(effect: RuleEffect, call: Call) -> None:
    kind, value = RuleKind(call.options.kind), " ".join(call.options.value)
    with call.open() as reader:
        value = reader.rule_value(kind, value)
        if any(_is_same(rule, kind, value) and rule.effect is not effect for rule, _ in reader.rule_counts()):
            other = "unfollow" if effect is RuleEffect.MUTE else "unmute"
            raise UnknownEntryError(
                f"the {kind.value} {value!r} is not {_DONE[effect]}, on the contrary; `edge-news {other}` undoes it"
            )
        rule = reader.drop_rule(kind, value)
    call.screen.show({"dropped": rule_fields(rule)}, call.screen.paragraph(f"no longer {rule_line(rule)}"))


def _variety(call: Call) -> None:
    with call.open() as reader:
        if call.options.amount is not None:
            reader.variety = call.options.amount
        amount = reader.variety
    said = f"variety is {amount:g}: " + (
        "the feed is mixed" if amount else "the feed is best first but for what you follow"
    )
    call.screen.show({"variety": amount}, call.screen.paragraph(said))


def _languages(call: Call) -> None:
    options = call.options
    with call.open() as reader:
        if options.code and options.none:
            call.refuse("give codes or --none, not both")
        if options.code or options.none:
            try:
                reader.languages = () if options.none else options.code
            except ValueError as error:
                call.refuse(str(error))
        languages = reader.languages
    said = f"you read {', '.join(languages)}" if languages else "what you open tells which languages you read"
    call.screen.show({"languages": list(languages)}, call.screen.paragraph(said))


def _is_same(rule: Rule, kind: RuleKind, value: str) -> bool:
    return rule.kind is kind and fold(rule.value) == fold(value)
