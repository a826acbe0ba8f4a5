"""What is text can never become markup."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from edge_runtime.web.html import html, tag, web_address


class Seen(HTMLParser):
    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(markup)
        self.close()

    def handle_starttag(self, name, attributes):
        self.tags.append((name, dict(attributes)))

    def handle_data(self, data):
        self.text += data


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r\0")))
def test_any_text_comes_back_as_text_and_as_an_attribute(text):
    seen = Seen(tag("p", text, title=text))
    assert seen.tags == [("p", {"title": text})] and seen.text == text


def test_markup_stays_and_nothing_is_left_out_but_none_and_false():
    assert tag("p", tag("b", "<x>"), [1, " ", ("&", None)], False, class_="a b", data_id=7, hidden=True, id=None) == (
        '<p class="a b" data-id="7" hidden><b>&lt;x&gt;</b>1 &amp;</p>'
    )
    assert html("a", tag("br")) == "a<br>"


def test_only_web_addresses_lead_out():
    assert web_address("https://example.org/?a=1&b=2") and not web_address("javascript:alert(1)")
