"""The word pieces of a corpus: WordPiece (Schuster and Nakajima, ICASSP 2012), trained by the `tokenizers` library.

Words come from `edge_runtime.model.tokens`, so what is learned is what a device will see.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import accumulate

from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.trainers import WordPieceTrainer

from edge_runtime.model.tokens import CONTINUING, MAX_WORD_CHARS, UNKNOWN, split_words

ALPHABET_SHARE = 0.75  # of the pieces, at most; a Latin corpus needs 2 %, a Chinese one takes all it can get
MIN_COVERAGE = 0.9  # of the text, by the alphabet that has room


def learn_vocabulary(titles: Iterable[str], size: int, min_frequency: int = 2) -> list[str]:
    """Learn word pieces; the same titles give the same pieces, in whatever order they come.

    Args:
        titles: Any languages, raw.
        size: How many pieces at most; fewer come back when the titles hold no more.
        min_frequency: A character, or a pair of pieces to be joined, must occur this often.

    Returns:
        [UNK], then the others by code point: a piece's id is its number in this order, which packs smallest.

    Raises:
        ValueError: No character occurs often enough, or `size` has no room for the characters of the titles.
    """
    words = _words(titles)
    alphabet = _choose_alphabet(words, size, min_frequency)
    spelled = Counter({word: count for word, count in words.items() if alphabet.issuperset(word)})
    continuing = {char for word in spelled for char in word[1:]}
    # The library numbers single characters in hash order and breaks ties between pairs by number. Given as special
    # tokens, in order, they are numbered before it can.
    characters = [*sorted(alphabet), *sorted(CONTINUING + char for char in continuing)]
    trainer = WordPieceTrainer(
        vocab_size=size,
        min_frequency=min_frequency,
        special_tokens=[UNKNOWN, *characters],
        continuing_subword_prefix=CONTINUING,
        show_progress=False,
    )
    tokenizer = Tokenizer(WordPiece(unk_token=UNKNOWN, max_input_chars_per_word=MAX_WORD_CHARS))
    tokenizer.train_from_iterator(spelled.elements(), trainer)
    pieces = set(tokenizer.get_vocab(with_added_tokens=False)) - {UNKNOWN}
    return [UNKNOWN, *sorted(pieces)]


def check_alphabet(titles: Iterable[str], size: int, min_frequency: int = 2) -> None:
    """Refuse what `learn_vocabulary` would refuse, in the time that it takes to split the titles into words.

    Raises:
        ValueError: See there.
    """
    _choose_alphabet(_words(titles), size, min_frequency)


def _words(titles: Iterable[str]) -> Counter[str]:
    return Counter(word for title in titles for word in split_words(title) if len(word) <= MAX_WORD_CHARS)


def reference_tokenizer(pieces: Sequence[str]) -> Tokenizer:
    """The library's own encoder for a list of pieces, whole or pruned: what `SubwordEncoder` must agree with."""
    tokenizer = Tokenizer(
        WordPiece(
            vocab={piece: number for number, piece in enumerate(pieces)},
            unk_token=UNKNOWN,
            max_input_chars_per_word=MAX_WORD_CHARS,
            continuing_subword_prefix=CONTINUING,
        )
    )
    tokenizer.normalizer = BertNormalizer(
        clean_text=True, handle_chinese_chars=True, strip_accents=True, lowercase=True
    )
    tokenizer.pre_tokenizer = BertPreTokenizer()
    return tokenizer


def _choose_alphabet(words: Counter[str], size: int, min_frequency: int) -> frozenset[str]:
    """The most frequent characters that have room; each takes a piece, and another if it ever continues a word."""
    counts: Counter[str] = Counter()
    for word, count in words.items():
        for char in word:
            counts[char] += count
    frequent = sorted(
        (char for char in counts if counts[char] >= min_frequency), key=lambda char: (-counts[char], char)
    )
    if not frequent:
        raise ValueError(
            f"no character occurs {min_frequency} times in the {words.total()} words of the titles; "
            "give more titles or lower min_frequency"
        )
    continuing = {char for word in words for char in word[1:]}
    pieces_needed = accumulate(1 + (char in continuing) for char in frequent)
    alphabet = [char for char, needed in zip(frequent, pieces_needed, strict=True) if needed <= size * ALPHABET_SHARE]
    coverage = sum(counts[char] for char in alphabet) / sum(counts[char] for char in frequent)
    if coverage < MIN_COVERAGE:
        raise ValueError(
            f"a vocabulary of {size} pieces has room for {len(alphabet)} of {len(frequent)} characters, which spell "
            f"{coverage:.0%} of the titles; ask for more pieces"
        )
    return frozenset(alphabet)
