"""Titles to token ids, and the list of pieces as a bundle stores it.

`SubwordEncoder` gives, id for id, what the `tokenizers` library gives for BertNormalizer (all four options on),
BertPreTokenizer and WordPiece, in the standard library alone. The steps, for one character after another:

    clean       drop control, format and private characters, U+FFFD and lone surrogates; whitespace becomes a space
    ideographs  stand alone
    accents     canonical decomposition (NFD), nonspacing marks (Mn) dropped
    lowercase   character by character: a final sigma is an ordinary sigma
    split       at spaces, and around every punctuation mark
    match       the longest known piece first; a word with a rest that matches nothing is [UNK] as a whole

The library's tables are of Unicode 8 (marks, punctuation, format characters) to Unicode 17 (capitals), Python's
`unicodedata` is of Unicode 14 (Python 3.11), 15 (3.12) or 15.1 (3.13). The constants below name every code point
where they part, so that all code points agree on each of these; on a later Python, characters newer than
Unicode 18 may differ. One difference is left: the library sorts several marks behind one letter, here they keep
their order. It shows only in words where two marks stay that are newer than Unicode 8 or take up space, such as
Glagolitic letters above or musical stems; 194 characters can be part of it.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Iterable, Sequence

UNKNOWN = "[UNK]"
CONTINUING = "##"  # opens a piece that continues a word
MAX_WORD_CHARS = 100

CACHED_CHUNKS = 10_000
_CACHED_CHUNK_CHARS = 32  # longer ones are hardly ever seen twice: whole Chinese sentences, addresses
CACHED_CHARACTERS = 10_000
_MOST_SHARED = 31  # the bytes below 32 are free to be lengths: no piece holds one


def _ranges(text: str) -> tuple[range, ...]:
    """Hexadecimal "5C8-5C9 7FD", ends included, as ranges."""
    pairs = (part.partition("-") for part in text.split())
    return tuple(range(int(first, 16), int(last or first, 16) + 1) for first, _, last in pairs)


# Each range also spans neighbours, assigned or not, that are no mark (punctuation, format character) on either side.
_NOT_MARKS = _ranges(
    "5C8-5C9 7FD 897-8E1 9FE AFA-AFF B53-B55 C04-C3C D00 D3B-D3C D81 EBA ECE 180F-1886 1ABF-1AF0 1DF6-1DFB A82C A8C5 "
    "A8FF A9BD 10D24-10F85 11070-11074 110C2 111C9 111CF 1123E-11241 1133B 113BB-1145E 1182F-1612F 16F4F 16FE4 "
    "1CF00-1D128 1D25B-1D25C 1E000-1E6F5 1E944-1E94A"
)
_MARKS_TOO = _ranges("1171E 1734")
_NOT_PUNCTUATION = _ranges(
    "61D 9FD-A76 C77-C84 1B4E-1B4F 1B7D-1B7F 2E43-2E63 10D6E-10F89 113D4-1145D 11660-116B9 1183B-11FFF 12FF1-12FF2 "
    "16D6D-16FE2 1E5FF-1E95F"
)
_PUNCTUATION_TOO = _ranges("166D 111C9")
_NOT_FORMAT = _ranges("890-8E2 110CD-1343F")
_NOT_DECOMPOSED = _ranges("105C9-105E4 11383-113C8 11938 16121-16128 16D68-16D6A")
_IDEOGRAPHS = _ranges("3400-4DBF 4E00-9FFF F900-FAFF 20000-2A6DF 2A700-2B81F 2B920-2CEAF 2F800-2FA1F")
_NEW_CAPITALS = {0x1C89: 0x1C8A, 0xA7CB: 0x264, 0xA7CC: 0xA7CD, 0xA7CE: 0xA7CF, 0xA7D2: 0xA7D3, 0xA7D4: 0xA7D5}
_NEW_CAPITALS |= {0xA7DA: 0xA7DB, 0xA7DC: 0x19B}
_NEW_CAPITALS |= {code: code + 0x20 for code in range(0x10D50, 0x10D66)}  # Garay
_NEW_CAPITALS |= {code: code + 0x1B for code in range(0x16EA0, 0x16EB9)}  # Beria Erfe


def _within(code: int, ranges: Iterable[range]) -> bool:
    return any(code in part for part in ranges)


def _is_dropped(code: int) -> bool:
    category = unicodedata.category(chr(code))
    return (category in ("Cc", "Cf", "Co", "Cs") and not _within(code, _NOT_FORMAT)) or code == 0xFFFD


def _is_mark(code: int) -> bool:
    if unicodedata.category(chr(code)) == "Mn":
        return not _within(code, _NOT_MARKS)
    return _within(code, _MARKS_TOO)


def _is_punctuation(code: int) -> bool:
    if code < 128:
        return chr(code) in "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
    if unicodedata.category(chr(code)).startswith("P"):
        return not _within(code, _NOT_PUNCTUATION)
    return _within(code, _PUNCTUATION_TOO)


def _normalize(code: int) -> str:
    """What becomes of one character; spaces in it are borders between words."""
    char = chr(code)
    if char in "\t\n\r":
        return " "
    if _is_dropped(code):
        return ""
    if char.isspace():
        return " "
    decomposed = char if _within(code, _NOT_DECOMPOSED) else unicodedata.normalize("NFD", char)
    letters = (part for part in map(ord, decomposed) if not _is_mark(part))
    lowered = "".join(chr(_NEW_CAPITALS.get(part, part)).lower() for part in letters)
    spaced = "".join(f" {part} " if _is_punctuation(ord(part)) else part for part in lowered)
    return f" {spaced} " if _within(code, _IDEOGRAPHS) else spaced


class CharacterTable(dict[int, str]):
    """A table for `str.translate` that fills itself with the characters it meets.

    Args:
        most: How many characters it keeps; what becomes of others is computed each time.
    """

    def __init__(self, most: int = CACHED_CHARACTERS) -> None:
        super().__init__()
        self._most = most

    def __missing__(self, code: int) -> str:
        text = _normalize(code)
        if len(self) < self._most:
            self[code] = text
        return text


_CHARACTERS = CharacterTable()


def split_words(text: str, characters: CharacterTable = _CHARACTERS) -> list[str]:
    """The cleaned words and punctuation marks of a text, in order; time grows linearly with its length."""
    return text.translate(characters).split()


class SubwordEncoder:
    """Text to ids, an id being a piece's number in the list given, from 0.

    Args:
        pieces: Different from one another; [UNK] first. "##" opens those that continue a word.
        cached_chunks: How many words are remembered with their ids.

    Raises:
        ValueError: As for `pack_pieces`.
    """

    def __init__(self, pieces: Sequence[str], cached_chunks: int = CACHED_CHUNKS) -> None:
        _check_pieces(pieces)
        self._starts: dict[str, int] = {}
        self._rests: dict[str, int] = {}
        for number, piece in enumerate(pieces):
            table = self._rests if piece.startswith(CONTINUING) else self._starts
            table[piece.removeprefix(CONTINUING)] = number
        self._longest_piece = max(map(len, pieces))
        self._cache: dict[str, tuple[int, ...]] = {}
        self._cached_chunks = cached_chunks

    def encode(self, text: str) -> list[int]:
        """The ids of a text, in order; none for a text without a visible character."""
        ids: list[int] = []
        for chunk in text.split(" "):  # a space parts words whatever stands beside it: chunks can be kept apart
            known = self._cache.get(chunk)
            ids += self._encode_chunk(chunk) if known is None else known
        return ids

    def _encode_chunk(self, chunk: str) -> tuple[int, ...]:
        if chunk.isascii() and chunk.isalnum():  # most are: nothing to part, nothing to drop
            ids = tuple(self._match(chunk.lower()))
        else:
            ids = tuple(number for word in split_words(chunk) for number in self._match(word))
        if len(chunk) <= _CACHED_CHUNK_CHARS:
            if len(self._cache) >= self._cached_chunks:
                self._cache.clear()
            self._cache[chunk] = ids
        return ids

    def _match(self, word: str) -> list[int]:
        if len(word) > MAX_WORD_CHARS:
            return [0]
        pieces = self._starts
        known = pieces.get(word)
        if known is not None:
            return [known]
        ids: list[int] = []
        start = 0
        while start < len(word):
            for end in range(min(len(word), start + self._longest_piece), start, -1):
                number = pieces.get(word[start:end])
                if number is not None:
                    ids.append(number)
                    start = end
                    break
            else:
                return [0]
            pieces = self._rests
        return ids


def pack_pieces(pieces: Sequence[str]) -> bytes:
    """Deflate a list of pieces; sorted by code point, 12,000 English ones take 18 KB.

    Before deflate it is front-coded: for each piece a byte that tells how many bytes it shares with the piece before
    it (0 to 31), then its other UTF-8 bytes, at least one and none below 32. That takes 40 % off the deflated size of
    one piece a line.

    Raises:
        ValueError: [UNK] is not first, a piece is empty, comes twice, or holds a control or surrogate character.
    """
    _check_pieces(pieces)
    folded = bytearray()
    before = b""
    for piece in pieces:
        data = piece.encode()
        most = min(len(before), len(data) - 1, _MOST_SHARED)
        shared = next((at for at in range(most) if before[at] != data[at]), most)
        folded.append(shared)
        folded += data[shared:]
        before = data
    return zlib.compress(bytes(folded), 9)


def unpack_pieces(blob: bytes, max_pieces: int, max_bytes: int) -> list[str]:
    """Read what `pack_pieces` wrote.

    Args:
        max_pieces: More are refused.
        max_bytes: A list whose pieces together are longer in UTF-8 is refused, and never inflated as a whole.

    Raises:
        ValueError: Damaged, over a limit, or a list that `pack_pieces` would refuse.
    """
    too_large = f"pieces: more than {max_pieces}, or than {max_bytes} bytes together; allow more or prune the list"
    inflater = zlib.decompressobj()
    try:
        folded = inflater.decompress(blob, max_bytes + max_pieces + 1)
    except zlib.error as error:
        raise ValueError(f"pieces: cannot be inflated ({error}); the list is damaged") from error
    if len(folded) > max_bytes + max_pieces:
        raise ValueError(too_large)
    if not inflater.eof or inflater.unused_data:
        raise ValueError("pieces: deflated data is cut short or followed by other data; the list is damaged")
    head, *parts = re.split(rb"([\x00-\x1f])", folded)
    if head or not all(parts):
        raise ValueError("pieces: an empty piece, or one without the length it shares; the list is damaged")
    if len(parts) // 2 > max_pieces:
        raise ValueError(too_large)
    unfolded: list[bytes] = []
    num_bytes = 0
    before = b""
    for (shared,), rest in zip(parts[::2], parts[1::2], strict=True):
        if shared > len(before):
            raise ValueError(f"piece {len(unfolded)}: shares more than the piece before it has; the list is damaged")
        before = before[:shared] + rest
        num_bytes += len(before)
        if num_bytes > max_bytes:
            raise ValueError(too_large)
        unfolded.append(before)
    try:
        pieces = [data.decode() for data in unfolded]
    except UnicodeDecodeError as error:
        raise ValueError(f"pieces: not UTF-8 ({error}); the list is damaged") from error
    _check_pieces(pieces)
    return pieces


_NO_TEXT = re.compile("[\x00-\x1f\ud800-\udfff]")


def _check_pieces(pieces: Sequence[str]) -> None:
    if not pieces or pieces[0] != UNKNOWN:
        raise ValueError(f"pieces: {UNKNOWN} is not at the head of the list; put it there")
    seen: set[str] = set()
    for number, piece in enumerate(pieces):
        if not piece:
            raise ValueError(f"piece {number} is empty; leave it out")
        if piece in seen:
            raise ValueError(f"piece {number}, {piece!r}, comes a second time; leave it out")
        if _NO_TEXT.search(piece):
            raise ValueError(f"piece {number}, {piece!r}, holds a control or surrogate character; leave it out")
        seen.add(piece)
