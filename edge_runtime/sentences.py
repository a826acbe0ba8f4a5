"""Words for the reader that remember what they were made from, so that another language can say them anew.

The runtime speaks English. A front end gives what it says to `pages.wording.Wording`, which finds the template in a
catalogue and puts the facts into it. `docs/make_catalogues.py` collects the templates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class Sentence(str):
    """A text with the template and the facts that it was made from.

    Attributes:
        template: English, with {names} where facts stand; without facts it is said as it is, braces and all.
        facts: By name; strings, whole numbers, dates or other sentences.
    """

    template: str
    facts: Mapping[str, object]

    def __new__(cls, template: str, /, **facts: object) -> Sentence:
        """The template with its facts in place."""
        said = str.__new__(cls, template.format(**facts) if facts else template)
        said.template, said.facts = template, facts
        return said

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, object]]:
        """What a copy is made from."""
        return (self.template,), dict(self.facts)


def msgid(text: str) -> str:
    """The text itself; it tells `docs/make_catalogues.py` of a template that becomes a `Sentence` elsewhere."""
    return text


def listed(names: Sequence[str]) -> str:
    """Names one after the other."""
    if not names:
        return ""
    said = names[0]
    for name in names[1:]:
        said = Sentence("{names}, {name}", names=said, name=name)
    return said
