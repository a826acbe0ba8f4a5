"""Other sites in the same browser: a form of theirs, and a name of theirs that leads to this device."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.edge_runtime.web.browser.chromium import started


@pytest.fixture
def elsewhere(site: str) -> Iterator[str]:
    """The port of a site that sends its visitors' deeds to us."""
    page = f"""<form method=post action="{site}/rules"><input name=value value=evil><input name=effect value=mute>
    <button>Win</button></form><a href="{site}/">News</a>"""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield str(server.server_port)
    server.shutdown()
    server.server_close()


def test_a_form_and_a_name_of_another_site_do_nothing(browser, play, site, elsewhere):
    port = site.rpartition(":")[2]
    with started(play, "--host-resolver-rules=MAP evil.test 127.0.0.1") as running:
        page = running.new_page()
        page.goto(f"http://evil.test:{elsewhere}/")
        with page.expect_response(f"{site}/rules") as refused:
            page.get_by_role("button", name="Win").click()
        assert refused.value.status == 403
        # The name of a visited site is made to lead here after the visit: to the browser it is that site's own page.
        answer = page.goto(f"http://evil.test:{port}/")
        assert answer.status == 421 and "story" not in page.content()
        page.goto(f"{site}/rules")
        assert page.get_by_text("evil").count() == 0
        # A link from elsewhere shows a page, and that is all.
        page.goto(f"http://evil.test:{elsewhere}/")
        page.get_by_role("link", name="News").click()
        page.get_by_role("heading", level=1, name="For you").wait_for()
