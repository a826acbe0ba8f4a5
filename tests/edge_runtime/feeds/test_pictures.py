"""Which picture stands for an article, of what feeds name; no test here fetches anything, nor does the code."""

from __future__ import annotations

import json
import time

import pytest

from edge_runtime.content.articles_in import MAX_IMAGE_CHARACTERS
from edge_runtime.feeds.pictures import image_of, image_url
from edge_runtime.feeds.raw_feed import RawPicture
from tests.edge_runtime.feeds.feed_texts import only, parse, rss

MEDIA = 'version="2.0" xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
SITE = "https://news.example"


def image(inside: str) -> str:
    """Of an RSS item that lies at news.example/a/b."""
    channel = f"<title>Paper</title><link>{SITE}/</link>"
    item = f"<item><title>Rain</title><link>{SITE}/a/b</link>{inside}</item>"
    return only(parse(rss(item, channel, MEDIA))).image


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ('<media:content url="https://i.example/a.jpg" medium="image"/>', "https://i.example/a.jpg"),
        ('<media:content url="https://i.example/a?w=9" type="image/webp"/>', "https://i.example/a?w=9"),
        ('<media:group><media:content url="https://i.example/v.mp4" type="video/mp4"/>'
         '<media:thumbnail url="https://i.example/t.jpg"/></media:group>', "https://i.example/t.jpg"),
        ('<enclosure url="https://i.example/a.png" type="image/png" length="9"/>', "https://i.example/a.png"),
        ('<enclosure url="https://i.example/a.mp3" type="audio/mpeg" length="9"/>', ""),
        ('<itunes:image href="https://i.example/cover.jpg"/>', "https://i.example/cover.jpg"),
        ('<media:thumbnail url="/pictures/t.jpg"/>', f"{SITE}/pictures/t.jpg"),  # relative as links are: to the site
        ('<media:thumbnail url="//i.example/t.jpg"/>', "https://i.example/t.jpg"),
        ('<media:content url="https://i.example/film.mp4"/>', ""),  # no type, but a film by its name
        ('<media:content url="https://i.example/logo.svg"/>', ""),
        ("", ""),
    ],
)  # fmt: skip
def test_a_declared_picture_is_the_image(inside, expected):
    assert image(inside) == expected


def test_the_fitting_width_is_taken_then_the_untold_then_the_widest():
    sizes = {140: "s", 300: "m", 460: "l", 1200: "xl"}
    told = [RawPicture(f"https://i.example/{name}", width) for width, name in sizes.items()]
    untold = RawPicture("https://i.example/untold")
    assert image_of(told[::-1], [], SITE) == "https://i.example/m"  # the least of 300, 460 and 1200
    assert image_of([told[0], untold], [], SITE) == "https://i.example/untold"
    assert image_of([RawPicture("https://i.example/xs", 75), told[0]], [], SITE) == "https://i.example/s"
    assert image_of([RawPicture("https://i.example/icon", 16)], [], SITE) == ""


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<p>Rain</p><img src="/a.jpg" alt="Rain"><img src="/b.jpg">', f"{SITE}/a.jpg"),
        ('<img src="https://t.example/pixel.gif"><img src="/a.jpg">', f"{SITE}/a.jpg"),
        ('<img src="https://t.example/x" width="1" height="1"/><img src="/a.jpg" width="600">', f"{SITE}/a.jpg"),
        ('<img src="/x.gif" style="width:1px;height:1px"><img src="/a.jpg" style="width:100%">', f"{SITE}/a.jpg"),
        ('<img src="https://feeds.feedburner.com/~r/paper/~4/k"><img src="/a.jpg">', f"{SITE}/a.jpg"),
        ('<img src="data:image/gif;base64,R0lG" data-src="/lazy.jpg">', f"{SITE}/lazy.jpg"),
        ('<img src="/pixel-9-review.png">', f"{SITE}/pixel-9-review.png"),
        ("<script><img src='/a.jpg'></script>", ""),
    ],
)  # fmt: skip
def test_else_the_first_picture_of_the_text_that_shows_something(html, expected):
    assert image(f"<description><![CDATA[{html}]]></description>") == expected


def test_a_declared_picture_goes_before_those_of_the_text():
    html = '<description>&lt;img src="/text.jpg"&gt;</description>'
    assert image(f'{html}<media:thumbnail url="/declared.jpg"/>') == f"{SITE}/declared.jpg"
    assert image(html) == f"{SITE}/text.jpg"


def test_atom_relative_to_its_base():
    feed = parse(
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://cdn.example/x/"><title>P</title><entry>'
        '<title>Rain</title><link href="https://news.example/1"/>'
        '<link rel="enclosure" type="image/jpeg" href="a.jpg"/></entry></feed>'
    )
    assert only(feed).image == "https://cdn.example/x/a.jpg"


def test_json_feed():
    items = [
        {"id": "1", "title": "a", "image": "/i.jpg", "banner_image": "/b.jpg"},
        {"id": "2", "title": "b", "banner_image": "https://i.example/b.jpg"},
        {"id": "3", "title": "c", "attachments": [{"url": "/c.png", "mime_type": "image/png"}]},
        {"id": "4", "title": "d", "image": ["no string"], "content_html": '<p>d</p><img src="/d.jpg">'},
    ]
    feed = parse(json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "P", "items": items}))
    names = [one.image.removeprefix("https://news.example") for one in feed.articles]
    assert names == ["/i.jpg", "https://i.example/b.jpg", "/c.png", "/d.jpg"]


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "data:image/png;base64,AAAA",
        "file:///etc/passwd",
        "https://user:word@i.example/a.jpg",
        "http://[::1",
        "https://i.example/" + "a" * MAX_IMAGE_CHARACTERS,
        "https://0.gravatar.com/avatar/1234",
        "https://s.w.org/images/core/emoji/2.0/72x72/1f600.png",
    ],
)
def test_what_is_no_picture_of_the_web_is_not_kept(link):
    assert image_url(link, "https://news.example/") == ""


def test_hostile_markup_takes_no_time():
    htmls = ["<img src='" + "a" * 100_000, "<img " * 20_000, "<img style='" + "width:" * 20_000 + "'>"]
    began = time.process_time()
    assert image_of([], htmls, SITE) in ("", f"{SITE}/")
    assert time.process_time() - began < 0.5
