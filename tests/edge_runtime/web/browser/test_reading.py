"""A day of reading: by taps, by keys alone, and without any script."""

from __future__ import annotations

import json
import re

from edge_runtime import Reader
from tests.edge_runtime.web.browser.waiting import until


def titles(page) -> list[str]:
    return page.locator("article:not(.gone) h2").all_inner_texts()


def note(page):
    return page.locator("#note")


def test_a_day_of_reading_by_taps(browser, guest):
    page = guest(has_touch=True, is_mobile=True).page()
    first, second, *_ = titles(page)
    row = page.locator("article").first
    row.get_by_role("button", name="Like").tap()  # in place
    row.get_by_role("button", name="Undo like").wait_for()
    assert "More like this" in note(page).inner_text() and page.url.endswith("/")
    row.get_by_role("button", name="Hide").tap()
    until(page, "document.querySelectorAll('article.gone').length == 1")
    assert titles(page)[0] == second
    note(page).get_by_role("button", name="Undo").tap()
    page.get_by_text("Taken back").wait_for()
    assert first in titles(page)

    page.get_by_role("link", name=second, exact=True).first.tap()
    page.get_by_role("heading", level=1, name=second).wait_for()
    page.get_by_role("button", name="Save").tap()
    page.get_by_role("button", name="Undo save").wait_for()
    assert page.get_by_role("link", name=re.compile("^Read on at")).get_attribute("rel") == "noopener noreferrer"
    page.get_by_role("link", name="Why is this here?").tap()
    page.get_by_role("heading", level=2, name="What its score is made of").wait_for()

    page.get_by_role("link", name="Saved", exact=True).tap()
    page.get_by_role("heading", level=1, name="Saved").wait_for()
    assert second in titles(page)
    page.get_by_role("link", name="Latest", exact=True).tap()
    page.get_by_role("heading", level=1, name="Latest").wait_for()
    newest = titles(page)
    page.get_by_role("link", name="Older", exact=True).tap()
    page.wait_for_url("**/latest?page=2")
    assert not set(newest) & set(titles(page)[:3])
    page.get_by_role("button", name="Mark this page as read").tap()
    page.get_by_text("30 marked as read").wait_for()

    page.get_by_role("link", name="Search", exact=True).tap()
    page.get_by_label("Words in titles and texts").fill("ferries harbour")
    page.get_by_role("button", name="Search").tap()
    page.get_by_role("link", name="Electric ferries come to the harbour").tap()
    page.get_by_role("link", name="three electric ferries").wait_for()
    page.get_by_role("link", name="You", exact=True).tap()
    page.get_by_role("link", name=re.compile("^What you did")).tap()
    page.get_by_role("heading", level=1, name="What you did").wait_for()
    opened = page.get_by_role("button", name=re.compile("^Take out: Electric"))
    opened.tap()
    page.get_by_text("Taken out, and unlearned.").wait_for()
    assert opened.count() == 0


def test_a_swipe_saves_or_hides(browser, guest):
    page = guest(has_touch=True).page()
    swipe = """([x]) => {
      const target = document.querySelector("article:not(.gone)");
      const at = (clientX) => new Touch({ identifier: 1, target, clientX, clientY: 99 });
      target.dispatchEvent(new TouchEvent("touchstart", { touches: [at(150)], bubbles: true }));
      target.dispatchEvent(new TouchEvent("touchend", { changedTouches: [at(150 + x)], bubbles: true }));
    }"""
    page.evaluate(swipe, [40])
    page.evaluate(swipe, [120])
    page.locator("article").first.get_by_role("button", name="Undo save").wait_for()
    page.evaluate(swipe, [-120])
    until(page, "document.querySelectorAll('article.gone').length == 1")


def test_by_keyboard_alone(browser, guest):
    page = guest(width=1280).page()
    press = page.keyboard.press
    press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    press("Enter")
    press("j")
    press("j")
    second = titles(page)[1]
    assert page.evaluate("document.activeElement.textContent") == second
    press("s")
    page.locator("article").nth(1).get_by_role("button", name="Undo save").wait_for()
    press("m")
    until(page, "document.querySelectorAll('article')[1].matches('.read')")
    press("k")
    press("j")
    press("o")
    page.get_by_role("heading", level=1, name=second).wait_for()
    press("m")
    page.get_by_role("button", name="Mark as read").wait_for()
    press("j")
    until(page, f"document.querySelector('h1').textContent != {json.dumps(second)}")
    press("/")
    page.wait_for_url("**/search")
    press("/")
    page.keyboard.type("j?")  # keys are letters in a field
    press("Enter")
    page.wait_for_url("**/search?q=j%3F")
    page.locator("body").press("?")
    page.get_by_role("heading", level=1, name="Keys").wait_for()


def test_every_way_is_open_without_a_script(browser, guest):
    page = guest(java_script_enabled=False).page()
    page.locator("article").first.get_by_role("button", name="Save").click()
    assert note(page).get_by_text("Saved for later").is_visible() and page.url.split("#")[0].endswith("/")
    note(page).get_by_role("button", name="Undo").click()
    assert page.locator("article").first.get_by_role("button", name="Undo save").count() == 0
    page.locator("article h2 a").first.click()
    page.get_by_role("button", name="Less like this").click()
    page.get_by_role("button", name="Undo less").wait_for()
    page.get_by_role("link", name="Why is this here?").click()
    page.get_by_role("button", name=re.compile("^Take away")).first.click()
    assert page.get_by_text("Counts no longer").is_visible()

    page.get_by_role("link", name="Feeds", exact=True).click()
    page.get_by_role("link", name="Add a feed").click()
    page.get_by_label("Address of a feed or of a site").fill("bad")
    page.get_by_role("button", name="Have a look").click()
    assert page.get_by_role("alert").inner_text() == "There is no site of this name."
    page.get_by_label("Address of a feed or of a site").fill("example.org")
    page.get_by_role("button", name="Have a look").first.click()
    page.get_by_role("button", name=re.compile("^Subscribe: Example")).click()
    page.get_by_role("link", name=re.compile("^Science Weekly")).click()
    page.get_by_label("Name").fill("Science Daily")
    page.get_by_label("Folder").fill("Knowledge/Nature")
    page.get_by_role("button", name="Keep").click()
    page.get_by_role("link", name=re.compile("^Science Daily")).click()
    page.get_by_role("button", name="Unsubscribe").click()
    assert page.get_by_text("Science Daily").count() == 1  # the note
    page.get_by_role("button", name="Undo").click()
    assert page.get_by_role("link", name=re.compile("^Science Daily")).is_visible()

    page.get_by_role("link", name="You", exact=True).click()
    page.get_by_role("link", name=re.compile("^What you follow")).click()
    page.get_by_label("Name, word or sentence").fill("cricket")
    page.get_by_role("button", name="Mute").click()
    page.get_by_role("button", name="Lift: cricket").click()
    page.get_by_role("button", name="Undo").click()
    assert page.get_by_role("button", name="Lift: cricket").is_visible()
    page.get_by_role("link", name="You", exact=True).click()
    page.get_by_role("link", name=re.compile("^Settings")).click()
    page.get_by_label("Size of text").select_option("200")
    page.get_by_label("Language").select_option("zh")
    page.get_by_label("Dark").check()
    page.get_by_label("Newest first").check()
    page.get_by_role("button", name="Keep").click()
    assert page.locator("html").get_attribute("class") == "dark s200 large"
    page.get_by_role("link", name="推荐", exact=True).click()
    assert page.get_by_role("heading", level=1).inner_text() == "最新优先"


def test_what_is_refused_is_told_and_the_row_shows_what_is_true(browser, guest, tmp_path):
    somebody = guest("light.100.en.on")
    page = somebody.page()
    row, story = page.locator("article").first, titles(page)[0]
    with Reader.open(tmp_path / "data") as reader:  # another program takes every story of the list away
        reader.remove([article.article_id for article in reader.latest()])
    told = note(page).get_by_text("That was not kept. This story is not kept any more. Go back to the list.")
    row.get_by_role("button", name="Like").click()
    told.wait_for()
    assert row.get_by_role("button", name="Like", exact=True).is_visible()
    page.evaluate("document.getElementById('note').replaceChildren()")
    row.get_by_role("button", name="Hide").click()
    told.wait_for()
    assert titles(page)[0] == story and row.get_attribute("class") != "going"
    page.evaluate("document.getElementById('note').replaceChildren()")
    page.locator("body").press("m")
    told.wait_for()
    assert page.locator("article.read").count() == 0
    # Nor is one dropped in silence that waited for a connection.
    page.evaluate("localStorage.queue = JSON.stringify([['/a/x', 'do=like'], ['/a/y', 'do=save']])")
    page.goto(somebody.site)
    told.wait_for()
    until(page, "localStorage.queue == '[]'")
    refused = [said for said in somebody.troubles if "404" in said]
    assert len(refused) == 5
    somebody.troubles[:] = [said for said in somebody.troubles if said not in refused]


def test_what_is_scrolled_past_is_read_if_that_is_wanted(browser, guest):
    page = guest("light.100.en.on").page()
    unread = page.locator("article:not(.read)").count()
    page.wait_for_timeout(300)
    page.locator("article").nth(6).scroll_into_view_if_needed()
    page.mouse.wheel(0, 1500)
    note(page).get_by_text(re.compile("marked as read")).wait_for()
    assert page.locator("article:not(.read)").count() < unread
    note(page).get_by_role("button", name="Undo").click()
    page.get_by_text("Taken back").wait_for()
    assert page.locator("article:not(.read)").count() >= unread


def test_an_open_is_told_to_us_before_the_publisher(browser, guest, site):
    somebody = guest(service_workers="block")
    somebody.context.route(re.compile(r"^https://"), lambda route: route.fulfill(body="elsewhere"))
    page = somebody.page()
    page.goto(f"{site}/search?q=ferries+harbour")
    address = page.locator("article h2 a").first.get_attribute("href").removesuffix("?o=1")
    page.goto("about:blank")
    page.goto(site + address)  # typed: not opened by a link of ours
    with somebody.context.expect_page() as opened, page.expect_request(re.compile("/a/")) as told:
        page.locator(".out").click()
    assert "do=open" in told.value.post_data
    assert opened.value.evaluate("document.referrer") == "" and opened.value.evaluate("window.opener") is None
    somebody.troubles[:] = [one for one in somebody.troubles if "asked for https://example.org/1" not in one]
