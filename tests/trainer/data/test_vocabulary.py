"""Learned pieces: the same for the same titles, within their size, for Latin and Chinese corpora."""

import random

import pytest

from edge_runtime.model.tokens import SubwordEncoder, split_words
from trainer.data.vocabulary import learn_vocabulary, reference_tokenizer

pytestmark = pytest.mark.usefixtures("slow")

SYLLABLES = [consonant + vowel for consonant in "bdgklmnprst" for vowel in "aeiou"]
HANZI = [chr(code) for code in range(0x4E00, 0x4E00 + 2000)]


def make_titles(num_titles: int, seed: int = 1) -> list[str]:
    """Latin titles of invented words: a few syllables each, many pairs equally frequent."""
    rng = random.Random(seed)
    return [" ".join("".join(rng.choices(SYLLABLES, k=3)) for _ in range(8)) for _ in range(num_titles)]


def make_chinese_titles(num_titles: int) -> list[str]:
    rng = random.Random(2)
    weights = [1 / rank for rank in range(1, len(HANZI) + 1)]
    return ["".join(rng.choices(HANZI, weights, k=15)) for _ in range(num_titles)]


@pytest.fixture(scope="module")
def titles() -> list[str]:
    return make_titles(1500)


@pytest.fixture(scope="module")
def pieces(titles) -> list[str]:
    return learn_vocabulary(titles, 600)


def test_pieces_open_with_the_unknown_token_and_go_on_by_code_point(pieces):
    assert len(pieces) == 600
    assert pieces[0] == "[UNK]"
    assert pieces[1:] == sorted(set(pieces[1:]))


def test_the_same_titles_give_the_same_pieces_in_whatever_order_they_come(titles, pieces):
    for seed in range(3):
        shuffled = random.Random(seed).sample(titles, len(titles))
        assert learn_vocabulary(iter(shuffled), 600) == pieces


def test_the_most_frequent_pair_is_joined_first():
    # "ab" occurs 5 times, "ac" 3 times: a, ##b, ##c, b, c and one join
    assert learn_vocabulary(["ab"] * 5 + ["ac"] * 3, 7) == ["[UNK]", "##b", "##c", "a", "ab", "b", "c"]


def test_fewer_pieces_come_back_when_the_titles_hold_no_more():
    assert learn_vocabulary(["ab ab"], 1000) == ["[UNK]", "##b", "a", "ab", "b"]


def test_what_is_rarer_than_the_minimum_is_not_learned():
    assert learn_vocabulary(["ab ab ac"], 1000, min_frequency=2) == ["[UNK]", "##b", "a", "ab", "b"]
    assert "ac" in learn_vocabulary(["ab ab ac"], 1000, min_frequency=1)


def test_more_pieces_make_shorter_titles(titles, pieces):
    few = SubwordEncoder(learn_vocabulary(titles, 100))
    many = SubwordEncoder(pieces)
    assert sum(len(many.encode(title)) for title in titles) < sum(len(few.encode(title)) for title in titles)


def test_a_title_of_the_corpus_has_no_unknown_word(titles, pieces):
    encoder = SubwordEncoder(pieces)
    assert not any(0 in encoder.encode(title) for title in titles)


def test_ideographs_take_one_piece_each_and_the_rarest_make_room():
    titles = make_chinese_titles(2000)
    pieces = learn_vocabulary(titles, 1600)
    assert len(pieces) == 1 + 0.75 * 1600  # there is nothing to join
    assert not any(piece.startswith("##") for piece in pieces)
    encoder = SubwordEncoder(pieces)
    ids = [number for title in titles for number in encoder.encode(title)]
    assert 0 < ids.count(0) / len(ids) < 0.1


def test_a_mixed_corpus_gives_pieces_of_both_scripts(titles):
    encoder = SubwordEncoder(learn_vocabulary(titles + make_chinese_titles(1500), 3000))
    assert 0 not in encoder.encode(f"{titles[0]} {HANZI[0]}{HANZI[1]}")


def test_a_size_without_room_for_the_characters_says_how_much_they_spell():
    with pytest.raises(ValueError, match=r"300 pieces has room for 225 of \d+ characters, which spell 7\d%"):
        learn_vocabulary(make_chinese_titles(4000), 300)


@pytest.mark.parametrize("size", [-1, 0, 1, 2])
def test_a_size_without_room_for_anything_is_refused(size):
    with pytest.raises(ValueError, match="ask for more pieces"):
        learn_vocabulary(["ab ab"], size)


@pytest.mark.parametrize("titles", [[], ["", " \t", "\ufeff"], ["abc"]])
def test_a_corpus_without_a_character_twice_is_refused(titles):
    with pytest.raises(ValueError, match="no character occurs 2 times"):
        learn_vocabulary(titles, 100)


def test_words_are_learned_as_the_device_will_see_them():
    pieces = learn_vocabulary(["CAFÉ café, ΟΔΟΣ οδοσ \ud800"] * 2, 200)
    assert {"cafe", "οδοσ", ","} <= set(pieces)


def test_the_reference_tokenizer_takes_a_pruned_list(titles, pieces):
    pruned = pieces[:1] + random.Random(5).sample(pieces[1:], 300)
    tokenizer = reference_tokenizer(pruned)
    assert tokenizer.get_vocab() == {piece: number for number, piece in enumerate(pruned)}
    assert [tokenizer.encode(title).ids for title in titles[:100]] == [
        SubwordEncoder(pruned).encode(title) for title in titles[:100]
    ]


def test_a_word_too_long_to_be_encoded_is_not_learned_from():
    long_word = "q" * 101
    assert split_words(long_word) == [long_word]
    assert learn_vocabulary([f"ab ab {long_word}"], 100) == learn_vocabulary(["ab ab"], 100)
