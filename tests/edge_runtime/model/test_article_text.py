"""What is read of an article: one answer for training and device."""

from edge_runtime import Article
from edge_runtime.model.article_text import text_of, whole_text


def test_the_abstract_stands_in_for_a_missing_title_and_never_for_a_blank_one():
    assert text_of(Article("1", "Rain", "All day.")) == "Rain"
    assert text_of(Article("1", "", "All day.")) == "All day."
    assert text_of(Article("1", " ", "All day.")) == " "


def test_a_title_of_which_a_screen_shows_nothing_counts_as_none():
    assert text_of(Article("1", " ", "All day."), str.strip) == "All day."
    assert text_of(Article("1", " Rain ", "All day."), str.strip) == "Rain"
    assert text_of(Article("1", " ", " "), str.strip) == ""


def test_the_whole_text_has_no_space_at_its_ends():
    assert whole_text(Article("1", "Rain", "All day.")) == "Rain All day."
    assert whole_text(Article("1", "", "All day.")) == "All day."
    assert whole_text(Article("1", "Rain", "")) == "Rain"
