"""Without a connection, where the browser allows a worker: on this machine, or by https."""

from __future__ import annotations

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
    page.goto(f"{site}/rules")
    page.get_by_role("heading", level=1, name="No connection").wait_for()
    assert page.evaluate("JSON.parse(localStorage.queue).length") >= 2

    somebody.context.set_offline(False)
    page.goto(site)
    until(page, "localStorage.queue == '[]'")
    page.goto(f"{site}/saved")
    assert listed[1] in titles(page)
    page.goto(f"{site}/deeds")
    assert page.get_by_text("Opened · just now").count() == 1
