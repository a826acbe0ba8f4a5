"""Every page in languages, themes, widths and sizes of text: nothing sticks out, and axe finds nothing."""

from __future__ import annotations

from importlib.util import find_spec
from itertools import product
from pathlib import Path

import pytest

from tests.edge_runtime.web.browser.pictures import PAGES, places
from tests.edge_runtime.web.browser.waiting import until

THEMES, LANGUAGES = ("light", "dark", "eink"), ("en", "zh")
SHAPES = ((320, 80), (320, 100), (320, 200), (800, 100), (800, 200), (1280, 100))  # width and size of text
MEASURE = """() => {
  const found = [];
  if (document.scrollingElement.scrollWidth > innerWidth) found.push("scrolls sideways");
  const tapped = "button, nav a, .big, .choices a, select, label, h2 > a, .ways a, .links a, main > p > a";
  for (const one of document.querySelectorAll(tapped)) {
    const { width, height } = one.getBoundingClientRect();
    const isLabel = one.matches("label") && !one.querySelector("input");
    if (!isLabel && width && (height < 43.5 || width < 43.5))
      found.push(`${one.outerHTML.slice(0, 80)} is ${Math.round(width)} x ${Math.round(height)}`);
  }
  return found;
}"""


def axe() -> str:
    found = find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        pytest.skip("pip install axe-playwright-python, which brings axe")
    return (Path(found.origin).parent / "axe.min.js").read_text(encoding="utf-8")


def look_through(guest, looks) -> None:
    """Measure pages, and let axe look at them."""
    script, found = axe(), []
    for names, theme, language, width, size in looks:
        somebody = guest(f"{theme}.{size}.{language}.off", width)
        page = somebody.page()
        at = places(page, somebody.site)
        for name in names:
            page.goto(at[name])
            where = f"{name} {theme} {language} {width} {size}%"
            found += [f"{where}: {said}" for said in page.evaluate(MEASURE)]
            page.evaluate(script)
            rules = page.evaluate("async () => (await axe.run()).violations")
            found += [f"{where}: {rule['id']} {[n['html'][:90] for n in rule['nodes'][:2]]}" for rule in rules]
        somebody.context.close()
    assert found == []


def test_every_page_fits_and_axe_finds_nothing(browser, guest):
    names = list(PAGES)
    look_through(
        guest,
        [
            (names, "light", "en", 320, 100),
            (names[::3], "dark", "zh", 1280, 100),
            (names[1::3], "dark", "en", 800, 130),
            (names[:6], "eink", "zh", 320, 200),
        ],
    )


@pytest.mark.parametrize(("theme", "language"), list(product(THEMES, LANGUAGES)))
def test_every_page_in_every_way(browser, guest, long, theme, language):
    look_through(guest, [(list(PAGES), theme, language, *shape) for shape in SHAPES])


def test_the_first_page_takes_three_requests_and_is_drawn_soon(browser, guest):
    somebody = guest(service_workers="block")
    asked = []
    somebody.context.on("request", lambda request: asked.append(request.url))
    page = somebody.page()
    page.wait_for_load_state("load")
    assert len(asked) == 3, asked
    painted = "performance.getEntriesByName('first-contentful-paint')"
    until(page, f"{painted}.length == 1")
    assert page.evaluate(f"{painted}[0].startTime") < 1500  # 300 and less where nothing else runs


def test_a_page_follows_the_system_until_a_theme_is_chosen(browser, guest):
    ground = "getComputedStyle(document.body).backgroundColor"
    by_system = {
        theme: guest("system.100.en.off", color_scheme=theme).page().evaluate(ground) for theme in ("light", "dark")
    }
    assert by_system["light"] != by_system["dark"]
    assert guest("light.100.en.off", color_scheme="dark").page().evaluate(ground) == by_system["light"]
