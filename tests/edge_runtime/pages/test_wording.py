import copy
import io
import pickle
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from edge_runtime import Notice, Remedy, Sentence, Wording
from edge_runtime.pages.kept_sentences import Templates
from edge_runtime.sentences import listed

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
CHINESE = {
    "Like {read}": "与{read}相似",
    "{title}, which you read": "你读过的{title}",
    ("{number} story", "{number} stories"): ("{number} 篇报道",),
    "since {date}": "{date} 以来",
}


@pytest.fixture
def chinese(tmp_path):
    catalog = Catalog("zh")
    for english, said in CHINESE.items():
        catalog.add(english, said)
    with io.BytesIO() as file:
        write_mo(file, catalog)
        folder = tmp_path / "zh" / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / "messages.mo").write_bytes(file.getvalue())
    return Wording("zh", [tmp_path])


def test_a_sentence_within_a_sentence_is_said_in_the_other_language_too(chinese):
    reason = Sentence("Like {read}", read=Sentence("{title}, which you read", title="“Sun at last”"))
    assert reason == "Like “Sun at last”, which you read"
    assert chinese.sentence(reason) == "与你读过的“Sun at last”相似"
    assert Wording().sentence(reason) == reason


def test_a_fact_with_braces_is_no_template(chinese):
    reason = Sentence("Like {read}", read="{0} {title} }{")
    assert reason == "Like {0} {title} }{"
    assert chinese.sentence(reason) == "与{0} {title} }{相似"


def test_a_text_without_facts_is_said_as_it_is():
    assert Sentence("{x} or {") == "{x} or {"
    assert Wording().sentence(Sentence("{x} or {")) == Wording()("{x} or {") == "{x} or {"


def test_facts_may_have_any_name(chinese):
    assert Sentence("{text} {template} {self}", text="a", template="b", self="c") == "a b c"
    assert chinese("{text} {one} {self}", text="a", one="b", self="c") == "a b c"


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda text: pickle.loads(pickle.dumps(text))])
def test_a_copy_of_a_sentence_is_a_sentence(again, chinese):
    reason = Sentence("Like {read}", read=Sentence("{title}, which you read", title="“{Sun}”"))
    assert again(reason) == reason
    assert chinese.sentence(again(reason)) == "与你读过的“{Sun}”相似"
    assert again(Sentence("{x}")) == "{x}"


def test_plurals_are_those_of_the_language(chinese):
    assert [chinese.count("{number} story", "{number} stories", n) for n in (1, 2)] == ["1 篇报道", "2 篇报道"]
    said = [Wording().count("{number} story", "{number} stories", n) for n in (0, 1, 1234)]
    assert said == ["0 stories", "1 story", "1,234 stories"]


@pytest.mark.parametrize(
    ("age", "said"),
    [
        (timedelta(minutes=-5), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 min ago"),
        (timedelta(minutes=59, seconds=59), "59 min ago"),
        (timedelta(hours=1), "1 h ago"),
        (timedelta(hours=23, minutes=59), "23 h ago"),
        (timedelta(hours=24), "yesterday"),
        (timedelta(hours=48), "2 days ago"),
        (timedelta(days=30, seconds=-1), "29 days ago"),
        (timedelta(days=30), "25 Oct 2026"),
    ],
)
def test_an_age_is_told_in_its_largest_unit(age, said):
    assert Wording().age(NOW - age, NOW, UTC) == said


def test_an_age_that_is_not_known_is_not_told():
    assert Wording().age(None, NOW) == ""


def test_a_date_is_that_of_the_zone_and_of_the_language(chinese):
    published = datetime(2026, 9, 30, 20, tzinfo=UTC)
    assert Wording().age(published, NOW, timezone(timedelta(hours=8))) == "1 Oct 2026"
    assert chinese.age(published, NOW, timezone(timedelta(hours=8))) == "2026年10月1日"
    since = Sentence("since {date}", date=date(2026, 5, 9))
    assert (since, chinese.sentence(since)) == ("since 2026-05-09", "2026年5月9日 以来")


def test_a_language_without_a_catalogue_speaks_english():
    assert Wording("tlh").sentence(Sentence("Like {read}", read="this")) == "Like this"


def test_names_are_listed_with_the_comma_of_the_language():
    assert [listed(names) for names in ([], ["a"], ["a", "b", "c"])] == ["", "a", "a, b, c"]
    assert Wording("zh").listed(["a", "b"]) == "a、b"


@pytest.mark.parametrize(
    "said",
    [
        Sentence(
            "{address}: HTTP {status}: {hint}", address="https://a.b/c", status="404", hint=Sentence("no such page")
        ),
        Sentence(
            "{address}: {why}", address="https://a.b/c", why=Sentence("the server refuses it ({cause})", cause="x")
        ),
        Sentence("{address}: {why}", address="https://a.b/c", why="a text of no template"),
    ],
)
def test_a_sentence_that_was_kept_as_text_is_found_again(said):
    texts = ["{address}: HTTP {status}: {hint}", "{address}: {why}", "no such page", "the server refuses it ({cause})"]
    found = Templates([*texts, "{names}, {name}", "{a}: {b}"]).sentence_of(str.__str__(said))
    assert isinstance(found, Sentence)
    assert (found, found.template, found.facts) == (said, said.template, said.facts)
    assert all(type(found.facts[name]) is type(fact) for name, fact in said.facts.items())


def test_a_kept_error_keeps_its_remedy():
    found = Templates(["{address}: the disk of it is full"]).sentence_of(
        str(Notice("https://a.b: the disk of it is full", Remedy.WAIT))
    )
    assert found is not None
    assert (found.facts["fact"].template, found.facts["remedy"]) == ("{address}: the disk of it is full", Remedy.WAIT)


def test_other_texts_fit_no_template():
    assert Templates(["{address}: {why}", "{names}, {name}", "{a}: {b}"]).sentence_of("Breaking: sun, and rain") is None


def test_wording_loads_no_numpy():
    code = "import sys, edge_runtime.pages.wording as w; w.Wording('zh'); print('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
