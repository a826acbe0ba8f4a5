"""Every page: links and files that it names are there, and its sentences are short."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted(path.relative_to(ROOT) for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FILE = re.compile(r"`((?:edge_runtime|trainer|android_demo|benchmarks|tests|docs)/[\w/.-]+\.\w+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
WORDS_A_SENTENCE = 20


def prose(text: str) -> list[str]:
    """Paragraphs and list items, without blocks, tables, headings and pictures."""
    text = re.sub(r"```.*?```|<!--.*?-->", "", text, flags=re.DOTALL)
    text = re.sub(r"^(?:[|#!].*)?$", "", text, flags=re.MULTILINE)
    items = re.split(r"\n\n+|\n(?=\s*(?:[-*]|\d+\.) )", text)
    return [" ".join(item.split()) for item in items if item.strip() and not item.startswith("    ")]


def sentence_lengths(text: str) -> list[int]:
    """Words of each sentence."""
    lengths = []
    for paragraph in prose(text):
        plain = re.sub(r"`[^`]*`", "code", LINK.sub("]", paragraph))
        lengths += [len(re.findall(r"\w[\w'’.,%/-]*", one)) for one in re.split(r"(?<=[.!?])[\")”*]*\s+", plain)]
    return [length for length in lengths if length > 1]


def anchors(text: str) -> set[str]:
    """Names of a page's headings, as links use them."""
    heads = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head).strip().lower().replace(" ", "-") for head in heads}


def test_sentences_are_counted_in_prose_alone():
    text = "# Three words here\n\nOne two. Four five!\n\n    a block of code.\n\n| a | table |\n\n- six\n  seven\n"
    assert sentence_lengths(text) == [2, 2, 2]


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_files_and_links_of_the_page_lead_somewhere(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    missing = [name for name in FILE.findall(text) if not (ROOT / name).exists()]
    for link in [*LINK.findall(text), *re.findall(r'src="([^"]+)"', text)]:
        if link.startswith(("http://", "https://", "mailto:")):
            continue
        name, _, anchor = unquote(link).partition("#")
        target = (ROOT / page).parent / name if name else ROOT / page
        if not target.exists() or (anchor and anchor not in anchors(target.read_text(encoding="utf-8"))):
            missing.append(link)
    assert missing == []


@pytest.mark.parametrize("page", [page for page in PAGES if not page.name.endswith(".zh-CN.md")], ids=str)
def test_sentences_have_twenty_words_at_most_on_average(page):
    lengths = sentence_lengths((ROOT / page).read_text(encoding="utf-8"))
    assert not lengths or sum(lengths) / len(lengths) <= WORDS_A_SENTENCE


def test_every_picture_is_shown_on_a_page():
    pages = "".join((ROOT / page).read_text(encoding="utf-8") for page in PAGES)
    assert [path.name for path in (ROOT / "docs").rglob("*.png") if f"images/{path.name}" not in pages] == []
