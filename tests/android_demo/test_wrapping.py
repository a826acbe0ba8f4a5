"""Line breaks in English and Chinese; here a Chinese character is 2 wide and any other 1."""

import pytest

from android_demo.core.wrapping import CLOSING, OPENING, pieces, wrap

CHINESE = "他说：“慢一点，再慢一点。”然后（小声地）念出书名《边城》，大家都笑了！模型用 int8 只要 4 毫秒……真的吗？"
ENGLISH = 'The council said (on Monday) that "small models", not large ones, will run on phones.'


def columns(text):
    return sum(2 if char > "\u2e7f" else 1 for char in text)


@pytest.mark.parametrize("text", [CHINESE, ENGLISH, "", "一", "word", "a，b", "（（（，，，"])
def test_pieces_put_together_are_the_text(text):
    assert "".join(pieces(text)) == text


@pytest.mark.parametrize("width", range(8, 60))
@pytest.mark.parametrize("text", [CHINESE, ENGLISH])
def test_no_line_starts_with_closing_or_ends_with_opening_punctuation(text, width):
    lines = wrap(text, width, columns)
    assert not [line for line in lines[1:] if line[0] in CLOSING]
    # A piece wider than the line, such as 名《边城》，, is broken where it must be.
    assert not [line for line in lines[:-1] if line[-1] in OPENING and width >= 12]


@pytest.mark.parametrize("width", range(8, 60))
@pytest.mark.parametrize("text", [CHINESE, ENGLISH])
def test_no_line_is_too_wide_and_no_character_is_lost(text, width):
    lines = wrap(text, width, columns)
    assert max(map(columns, lines)) <= width
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_words_stay_whole():
    assert wrap("run int8 models", 8, columns) == ["run int8", "models"]
    assert wrap("模型用int8就够", 10, columns) == ["模型用int8", "就够"]


def test_a_word_wider_than_the_line_is_broken():
    assert wrap("internationalization", 8, columns) == ["internat", "ionaliza", "tion"]


def test_a_text_cut_short_ends_with_an_ellipsis_that_fits():
    lines = wrap("one two three four five six", 9, columns, max_lines=2)
    # "three four" is 10 wide; "three" and the dots fit
    assert lines == ["one two", "three..."]
    assert wrap("one two", 9, columns, max_lines=2) == ["one two"]


def test_the_cut_leaves_no_comma_before_the_ellipsis():
    assert wrap("天冷了，多穿衣服", 9, columns, max_lines=1) == ["天冷了…"]
