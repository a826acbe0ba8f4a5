"""Without a connection, where the browser allows a worker: on this machine, or by https."""

from __future__ import annotations

import shutil

from edge_runtime import Reader
from edge_runtime.screens.reading import Reading
from edge_runtime.web.access import Access
from tests.edge_runtime.web.browser.news import NOW
from tests.edge_runtime.web.browser.serving import served
from tests.edge_runtime.web.browser.test_reading import titles
from tests.edge_runtime.web.browser.waiting import until


def test_lists_and_stories_are_there_offline_and_deeds_are_told_later(browser, guest, site):
    somebody = guest()
    page = somebody.page()
    page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    kept = "caches.open('pages').then((c) => c.keys()).then((kept) => kept.filter((one) => /.a./.test(one.url)).length)"
    until(page, f"{kept}.then((number) => number > 4)")
    page.reload()
    listed = titles(page)
    until(page, "caches.match('/').then((kept) => kept.text()).then((text) => text.includes(document.title))")
    somebody.context.set_offline(True)
    page.reload()
    assert titles(page) == listed
    page.locator("article").nth(1).get_by_role("button", name="Save").click()
    page.get_by_text("Kept on this device until there is a connection.").wait_for()
    page.locator("article h2 a").first.click()
    page.get_by_role("heading", level=1, name=listed[0]).wait_for()
    until(page, "location.search == ''")
    page.goto(f"{site}/rules")
    page.get_by_role("heading", level=1, name="No connection").wait_for()
    until(page, "JSON.parse(localStorage.queue).length >= 2")

    somebody.context.set_offline(False)
    page.goto(site)
    until(page, "localStorage.queue == '[]'")
    page.goto(f"{site}/saved")
    assert listed[1] in titles(page)
    page.goto(f"{site}/deeds")
    assert page.get_by_text("Opened · just now").count() == 1


KEPT = "caches.open('pages').then((c) => c.keys()).then((k) => k.filter((one) => !/.static./.test(one.url)).length)"


def test_a_deed_whose_answer_nobody_heard_is_told_again_and_counts_once(browser, guest, site):
    somebody = guest()
    page, lost, heard = somebody.page(), [], []

    def tell(route):
        """The first deed gets lost on its way, the answer to the second on its way back; each as its page is left."""
        request = route.request
        if request.method != "POST" or "do=open" in (request.post_data or ""):
            return route.continue_()
        if not lost:
            return lost.append(route)
        if len(heard) == 1:
            route.fetch()
        heard.append(request.headers["x-deed"])
        return None if len(heard) == 2 else route.continue_()

    def likes():
        page.goto(f"{site}/deeds")
        return page.get_by_text("Liked · just now").count()

    before = likes()
    page.goto(site)
    somebody.context.route("**/a/*", tell)
    listed, rows = titles(page), page.locator("article")
    rows.nth(1).get_by_role("button", name="Save").click()
    until(page, "JSON.parse(localStorage.queue).length == 1")
    page.goto(f"{site}/latest")
    until(page, "localStorage.queue == '[]'")
    page.goto(site)
    rows.nth(2).get_by_role("button", name="Like").click()
    until(page, "JSON.parse(localStorage.queue).length == 1")
    while len(heard) < 2:
        page.wait_for_timeout(50)
    page.goto(f"{site}/latest")
    until(page, "localStorage.queue == '[]'")
    page.goto(f"{site}/saved")
    assert listed[1] in titles(page)
    assert likes() == before + 1
    assert len(heard) == 3 and heard[1] == heard[2] != heard[0]


def test_where_the_browser_keeps_nothing_deeds_are_told_all_the_same(browser, guest, site):
    somebody = guest()
    refuse = "{ get() { throw new DOMException('no', 'SecurityError'); } }"
    for store in ("localStorage", "sessionStorage"):
        somebody.context.add_init_script(f"Object.defineProperty(window, '{store}', {refuse})")
    page = somebody.page()
    row = page.locator("article").nth(1)
    row.get_by_role("button", name="Save").click()
    row.get_by_role("button", name="Undo save").wait_for()
    page.locator("article h2 a").first.click()
    page.get_by_role("button", name="More like this").click()
    page.get_by_role("button", name="Undo like").wait_for()


def test_deeds_wait_in_their_order_however_often_they_cannot_be_told(browser, guest, site):
    somebody = guest()
    page = somebody.page()
    page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    until(page, "caches.match('/').then((kept) => !!kept)")
    somebody.context.set_offline(True)
    page.evaluate("localStorage.queue = JSON.stringify([['/a/x', 'do=like'], ['/a/x', 'do=unlike']])")
    for _ in range(2):
        page.reload()
        page.get_by_text("Kept on this device until there is a connection.").wait_for()
        assert page.evaluate("JSON.parse(localStorage.queue).map((one) => one[1])") == ["do=like", "do=unlike"]


def test_who_is_logged_out_finds_nothing_kept_and_loses_no_deed(browser, made, tmp_path):
    folder = shutil.copytree(made, tmp_path / "locked")
    access = Access(folder)
    password = access.new_password()
    with (
        served(lambda: Reading(opened=Reader.open(folder)), lambda: NOW, folder, needs_login=True) as address,
        browser.new_context() as context,
    ):
        page = context.new_page()

        def log_in(password):
            page.goto(address)
            page.get_by_label("Password").fill(password)
            page.get_by_role("button", name="Log in").click()
            page.get_by_role("heading", level=1, name="For you").wait_for()
            until(page, f"{KEPT}.then((number) => number > 4)")

        log_in(password)
        page.goto(f"{address}/you")
        page.get_by_role("button", name="Log out").click()
        page.get_by_label("Password").wait_for()
        until(page, f"{KEPT}.then((number) => number == 0)")

        log_in(password)
        password = access.new_password()
        page.evaluate("localStorage.queue = JSON.stringify([['/rules', 'value=rain&effect=mute']])")
        page.goto(address)
        page.get_by_label("Password").wait_for()
        until(page, f"{KEPT}.then((number) => number == 0)")
        until(page, "JSON.parse(localStorage.queue).length == 1")
        log_in(password)
        until(page, "localStorage.queue == '[]'")
        page.goto(f"{address}/rules")
        page.get_by_text("rain").first.wait_for()


def test_in_private_mode_the_browser_keeps_no_page(browser, made, tmp_path):
    folder = shutil.copytree(made, tmp_path / "private")

    def private():
        reader = Reader.open(folder)
        reader.private = True
        return Reading(opened=reader)

    with served(private, lambda: NOW, folder) as address, browser.new_context() as context:
        page = context.new_page()
        page.goto(address)
        page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
        page.reload()
        page.locator("article h2 a").first.click()
        page.wait_for_timeout(1_000)
        assert page.evaluate(KEPT) == 0
