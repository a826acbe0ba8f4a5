"""Bytes of a feed to text, whatever the feed says of its encoding.

Declarations are often wrong, and text that is not UTF-8 hardly ever decodes as UTF-8: so UTF-8 goes first.
"""

from __future__ import annotations

import codecs
import re

from edge_runtime.feeds.plain_text import WINDOWS_1252

_BOMS = (  # UTF-32 first: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# UTF-32 first again.
_STARTS = tuple(
    (sign.encode(codec), codec) for codec in ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be") for sign in "<{"
)
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']\s*([A-Za-z0-9._:-]{1,40})")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
# Only these: Python also has codecs that inflate, unescape or speak UTF-7. Where browsers read a larger encoding
# under the name of a smaller one, so do we.
_CODECS = {
    "isoir100": "cp1252", "latin1": "cp1252", "iso88591": "cp1252", "ascii": "cp1252", "usascii": "cp1252",
    "iso88599": "cp1254", "iso885911": "cp874", "tis620": "cp874", "shiftjis": "cp932", "sjis": "cp932",
    "xsjis": "cp932", "windows31j": "cp932", "ms932": "cp932", "euckr": "cp949", "ksc56011987": "cp949",
    "big5": "big5hkscs", "big5hkscs": "big5hkscs", "koi8r": "koi8_r", "koi8u": "koi8_u", "iso2022jp": "iso2022_jp",
    "macintosh": "mac_roman", "latin2": "iso8859_2", "latin9": "iso8859_15", "ibm866": "cp866",
    # With the circled numbers that publishers use and the plain codec lacks.
    **dict.fromkeys(("eucjp", "xeucjp", "eucjpwin", "cp51932"), "euc_jis_2004"),
    **dict.fromkeys(("gb2312", "gb231280", "gbk", "gb18030", "xgbk", "cp936", "ms936", "euccn"), "gb18030"),
    **{f"iso8859{part}": f"iso8859_{part}" for part in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
    **dict.fromkeys(("iso88598i", "iso88598e"), "iso8859_8"), **dict.fromkeys(("iso88596i", "iso88596e"), "iso8859_6"),
    **{
        f"{prefix}{page}": f"cp{page}"
        for page in (*range(1250, 1259), 866, 874, 932, 949)
        for prefix in ("cp", "windows", "xwindows", "xcp")
    },
}  # fmt: skip
_MOST_BAD_BYTES = 1000  # of a text that is UTF-8 but for some
# Bad places for each letter beyond ASCII of a text that is surely in an encoding: UTF-8 hardly fits by chance.
_FEW_BAD_UTF_8, _FEW_BAD = 1 / 3, 0.1
_ONE_BYTE = "edge_news_windows_1252"  # what to do with a byte that is not UTF-8
_TO_LATIN_1 = {ord(char): code for code, char in WINDOWS_1252.items()}
_NOT_DOUBLE = re.compile(f"[^\x00-\xff{''.join(WINDOWS_1252.values())}]")
_BAD = "\ufffd"  # what a decoder puts in the place of bytes that mean nothing
_WIDE = re.compile("[^\x00-\x7f\ufffd]")


def decode_feed(data: bytes, content_type: str = "") -> tuple[str, tuple[str, ...]]:
    """The text without its byte order mark, and warnings. Always gives a text, if need be with replacement characters.

    Order of trust: byte order mark, UTF-8 if it decodes or all but does, the XML declaration, the charset of
    `content_type`, these with some bad bytes, UTF-8 with some bytes of windows-1252, windows-1252.
    """
    for mark, codec in _BOMS:
        if data.startswith(mark):
            return _decode_marked(data[len(mark) :], codec)
    for start, codec in _STARTS:
        if data.lstrip(b" \t\r\n").startswith(start) or data.startswith(start):
            return data.decode(codec, "replace"), ()
    named = _named_codecs(data, content_type)
    if "iso2022_jp" in named and b"\x1b" in data:  # seven bits, so it decodes as UTF-8 too
        return data.decode("iso2022_jp", "replace"), ()
    try:
        return _undo_double(data.decode())
    except UnicodeDecodeError:
        pass  # what it declares may be true
    replaced = data.decode("utf-8", "replace")
    if _has_few_bad(replaced, _FEW_BAD_UTF_8):  # a one-byte encoding would take every byte, and make nonsense of all
        return _decode_broken(data)
    for codec in named:
        if codec == "cp1252":
            return _windows_1252(data), ()
        try:
            return data.decode(codec), ()
        except UnicodeDecodeError:
            continue  # declared wrongly, or cut
    for codec in named:
        replaced = data.decode(codec, "replace")
        if _has_few_bad(replaced, _FEW_BAD):
            return replaced.replace(_BAD, ""), (f"{replaced.count(_BAD)} places are not {codec}: left out",)
    return _decode_broken(data)


def _has_few_bad(replaced: str, share: float) -> bool:
    num_bad = replaced.count(_BAD)
    return num_bad <= min(_MOST_BAD_BYTES, share * len(_WIDE.findall(replaced)))


def _named_codecs(data: bytes, content_type: str) -> list[str]:
    declared = _DECLARED.search(data[:2048])  # a server's complaint may stand before it
    charset = _CHARSET.search(content_type[:500])
    names = [declared[1].decode("ascii")] if declared else []
    names += [charset[1]] if charset else []
    plain = (re.sub(r"[^a-z0-9]", "", name.lower()) for name in names)
    return [_CODECS[name] for name in plain if name in _CODECS]


def _decode_marked(data: bytes, codec: str) -> tuple[str, tuple[str, ...]]:
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        return _decode_broken(data) if codec == "utf-8" else (data.decode(codec, "replace"), ())
    return _undo_double(text) if codec == "utf-8" else (text, ())


def _decode_broken(data: bytes) -> tuple[str, tuple[str, ...]]:
    """UTF-8 with a few bad bytes, read as windows-1252; or all of it windows-1252, if that is what the bytes say."""
    replaced = data.decode("utf-8", "replace")
    num_bad = replaced.count(_BAD)
    if num_bad <= _MOST_BAD_BYTES and num_bad <= len(_WIDE.findall(replaced)):
        return data.decode("utf-8", _ONE_BYTE), (f"{num_bad} places are not UTF-8: read as windows-1252",)
    return _windows_1252(data), ("neither UTF-8 nor what it declares: read as windows-1252",)


def _windows_1252(data: bytes) -> str:
    """Never fails: the five bytes that mean nothing stay control characters, as in browsers."""
    return data.decode("latin-1").translate(WINDOWS_1252)


def _undo_double(text: str) -> tuple[str, tuple[str, ...]]:
    """Undo UTF-8 that was taken for windows-1252 and encoded again ("K\u00c3\u00b6ln"), if all of the text is so."""
    if text.isascii() or _NOT_DOUBLE.search(text):
        return text, ()
    try:
        once = text.translate(_TO_LATIN_1).encode("latin-1").decode()
    except (UnicodeEncodeError, UnicodeDecodeError):
        return text, ()
    return once, ("text was encoded twice: decoded twice",)


def _read_one_byte(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return _windows_1252(error.object[error.start : error.end]), error.end


codecs.register_error(_ONE_BYTE, _read_one_byte)
