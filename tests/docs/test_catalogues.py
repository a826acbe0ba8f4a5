import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "docs"))

import make_catalogues as catalogues  # noqa: E402

from edge_runtime import Sentence, Wording  # noqa: E402
from edge_runtime.pages.wording import LANGUAGES  # noqa: E402

EVERY_PO = [(package, po) for package in catalogues.PACKAGES for po in catalogues.catalogues(package)]
MEND = "run `python docs/make_catalogues.py`, and mend what it names in the .po file"


@pytest.mark.parametrize(("package", "po"), EVERY_PO, ids=[str(po.relative_to(ROOT)) for _, po in EVERY_PO])
def test_a_catalogue_says_all_there_is_and_its_mo_is_made_of_it(package, po):
    catalog = catalogues.renewed(package, po)
    assert catalogues.troubles(catalog) == [], MEND
    assert po.with_suffix(".mo").read_bytes() == catalogues.as_mo(catalog), MEND


def test_every_language_has_a_catalogue_of_each_package():
    wanted = [(package, language) for package in catalogues.PACKAGES for language in LANGUAGES if language != "en"]
    assert [(package, po.parts[-3]) for package, po in EVERY_PO] == wanted


def test_texts_are_found_where_they_are_said():
    python = """
class Card:
    def draw(self):
        self.text = tr("All") + self.tr('Saved "now"') + app.tr("New {number}", number=1)
        self.sum = self.tr.count("{number} story", "{number} stories", n)
        self.raw = [1].count("a") + other("b") + tr(name)
HINTS = {404: msgid("no " "page"), 500: Sentence("{what}: no", what=Sentence("inner"))}
"""
    assert [*catalogues.texts_of_python(python)] == [
        "All",
        'Saved "now"',
        "New {number}",
        ("{number} story", "{number} stories"),
        "no page",
        "{what}: no",
        "inner",
    ]
    layout = """
<Card>:
    text: app.tr('It\\'s all') if self.all else app.tr("None")
    sum: app.tr.count('{number} story', "{number} stories", self.n)
    raw: attr('x') + str('y')
"""
    assert [*catalogues.texts_of_kv(layout)] == ["It's all", "None", ("{number} story", "{number} stories")]


def test_what_a_translator_has_to_mend_is_named():
    said = [catalogues.Said(text, "a.py") for text in ("Like {read}", "New", "You read {title}", ("one", "{number}"))]
    po = """
msgid "Like {read}"
msgstr "与{title}相似"

#, fuzzy
msgid "New"
msgstr "新"

msgid "one"
msgid_plural "{number}"
msgstr[0] "{number}"

msgid "Gone"
msgstr "没了"
"""
    catalog = catalogues.merged(said, "zh", po)
    assert catalogues.troubles(catalog) == [
        "other {names} than the English: 'Like {read}'",
        "fuzzy: 'New'",
        "not translated: 'You read {title}'",
    ]
    assert "Gone" not in catalogues.as_po(catalog)
    assert "新".encode() not in catalogues.as_mo(catalog)
    assert "与{title}相似".encode() in catalogues.as_mo(catalog)


def test_a_text_that_changed_a_little_keeps_its_translation_as_a_proposal():
    said = [catalogues.Said("Close to what you have read", "a.py")]
    catalog = catalogues.merged(said, "zh", 'msgid "Close to what you read"\nmsgstr "接近你读过的内容"\n')
    assert catalogues.troubles(catalog) == ["fuzzy: 'Close to what you have read'"]


@pytest.mark.parametrize(
    ("said", "in_chinese"),
    [
        (
            Sentence("Like {read}", read=Sentence("{title}, which you read", title="“Sun at last”")),
            "类似你读过的“Sun at last”",
        ),
        (Sentence("You often read {topic}", topic=Sentence("sports")), "你常读的话题：体育"),
        ("You have read this: it stands behind everything unread", "你已读过：排在所有未读文章之后"),
        # As a feed keeps it.
        (
            "https://example.org/feed: HTTP 503: the server is in trouble; it is asked again later",
            "https://example.org/feed：HTTP 503：服务器出错，稍后会重试",
        ),
        ("https://example.org/feed: a new kind of trouble", "https://example.org/feed：a new kind of trouble"),
        ("Breaking: sun, and rain", "Breaking: sun, and rain"),
    ],
)
def test_the_runtime_speaks_chinese(said, in_chinese):
    assert Wording("zh").sentence(said) == in_chinese
