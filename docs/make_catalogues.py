"""Writes the catalogues of other languages from the texts in the code: `python docs/make_catalogues.py`.

It finds what is said, merges it into each `translations/LANGUAGE/LC_MESSAGES/messages.po`, and compiles the `.mo`
beside it. What is new has no translation yet. What is like an older text has the older one's, marked as fuzzy: mend it,
and take the mark away. To add a language, make its folder and run the script.
"""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from edge_runtime.content.languages import NAMES
from edge_runtime.errors import Remedy
from edge_runtime.model.bundle import read_bundle
from edge_runtime.model.parts import PARTS, Origin

ROOT = Path(__file__).parent.parent
PACKAGES = ("edge_runtime", "android_demo")
SAYS = "tr"  # what a `Wording` is called: tr("..."), self.tr("..."), tr.count("...", "...", number)
CALLS = {SAYS, "Sentence", "msgid"}  # what takes a text first
DEFAULT_BUNDLE = ROOT / "edge_runtime" / "default" / "news.bundle"
_PERHAPS = re.compile(rf"\b(?:{'|'.join(sorted(CALLS))})\b")  # most modules say nothing
# In a .kv file: tr('...'), app.tr("..."), root.tr.count('one', "many", ...)
_KV_TEXT = r"""('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")"""
_KV_CALL = re.compile(rf"\b{SAYS}\(\s*{_KV_TEXT}")
_KV_COUNT = re.compile(rf"\b{SAYS}\.count\(\s*{_KV_TEXT}\s*,\s*{_KV_TEXT}")

MessageId = str | tuple[str, str]  # a text, or that of one thing and that of many


@dataclass(frozen=True, slots=True)
class Said:
    """A text that is said somewhere."""

    message: MessageId
    where: str  # a file, relative to the repository


def texts_of(package: str) -> list[Said]:
    """What a package says, by file and place in it."""
    found: list[Said] = []
    for path in sorted((ROOT / package).rglob("*")):
        where = path.relative_to(ROOT).as_posix()
        if path.suffix == ".py":
            found += [Said(message, where) for message in texts_of_python(path.read_text(encoding="utf-8"))]
        elif path.suffix == ".kv":
            found += [Said(message, where) for message in texts_of_kv(path.read_text(encoding="utf-8"))]
    return [*found, *_tables()] if package == "edge_runtime" else found


def texts_of_python(text: str) -> Iterator[MessageId]:
    """What a module says."""
    if not _PERHAPS.search(text):
        return
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        texts = _first_texts(call)
        is_count = isinstance(call.func, ast.Attribute) and call.func.attr == "count" and _name(call.func.value) == SAYS
        if is_count and len(texts) >= 2:
            yield texts[0], texts[1]
        elif texts and _name(call.func) in CALLS:
            yield texts[0]


def texts_of_kv(text: str) -> Iterator[MessageId]:
    """What a layout of Kivy says."""
    calls = [(found.start(), found.groups()) for pattern in (_KV_CALL, _KV_COUNT) for found in pattern.finditer(text)]
    for _, quoted in sorted(calls):
        one, *many = map(ast.literal_eval, quoted)
        yield (one, many[0]) if many else one


def merged(said: Iterable[Said], language: str, po: str) -> Catalog:
    """The catalogue of a language with the texts of today; what is not said any more is left out.

    Args:
        said: The texts.
        language: Its code.
        po: The catalogue as it is; "" for a new one.
    """
    template = Catalog(fuzzy=False)
    for one in said:
        template.add(one.message, locations=[(one.where, 0)])
    catalog = _Plain(language, fuzzy=False)
    if po:
        for message in read_po(io.StringIO(po), locale=language):
            if message.id:
                catalog[message.id] = message
    catalog.update(template)
    catalog.obsolete.clear()
    return catalog


def as_po(catalog: Catalog) -> str:
    """A catalogue as its translator edits it."""
    with io.BytesIO() as file:
        write_po(file, catalog, width=0, include_lineno=False, ignore_obsolete=True, include_previous=True)
        return file.getvalue().decode()


def as_mo(catalog: Catalog) -> bytes:
    """A catalogue as gettext reads it: what is translated and not fuzzy; the same bytes for the same texts."""
    with io.BytesIO() as file:
        write_mo(file, catalog)
        return file.getvalue()


def troubles(catalog: Catalog) -> list[str]:
    """What a translator has to mend."""
    found = []
    for message in catalog:
        if message.id:
            found += [f"{kind}: {message.id!r}" for kind in _troubles_of(message)]
    return found


def catalogues(package: str) -> list[Path]:
    """The .po files of a package; one of a folder that is new is not there yet."""
    folders = sorted(path for path in (ROOT / package / "translations").glob("*") if path.is_dir())
    return [folder / "LC_MESSAGES" / "messages.po" for folder in folders]


def renewed(package: str, po: Path) -> Catalog:
    """A package's catalogue of a language with the texts of today."""
    return merged(texts_of(package), po.parts[-3], po.read_text(encoding="utf-8") if po.exists() else "")


class _Plain(Catalog):
    """A catalogue whose header says what gettext needs: no dates, so that the files change with their texts alone."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        return [
            ("Language", str(self.locale_identifier)),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
            ("Plural-Forms", self.plural_forms),
        ]

    @mime_headers.setter
    def mime_headers(self, headers: Iterable[tuple[str, str]]) -> None:
        """That of a file says nothing else."""

    @property
    def header_comment(self) -> str:
        return "# Written by docs/make_catalogues.py; the translations are by hand."

    @header_comment.setter
    def header_comment(self, comment: str | None) -> None:
        """That of a file says nothing else."""


def _first_texts(call: ast.Call) -> list[str]:
    """The texts that a call begins with."""
    texts = []
    for argument in call.args:
        if not (isinstance(argument, ast.Constant) and isinstance(argument.value, str)):
            break
        texts.append(argument.value)
    return texts


def _name(node: ast.expr) -> str:
    """What something is called, without whose it is: "tr" of `self.tr`."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _tables() -> Iterator[Said]:
    """What the runtime says from tables."""
    parts = "edge_runtime/model/parts.py"
    for part in PARTS.values():
        yield from (Said(text, parts) for text in (part.meaning, part.label, part.reason, part.standing) if text)
    yield from (Said(origin.value, parts) for origin in Origin)
    yield from (Said(remedy.value, "edge_runtime/errors.py") for remedy in Remedy)
    yield from (Said(name, "edge_runtime/content/languages.py") for name in NAMES.values())
    manifest = read_bundle(DEFAULT_BUNDLE).manifest
    texts = (*filter(None, manifest.topics), manifest.training_data, manifest.training_licence)
    yield from (Said(text, DEFAULT_BUNDLE.relative_to(ROOT).as_posix()) for text in texts)


def _troubles_of(message: Message) -> Iterator[str]:
    strings = message.string if isinstance(message.string, (list, tuple)) else [message.string]
    if not all(strings):
        yield "not translated"
        return
    if message.fuzzy:
        yield "fuzzy"
    texts = message.id if isinstance(message.id, tuple) else [message.id]
    # One thing may be said without its number.
    wanted = set(_placeholders(texts[-1]))
    if any(set(_placeholders(text)) != wanted for text in strings):
        yield "other {names} than the English"


def _placeholders(text: str) -> list[str]:
    try:
        return [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    except ValueError:
        return [f"not to be read: {text}"]


def main() -> None:
    """Renew all catalogues, and say what is left to translate."""
    for package in PACKAGES:
        for po in catalogues(package):
            catalog = renewed(package, po)
            po.parent.mkdir(parents=True, exist_ok=True)
            po.write_text(as_po(catalog), encoding="utf-8")
            po.with_suffix(".mo").write_bytes(as_mo(catalog))
            print(f"{po.relative_to(ROOT)}: {len(catalog)} texts")
            for trouble in troubles(catalog):
                print(f"  {trouble}")


if __name__ == "__main__":
    main()
