"""The language of a short text: by its script where that decides, else by common words and letter groups.

The tables are our own and small. A headline with no common word in it, such as three names, has no language here: an
empty answer is better than a wrong one.
"""

from __future__ import annotations

import math
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import lru_cache

from edge_runtime.model.tokens import split_words
from edge_runtime.sentences import Sentence

UNKNOWN_LANGUAGE = ("", 0.0)

# Blocks of letters: first code point, the one after the last, language.
_SCRIPTS = (
    (0x0370, 0x0400, "el"),
    (0x1F00, 0x2000, "el"),
    (0x0400, 0x0530, "ru"),
    (0x0590, 0x0600, "he"),
    (0x0600, 0x0780, "ar"),
    (0x0900, 0x0980, "hi"),
    (0x0E00, 0x0E80, "th"),
    (0x1100, 0x1200, "ko"),
    (0xAC00, 0xD7B0, "ko"),
    (0x3040, 0x3100, "ja"),
    (0x3400, 0x4DC0, "zh"),
    (0x4E00, 0xA000, "zh"),
)
_UKRAINIAN = frozenset("іїєґІЇЄҐ")
_KANA_SHARE = 0.1  # least share of kana among a Japanese text's letters

# Words of a language in the tokenizer's spelling (lower case, no accents), the commonest first.
STOP_WORDS: Mapping[str, frozenset[str]] = {
    language: frozenset(words.split())
    for language, words in {
        "en": "the to of in and for on is with at as from by his her how what after over this that are was be have "
        "has it its you your he she they we who why will not but more new says say up out about an or if "
        "their than when can do could would into just my i gets here all no off one first against may",
        "de": "der die und in den von zu das mit sich des auf fur ist im dem nicht ein eine als auch es an werden "
        "aus er hat dass sie nach wird bei einer um am sind noch wie einem uber einen so zum war haben nur "
        "oder aber vor zur bis mehr durch gegen wegen kann will soll ich wir beim seine unter neue",
        "fr": "le la les de des du et en un une est que qui dans pour pas sur plus par au avec ce il elle ne se "
        "sont aux son sa ses cette ont ou mais comme nous leur apres entre deux sans selon contre etre fait "
        "face",
        "it": "il la di e che in un a per del non una sono della le con si da gli dei al ha nel alla i lo delle piu "
        "anche dal dalla come ma su dopo nella ai sulla degli tra fra contro ecco suo sua due ancora era chi",
        "es": "el la de que y en los del se las por un para con no una su al lo como mas pero sus le ya o este si "
        "porque esta entre cuando muy sin sobre tras ser hay tambien desde hasta es son a contra asi ano anos",
        "pt": "o a de que e do da em um para com nao uma os no se na por mais as dos como mas ao das foi ele seu "
        "sua ou ser quando muito nos ja esta pelo pela ate isso apos sobre entre sao diz contra ano anos",
        "nl": "de het een van en in is dat op te zijn met voor niet aan er om ook als dan maar bij nog uit door "
        "naar heeft hun wordt over meer geen worden tegen na deze was die ik hij zij je kan al wel moet",
        "sv": "och i att det som en pa ar av for med till den har de inte om ett han var jag sig fran vi men nu "
        "efter kan nar ska hon ut sa eller blir mot under aven over vid hur mer sin vill",
        "da": "og i at det som en pa er af for med til den har de ikke om et han var jeg sig fra vi men nu efter "
        "kan nar skal hun ud sa eller bliver mod under ogsa over ved hvor mere sin vil blev",
        "pl": "w i na z do sie nie to jest o ze po za od jak dla a przez tak co czy ale juz jego przed bedzie oraz "
        "ma ktory ktora tylko byl pod sa roku we ten tej moze bez u jej tego",
        "tr": "ve bir bu da de icin ile cok o gibi daha ne kadar sonra en olarak var oldu yeni mi ise ya ama son "
        "iki her diye olan dedi sey ben icinde degil gore kez yok biz",
        "cs": "a v se na je ze z do o i to pro jako za by ale po jsou k jak podle tak u byl co od ve jeho si pri "
        "pred bude ktery ktera jen jeste nebo bez az aby uz nad mezi ma kvuli",
    }.items()
}
_NAMED = (
    "ar:Arabic bg:Bulgarian ca:Catalan cs:Czech da:Danish de:German el:Greek en:English es:Spanish et:Estonian "
    "fa:Persian fi:Finnish fr:French he:Hebrew hi:Hindi hr:Croatian hu:Hungarian id:Indonesian it:Italian ja:Japanese "
    "ko:Korean lt:Lithuanian lv:Latvian ms:Malay nb:Norwegian nl:Dutch no:Norwegian pl:Polish pt:Portuguese "
    "ro:Romanian ru:Russian sk:Slovak sl:Slovenian sr:Serbian sv:Swedish th:Thai tr:Turkish uk:Ukrainian "
    "vi:Vietnamese zh:Chinese"
)
NAMES = dict(pair.split(":") for pair in _NAMED.split())
# Letters that the tokenizer would strip of their marks tell more than words: (letters, languages).
_LETTERS = (
    ("ß", "de"),
    ("äö", "de sv"),
    ("ü", "de tr"),
    ("å", "sv da"),
    ("æø", "da"),
    ("ñ¿¡", "es"),
    ("ãõ", "pt"),
    ("ç", "fr pt tr"),
    ("êâîûœ", "fr pt"),
    ("èà", "fr it"),
    ("ùòì", "it"),
    ("é", "fr es pt cs it"),
    ("áí", "es pt cs"),
    ("ú", "es pt cs"),
    ("ó", "es pt pl"),
    ("łąęśżźćń", "pl"),
    ("ğış", "tr"),
    ("ěřůščžý", "cs"),
)
# Beginnings (_x), endings (x_) and groups of letters that one or two of the languages have.
_GROUPS = {
    language: groups.split()
    for language, groups in {
        "en": "_th ing_ ed_ ght _wh ow_ ay_ ly_ ck_ ee oo ould _sh y_ 's_ ough _kn ew_ ion_ rs_ sh_",
        "de": "sch ung_ ich_ cht_ ein_ eit_ ck tz_ _ge _ver ten_ chen_ ier _st pf ische isch ger_ en_ eu au",
        "fr": "eau eux_ ais_ ait_ ion_ oi ou tre_ ent_ ement_ qu que_ aux_ euse_ _l' _d' _qu ier_ eur_ onn",
        "it": "zione_ gli cch sc are_ ere_ ire_ tt zz _dell _all ato_ ata_ ità_ ino_ ggi _nell hi_ ti_ ano_",
        "es": "ción_ ado_ os_ as_ dad_ ll _es mente_ ien ar_ ez_ ero_ iento_ ue que_ aje_ ía_ _ha",
        "pt": "ção_ ões_ ão_ nh lh _não eir dade_ em_ ento_ ado_ ou_ os_ ei _pr mento_ am_",
        "nl": "ij oe sch ee aa _ge en_ cht_ heid_ uu _ver lijk_ ui oo _on eerd_ ijk",
        "sv": "ar_ or_ ng_ för att_ _sk ade_ ra_ na_ het_ ck _fö ter_ nde_ _ä _ö",
        "da": "ede_ er_ ng_ _af _sk hed_ _på rne_ ske_ _be ere_ lig_ nde_ øj _u",
        "pl": "sz cz rz _prz ow_ owi nie_ ego_ _po iej_ ych_ dz _wy _nie ski_ ał_ ach_",
        "tr": "lar ler _ka yor dan_ den_ lik ın_ in_ nda_ ye_ ya_ acak lı_ miş cak dı_ di_",
        "cs": "ch_ ní_ ou_ _př _po _vy ská_ ský_ ého_ ost_ ov ek_ ve_ dn _ne ém_ ách_",
    }.items()
}
_AROUND_WORDS = ".,:;!?()\"'“”„«»"
_WORD, _LETTER, _GROUP = 3.0, 3.0, 0.7  # log odds of one sign that a single language has
# A text has no language here unless the best one's sum and probability reach these.
_LEAST, _LEAST_PROBABILITY = 2.0, 0.5
# Log odds for English beforehand: most feeds that name no language are English.
_PRIOR = 1.5


def _signs(tables: Mapping[str, frozenset[str] | list[str]], weight: float) -> dict[str, dict[str, float]]:
    """Sign -> its weight for each language that has it; a sign of several languages weighs less."""
    owners: dict[str, list[str]] = defaultdict(list)
    for language, signs in tables.items():
        for sign in signs:
            owners[sign].append(language)
    return {sign: dict.fromkeys(found, weight / len(found) ** 0.5) for sign, found in owners.items()}


_WORD_SIGNS = _signs(STOP_WORDS, _WORD)
_GROUP_SIGNS = _signs(_GROUPS, _GROUP)
_LETTER_SIGNS = {
    letter: dict.fromkeys(languages.split(), _LETTER / len(languages.split()) ** 0.5)
    for letters, languages in _LETTERS
    for letter in letters
}
_GROUP_LENGTHS = sorted({len(sign) for sign in _GROUP_SIGNS})


def language_name(code: str) -> str:
    """What a language is called in English; of one that is not known here, its code."""
    return Sentence(NAMES[code]) if code in NAMES else Sentence("the language “{code}”", code=code)


# An article on its way in is asked about four times.
@lru_cache(maxsize=1024)
def language_of(text: str) -> tuple[str, float]:
    """ISO 639-1 code and probability of a text's language; ("", 0.0) where nothing tells it.

    Known are Greek, Russian, Ukrainian, Hebrew, Arabic, Hindi, Thai, Korean, Japanese and Chinese by script, and the
    languages of `STOP_WORDS`. The probability is a softmax over those alone.
    """
    if text.isascii():
        return _latin_language(text) if any(map(str.isalpha, text)) else UNKNOWN_LANGUAGE
    scripts = Counter(map(_script_of, text))
    del scripts[""]
    letters = scripts.total()
    if not letters:
        return UNKNOWN_LANGUAGE
    if scripts["ja"] >= _KANA_SHARE * (scripts["ja"] + scripts["zh"]) > 0:
        return "ja", (scripts["ja"] + scripts["zh"]) / letters
    script, count = scripts.most_common(1)[0]
    if script == "latin":
        return _latin_language(text)
    if script == "ru" and any(char in _UKRAINIAN for char in text):
        script = "uk"
    return script, count / letters


def _script_of(char: str) -> str:
    code = ord(char)
    if code < 0x250:
        return "latin" if char.isalpha() else ""
    return next((language for first, end, language in _SCRIPTS if first <= code < end), "")


def _latin_language(text: str) -> tuple[str, float]:
    scores: dict[str, float] = defaultdict(float)
    scores["en"] = 0.0
    lowered = unicodedata.normalize("NFC", text).lower().replace("’", "'")
    found = [] if lowered.isascii() else [_LETTER_SIGNS[char] for char in set(lowered) if char in _LETTER_SIGNS]
    for word in lowered.split():
        found += _signs_of(word)
    for sign in found:
        for language, weight in sign.items():
            scores[language] += weight
    scores["en"] += _PRIOR
    best = max(scores, key=lambda language: (scores[language], language))
    unseen = (len(STOP_WORDS) - len(scores)) * math.exp(-scores[best])
    probability = 1 / (unseen + sum(math.exp(score - scores[best]) for score in scores.values()))
    return (best, probability) if scores[best] >= _LEAST and probability >= _LEAST_PROBABILITY else UNKNOWN_LANGUAGE


# Titles are made of the same words again and again.
@lru_cache(maxsize=8192)
def _signs_of(given: str) -> tuple[dict[str, float], ...]:
    """The signs that one word bears, beside its letters."""
    word, found = given.strip(_AROUND_WORDS), []
    parts = split_words(word)
    # The letters of "U.S." are no words.
    if len(parts) == 1 and parts[0] in _WORD_SIGNS:
        found.append(_WORD_SIGNS[parts[0]])
    marked = f"_{word}_"
    groups = {marked[at : at + length] for length in _GROUP_LENGTHS for at in range(len(marked) - length + 1)}
    return (*found, *(_GROUP_SIGNS[group] for group in sorted(groups) if group in _GROUP_SIGNS))
