"""An article as it is printed, in a pager on a terminal, and its addresses in a browser."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from edge_runtime.storage.articles import ArticleCache

ROOT = Path(__file__).parents[3]
URL = "https://example.org/news/rain"
HTML = """<h2>Why</h2><p>It rains <a href="/hills">in the hills</a>, says <a href="https://b.example/">B</a>.</p>
<ul><li>much<ul><li>very much of it, so that the line is too long for a screen of eighty columns</li></ul></li>
<li>daily</li></ul><blockquote><p>社区食堂推出少油少盐的家常菜单，山区慢火车增开一班，方便学生回家，社区食堂推出少油少盐。</p></blockquote>
<pre>a   b\n  c</pre>"""
PRINTED = """Rain
weather

Why

It rains in the hills[1], says B[2].

• much
  • very much of it, so that the line is too long for a screen of eighty columns
• daily

> 社区食堂推出少油少盐的家常菜单，山区慢火车增开一班，方便学生回家，社区食堂推出
> 少油少盐。

a   b
  c

[1] https://example.org/hills
[2] https://b.example/

https://example.org/news/rain
"""


@pytest.fixture
def rain(edge_news):
    """A cache with one article, "a", that has a text."""
    path = edge_news.folder / "one.jsonl"
    path.write_text(json.dumps({"article_id": "a", "title": "Rain", "url": URL, "category": "weather"}))
    edge_news.json("add", str(path))
    give_text(edge_news, HTML)
    return edge_news


def give_text(edge_news, html: str) -> None:
    with closing(ArticleCache(edge_news.data / "cache.db")) as cache:
        cache.put_contents({"a": html})


def test_a_text_is_printed_with_lists_quotes_and_numbered_links(rain):
    assert rain.text("open", "a") == PRINTED


def test_the_json_has_paragraphs_and_links(rain):
    content = rain.json("open", "a")["content"]
    assert content["links"] == ["https://example.org/hills", "https://b.example/"] and not content["is_excerpt"]
    assert content["paragraphs"][:2] == [
        {"kind": "heading", "text": "Why", "links": [], "label": "", "list_depth": 0, "quote_depth": 0},
        {
            "kind": "paragraph",
            "text": "It rains in the hills, says B.",
            "links": [{"start": 9, "end": 21, "number": 1}, {"start": 28, "end": 29, "number": 2}],
            "label": "",
            "list_depth": 0,
            "quote_depth": 0,
        },
    ]


def test_an_article_without_text_says_that_the_feed_gives_no_more(stocked):
    assert stocked.text("open", "a0").endswith("Example · 1 h\n\n(the feed gives only this much)\n")


def test_deep_lists_and_quotes_stay_within_the_width_and_lose_nothing(rain):
    give_text(rain, "<ol start='98'><li>" * 30 + "<blockquote>" * 30 + "word " * 100 + "<pre>" + "#" * 200)
    lines = rain.text("open", "a").splitlines()
    assert max(map(len, lines)) <= 80
    assert "".join(lines).count("word") == 100 and "".join(lines).count("#") == 200


def test_a_link_of_the_text_is_printed(rain):
    assert rain.text("open", "a", "--link", "2") == "https://b.example/\n"
    assert rain.json("open", "a", "--link", "1")["address"] == "https://example.org/hills"
    assert len(rain.json("profile")["events"]) == 2  # opens
    assert "no link 3: the text has 2 links" in rain.json("open", "a", "--link", "3", status=1)["error"]
    assert len(rain.json("profile")["events"]) == 2


def browser(folder: Path) -> str:
    """A program that writes what it is given into a file."""
    program = folder / "browser"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >>"{folder}/visited"\n')
    program.chmod(0o755)
    return str(program)


@pytest.mark.parametrize("form", ["{}", "{} --new %s", "/no/such/program:{}"])
def test_an_address_is_opened_in_the_browser_of_the_environment(rain, monkeypatch, form):
    monkeypatch.setenv("BROWSER", form.format(browser(rain.folder)))
    assert rain.text("open", "a", "--browser") == f"opened in the browser: {URL}\n"
    rain.text("open", "a", "--browser", "--link", "2")
    visited = (rain.folder / "visited").read_text().replace("--new\n", "").splitlines()
    assert visited == [URL, "https://b.example/"]


def test_without_a_browser_the_address_is_printed_and_the_error_says_why(rain, monkeypatch):
    monkeypatch.setenv("BROWSER", "/no/such/program")
    assert rain.text("open", "a", "--browser", status=1) == f"{URL}\n"
    assert "$BROWSER, /no/such/program, did not open" in rain.err
    monkeypatch.delenv("BROWSER")
    monkeypatch.setattr("webbrowser._tryorder", [])
    monkeypatch.setenv("PATH", "")
    assert "there is no browser" in rain.json("open", "a", "--browser", status=1)["error"]


def test_an_address_that_is_none_of_the_web_is_not_opened(edge_news, monkeypatch):
    path = edge_news.folder / "one.jsonl"
    path.write_text(json.dumps({"article_id": "a", "title": "Rain", "url": "javascript:alert(1)"}))
    edge_news.json("add", str(path))
    monkeypatch.setenv("BROWSER", browser(edge_news.folder))
    assert "no web address" in edge_news.json("open", "a", "--browser", status=1)["error"]
    assert not (edge_news.folder / "visited").exists()


def on_a_terminal(arguments: list[str], environment: dict[str, str]) -> str:
    """What `edge-news` writes to a terminal of 24 lines."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "edge_runtime", *arguments]
    usual = {name: value for name, value in os.environ.items() if name not in ("LESS", "PAGER", "LINES", "COLUMNS")}
    given = {**usual, "PYTHONPATH": str(ROOT), "TERM": "xterm", "LINES": "24", "COLUMNS": "80", **environment}
    program = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=given, start_new_session=True)
    os.close(theirs)
    written = b""
    try:
        while chunk := os.read(ours, 4096):
            written += chunk
    except OSError:  # the last one that had the terminal has gone
        pass
    os.close(ours)
    assert program.wait() == 0
    return written.decode().replace("\r\n", "\n")


@pytest.mark.slow
@pytest.mark.slow
def test_on_a_terminal_what_is_longer_than_the_screen_goes_through_the_pager(rain):
    pager = rain.folder / "pager"
    pager.write_text('#!/bin/sh\nprintf "pager %s with %s\\n" "$1" "$LESS"\nexec cat\n')
    pager.chmod(0o755)
    give_text(rain, "<p>It rains.</p>" * 30)
    begin = ["--data", str(rain.data), "open"]
    paged = on_a_terminal([*begin, "a"], {"PAGER": f"{pager} -x"})
    assert paged.startswith("pager -x with FRX\n") and paged.count("It rains.") == 30
    for environment in ({"PAGER": ""}, {"PAGER": "cat"}, {"PAGER": "/no/such/program"}, {"TERM": "dumb"}):
        printed = on_a_terminal([*begin, "id:a"], {"PAGER": str(pager), **environment})
        assert "pager" not in printed and printed.count("It rains.") == 30
    assert "pager" not in on_a_terminal([*begin, "--no-pager", "a"], {"PAGER": str(pager)})
    assert "pager" not in on_a_terminal([*begin, "--json", "a"], {"PAGER": str(pager)})
    give_text(rain, "<p>It rains.</p>")
    assert "pager" not in on_a_terminal([*begin, "a"], {"PAGER": str(pager)})


def test_two_terminals_have_numbers_of_their_own(stocked):
    begin = ["--data", str(stocked.data)]
    assert "1." in on_a_terminal([*begin, "latest"], {"PAGER": ""})
    # The next terminal may have the same name, but it is another session.
    with pytest.raises(AssertionError):
        on_a_terminal([*begin, "like", "1"], {})
    assert stocked.json("profile")["events"] == []
