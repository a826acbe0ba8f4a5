"""The language of a title: by script, by words, and silence rather than a guess."""

from __future__ import annotations

import gzip
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_runtime.content.languages import language_of

MIND = Path(__file__).parents[4] / "shared" / "data"


@pytest.mark.parametrize(
    "language, title",
    [
        ("en", "Government will not raise taxes this year"),
        ("de", "Die Regierung will die Steuern nicht erhöhen"),
        ("fr", "Le gouvernement ne veut pas augmenter les impôts"),
        ("it", "Il governo non alza le tasse nel nuovo anno"),
        ("es", "El Gobierno no subirá los impuestos este año"),
        ("pt", "O governo não vai subir os impostos este ano"),
        ("nl", "De regering wil de belastingen niet verhogen"),
        ("sv", "Regeringen vill höja skatten för bilister"),
        ("da", "Statsministeren vil ikke svare på spørgsmål om skat"),
        ("pl", "Rząd chce podnieść podatki od nowego roku"),
        ("tr", "Hükümet yeni vergi için karar aldı"),
        ("cs", "Vláda chce zvýšit daně od příštího roku"),
        ("ru", "Президент подписал закон о бюджете"),
        ("uk", "Президент підписав закон про бюджет України"),
        ("el", "Η κυβέρνηση αυξάνει τους φόρους"),
        ("he", "הממשלה תעלה את המסים"),
        ("ar", "الحكومة ترفع الضرائب"),
        ("hi", "सरकार ने बजट पेश किया"),
        ("th", "รัฐบาลขึ้นภาษี"),
        ("ko", "대통령이 예산안에 서명했다"),
        ("ja", "政府は増税を検討している"),
        ("zh", "政府考虑明年提高税收"),
    ],
)
def test_a_sentence_is_known_by_its_words_or_script(language, title):
    found, probability = language_of(title)
    assert found == language and 0.5 <= probability <= 1


@pytest.mark.parametrize("title", ["", "2026", "!? …", "Kane", "🙂"])
def test_too_little_text_has_no_language(title):
    assert language_of(title) == ("", 0.0)


def test_an_initialism_is_no_czech_word():
    assert language_of("U.S. and U.K. to talk about Z")[0] == "en"


@given(st.text(max_size=60))
def test_any_text_has_a_code_and_a_probability_or_neither(text):
    language, probability = language_of(text)
    assert (language == "") == (probability == 0) and 0 <= probability <= 1


@pytest.mark.usefixtures("slow")
@pytest.mark.parametrize(
    "name, column, language, least_right", [("mind-small", 3, "en", 0.94), ("xmind-cmn", 1, "zh", 0.96)]
)
def test_real_titles_are_hardly_ever_taken_for_another_language(name, column, language, least_right):
    path = MIND / name / "news.tsv.gz"
    if not path.exists():
        pytest.skip(f"{path} is not there: a research data set that is not part of the repository")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        titles = [line.split("\t")[column] for line, _ in zip(lines, range(5000), strict=False)]
    found = Counter(language_of(title)[0] for title in titles)
    assert found[language] >= least_right * len(titles)
    assert len(titles) - found[language] - found[""] <= 0.005 * len(titles)
