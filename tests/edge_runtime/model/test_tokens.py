"""Token ids against the `tokenizers` library, and the packed list of pieces against its refusals."""

import gzip
import random
import time
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_runtime.model.tokens import CharacterTable, SubwordEncoder, pack_pieces, split_words, unpack_pieces
from trainer.data.vocabulary import learn_vocabulary, reference_tokenizer

SHARED = Path(__file__).resolve().parents[3] / ".." / "shared" / "data"
CORPORA = {"english": ("mind-small", 3, 51_282), "chinese": ("xmind-cmn", 1, 18_097)}  # folder, column, titles

TEXTS = [
    "Queen's café: the naïve Ångström coöperates with São Paulo, façade and all",
    "rocket 🚀 family 👨‍👩‍👧‍👦 flag 🇩🇰 thumbs 👍🏽 heart ❤️ keycap 1️⃣",
    "東京のニュース速報 and 北京 news, 서울 한국어 소식, がぎぐ ガギグ ｶﾞｷﾞ",
    "豈更車 compatibility ideographs, 𠀋 from plane 2, 𫝀 and 𫠝",
    "e\u0301 e\u0323\u0301 e\u0301\u0323 a\u030a \u0301alone q\u0307\u0323",
    "מַה שְּׁלוֹמְךָ اَلْعَرَبِيَّةُ \u200fright to left\u200e \u202bembedded\u202c",
    "İstanbul IĞDIR ıssız Isparta ŞİŞLİ",
    "ΟΔΥΣΣΕΥΣ Σ ὈΔΥΣΣΕΎΣ ΣΑΣ. ΆΈΉΊΌΎΏ ᾳ ᾼ",
    "ẞ ß STRASSE ﬁ ﬂ ǅ Ǆ K Å Ω ℵ",
    "हिन्दी समाचार ภาษาไทย தமிழ் বাংলা ქართული Ⴀ Ა ᏣᎳᎩ Ꭰ",
    "a\x00b\x01c\x1cd\x1fe\x7ff\x85g\xadh\u200bi\u2060j\ufeffk\ufffdl\ue000m",
    "tab\tline\nreturn\r\nfeed\x0bform\x0cnbsp\xa0em\u2003line\u2028para\u2029wide\u3000ogham\u1680end\u180e.",
    "$5+3=8 <tag> ^caret `tick` |pipe| ~tilde~ {brace} [bracket] (paren) \\ back/slash @home #1 100% it's & co_op",
    "“quotes” ‘single’ «guillemets» … — – ‽ ¿qué? ¡sí! § ¶ © ° € 。、！？「」・",
    "[UNK] ##able ##s [CLS] a##b",
    "newer than Unicode 8: a\u1df9 a\u0897 a\u2e5d a\u2e43b; older: a\u1734 a\u166db a\U000111c9b a\U00011938",
    "\u1c89 \ua7cb \ua7dc \U00010d50 \U00016ea0: the newest capitals; ԱՐԵՒ Ա և 𐐀 Ⓐ Ⅷ",
    "x" * 100 + " " + "x" * 101 + " " + "é" * 100 + " " + "e\u0301" * 101 + " 好" + "y" * 100,
    "",
    " \t\n\u3000\xa0 ",
    "\x00\ufeff\u200b",
]


def read_corpus(name: str) -> list[str]:
    folder, column, num_titles = CORPORA[name]
    path = SHARED / folder / "news.tsv.gz"
    if not path.exists():
        pytest.skip(f"shared/data/{folder} is not beside this checkout")
    with gzip.open(path, "rt", encoding="utf-8", newline="\n") as lines:
        titles = [line.rstrip("\n").split("\t")[column] for line in lines]
    assert len(titles) == num_titles
    return titles


def reference_words(text: str) -> list[str]:
    tokenizer = reference_tokenizer(["[UNK]"])
    return [word for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(tokenizer.normalizer.normalize_str(text))]


@pytest.fixture(scope="module")
def pieces() -> list[str]:
    """Some 600 pieces of a dozen scripts."""
    return learn_vocabulary(TEXTS * 3, 1500)


def make_encoder(*pieces: str) -> SubwordEncoder:
    return SubwordEncoder(["[UNK]", *pieces])


def test_the_longest_piece_is_taken_first_and_an_id_is_a_place_in_the_list():
    encoder = make_encoder("un", "unread", "##able", "##a", "##s")
    assert encoder.encode("unreadable unreadas") == [2, 3, 2, 4, 5]


def test_a_word_with_a_rest_that_matches_nothing_is_unknown_as_a_whole():
    assert make_encoder("un", "##read").encode("unread unreadable un") == [1, 2, 0, 1]


def test_a_piece_that_opens_a_word_does_not_continue_one():
    assert make_encoder("un", "read").encode("unread un read") == [0, 1, 2]


def test_a_word_of_more_than_a_hundred_characters_is_unknown():
    encoder = make_encoder("a", "##a")
    assert encoder.encode("a" * 100) == [1] + [2] * 99
    assert encoder.encode("a" * 101) == [0]


def test_accents_are_counted_out_before_the_length_of_a_word():
    assert make_encoder("a", "##a").encode("a\u0301" * 100) == [1] + [2] * 99


def test_capitals_are_lowered_one_by_one_without_a_final_sigma():
    assert split_words("ΟΔΟΣ İI") == ["οδοσ", "ii"]


def test_ideographs_and_punctuation_stand_alone():
    assert split_words("U.S.北京news!?") == ["u", ".", "s", ".", "北", "京", "news", "!", "?"]


def test_lone_surrogates_are_dropped():
    assert split_words("ne\ud800ws \udfff now\udc80") == ["news", "now"]
    assert make_encoder("news").encode("ne\ud800ws \udfff") == [1]


def test_the_unknown_token_cannot_be_written_in_a_title():
    assert make_encoder("[", "]", "unk").encode("[UNK]") == [1, 3, 2]


@pytest.mark.parametrize("text", TEXTS)
def test_every_sample_has_the_words_and_ids_of_the_library(pieces, text):
    assert split_words(text) == reference_words(text)
    assert SubwordEncoder(pieces).encode(text) == reference_tokenizer(pieces).encode(text).ids


@pytest.mark.usefixtures("slow")
def test_every_assigned_code_point_becomes_what_the_library_makes_of_it():
    # Above plane 2 all but the tags are private or unassigned: some of each will do.
    code_points = [*range(0xD800), *range(0xE000, 0x34000), *range(0x34000, 0x110000, 61), *range(0xE0000, 0xE0200)]
    for start in range(0, len(code_points), 0x2000):
        batch = code_points[start : start + 0x2000]
        text = " ".join(f"a{chr(code)}b" for code in batch)
        assert split_words(text) == reference_words(text), f"first difference after U+{batch[0]:04X}"


@pytest.mark.usefixtures("slow")
@pytest.mark.parametrize("corpus", CORPORA)
def test_every_title_of_a_corpus_has_the_ids_of_the_library_with_whole_and_pruned_pieces(corpus):
    titles = read_corpus(corpus)
    whole = learn_vocabulary(titles, 12_000)
    pruned = whole[:1] + random.Random(7).sample(whole[1:], len(whole) // 3)
    for pieces in (whole, pruned):
        encoder = SubwordEncoder(pieces)
        expected = [encoding.ids for encoding in reference_tokenizer(pieces).encode_batch_fast(titles)]
        assert [encoder.encode(title) for title in titles] == expected


SCRIPTS = [
    st.characters(min_codepoint=0x20, max_codepoint=0x7E),
    st.characters(min_codepoint=0x00, max_codepoint=0x24F),  # controls, Latin
    st.characters(min_codepoint=0x300, max_codepoint=0x36F),  # combining marks
    st.characters(min_codepoint=0x370, max_codepoint=0x58F),  # Greek, Cyrillic, Armenian
    st.characters(min_codepoint=0x590, max_codepoint=0x6FF),  # Hebrew, Arabic
    st.characters(min_codepoint=0x900, max_codepoint=0xEFF),  # India, Thai, Lao
    st.characters(min_codepoint=0x1E00, max_codepoint=0x206F),  # Vietnamese, old Greek, spaces, punctuation
    st.characters(min_codepoint=0x3041, max_codepoint=0x30FF),  # kana
    st.characters(min_codepoint=0x4E00, max_codepoint=0x4FFF),
    st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3),  # Hangul
    st.characters(min_codepoint=0xF900, max_codepoint=0xFFFD),  # compatibility forms
    st.characters(min_codepoint=0x1F300, max_codepoint=0x1FAFF),  # emoji
    st.sampled_from(" \t\n.,'’ſİıßΣςǅéeaiou東京中新聞"),
]


@settings(derandomize=True, max_examples=300, deadline=None)
@given(text=st.text(st.one_of(SCRIPTS), max_size=60))
@pytest.mark.usefixtures("slow")
def test_arbitrary_text_has_the_words_and_ids_of_the_library(pieces, text):
    assert split_words(text) == reference_words(text)
    assert SubwordEncoder(pieces).encode(text) == reference_tokenizer(pieces).encode(text).ids


def test_remembered_words_never_change_an_answer(pieces):
    fresh = [SubwordEncoder(pieces).encode(text) for text in TEXTS]
    encoder = SubwordEncoder(pieces, cached_chunks=3)
    for _ in range(2):
        assert [encoder.encode(text) for text in TEXTS] == fresh
    assert len(encoder._cache) <= 3
    forgetful = CharacterTable(most=0)
    assert [split_words(text, forgetful) for text in TEXTS] == [split_words(text) for text in TEXTS]
    assert len(forgetful) == 0


@pytest.mark.parametrize(
    "unit", ["a", "ab ", "a" * 99 + "q ", "中", "é!", "\u0301\u0323", "a\u0323\u0301", "\ud800", " "]
)
@pytest.mark.parametrize("num_chars", [10_000, 100_000])
def test_long_texts_take_linear_time(unit, num_chars):
    encoder = make_encoder("a", "##a", "##b", "中", "##" + "a" * 30)
    text = (unit * num_chars)[:num_chars]
    started = time.process_time()
    encoder.encode(text)
    # Ten times what it takes; quadratic time would be hours.
    assert time.process_time() - started < 1e-4 * num_chars


def test_a_list_of_pieces_comes_back_as_it_went_in(pieces):
    shuffled = pieces[:1] + random.Random(3).sample(pieces[1:], len(pieces) - 1)
    for written in (pieces, shuffled, ["[UNK]"], ["[UNK]", "a" * 40, "a" * 40 + "b", "a" * 40 + "c", "北", "匕"]):
        assert unpack_pieces(pack_pieces(written), len(written), len("".join(written).encode())) == written


def test_front_coding_writes_only_what_the_piece_before_does_not_share():
    packed = pack_pieces(["[UNK]", "read", "reader", "red"])
    assert zlib.decompress(packed) == b"\x00[UNK]\x00read\x04er\x02d"


def test_sorted_pieces_pack_smaller_than_one_a_line(pieces):
    assert len(pack_pieces(pieces)) < len(zlib.compress("\n".join(pieces).encode(), 9))


BAD_LISTS = {
    "empty list": ([], "head"),
    "no unknown token": (["a", "b"], "head"),
    "unknown token second": (["a", "[UNK]"], "head"),
    "empty piece": (["[UNK]", ""], "piece 1 is empty"),
    "duplicate": (["[UNK]", "a", "b", "a"], "piece 3, 'a', comes a second time"),
    "newline": (["[UNK]", "a\nb"], "control"),
    "null": (["[UNK]", "\0"], "control"),
    "surrogate": (["[UNK]", "\ud800"], "surrogate"),
}


@pytest.mark.parametrize(("pieces", "reason"), BAD_LISTS.values(), ids=BAD_LISTS)
def test_a_bad_list_is_refused_by_the_packer_and_the_encoder(pieces, reason):
    for refuse in (pack_pieces, SubwordEncoder):
        with pytest.raises(ValueError, match=reason):
            refuse(pieces)


UNK = b"\x00[UNK]"
BAD_CONTENTS = {
    "nothing": (b"", "head"),
    "no unknown token": (b"\x00a", "head"),
    "duplicate": (UNK + b"\x00a\x00a", "second time"),
    "empty piece": (UNK + b"\x00\x00a", "an empty piece"),
    "empty last piece": (UNK + b"\x00", "an empty piece"),
    "no shared length": (b"[UNK]", "without the length"),
    "one piece a line": (b"[UNK]\na", "without the length"),
    "shares too much": (UNK + b"\x00a\x02b", "piece 2: shares more"),
    "newline in a piece": (UNK + b"\x00a\n", "an empty piece"),
    "not UTF-8": (UNK + b"\x00\xff", "not UTF-8"),
    "half a character": (UNK + b"\x00\xe5\x8c", "not UTF-8"),
    "surrogate": (UNK + b"\x00\xed\xa0\x80", "not UTF-8"),
    "too many": (UNK + b"\x00a\x00b\x00c\x00d", "more than 4"),
    "too large": (UNK + b"\x00" + b"a" * 96, "100 bytes"),
    "too large when unfolded": (UNK + b"\x00" + b"a" * 40 + b"\x1fb" + b"\x1fc", "100 bytes"),
}


@pytest.mark.parametrize(("content", "reason"), BAD_CONTENTS.values(), ids=BAD_CONTENTS)
def test_bad_content_is_refused(content, reason):
    with pytest.raises(ValueError, match=reason):
        unpack_pieces(zlib.compress(content), max_pieces=4, max_bytes=100)


def test_damaged_deflate_data_is_refused(pieces):
    packed = pack_pieces(pieces)
    for damaged in (b"", b"no", packed[:-1], packed[: len(packed) // 2], packed + b"x", b"\xff" + packed):
        with pytest.raises(ValueError, match="damaged"):
            unpack_pieces(damaged, 10_000, 100_000)


def test_a_small_blob_that_inflates_to_64_megabytes_is_refused_at_once():
    deflater = zlib.compressobj(9)
    bomb = b"".join(deflater.compress(b"a" * 2**20) for _ in range(64)) + deflater.flush()
    started = time.process_time()
    with pytest.raises(ValueError, match="more than 1000, or than 10000 bytes"):
        unpack_pieces(bomb, max_pieces=1000, max_bytes=10_000)
    assert time.process_time() - started < 1
