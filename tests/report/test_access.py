"""Whoever reads the page: by keyboard, by ear, in the dark, on paper, on a small screen."""

import pytest
from axe_playwright_python.sync_playwright import Axe

SERIOUS = {"serious", "critical"}


def violations(page):
    """What axe finds serious."""
    found = Axe().run(page.tab).response["violations"]
    return [(one["id"], one["impact"], [node["html"][:200] for node in one["nodes"][:3]]) for one in found if one["impact"] in SERIOUS]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 380])
def test_nothing_serious_stands_in_the_way(opened, varied, scheme, width):
    # The checker is put into the page, which the policy of the page forbids to everybody.
    page = opened(varied, "#findings?severity=critical", color_scheme=scheme, viewport={"width": width, "height": 900}, bypass_csp=True)
    page.tab.locator("#findings .toggle").first.click()
    page.tab.locator("#findings tr.more:not([hidden]) pre code", has_text="{").first.wait_for()
    for summary in page.tab.locator("summary").all():
        summary.click()
    assert violations(page) == []


def test_the_keyboard_reaches_the_findings_and_opens_one(opened, demo):
    page = opened(demo)
    page.tab.keyboard.press("Tab")
    assert page.tab.evaluate("document.activeElement.className") == "skip"
    page.follow(lambda: page.tab.keyboard.press("Enter"))
    assert page.tab.evaluate("location.hash") == "#findings"
    assert page.tab.evaluate("document.activeElement.id") == "findings-title"
    for _ in range(80):
        page.tab.keyboard.press("Tab")
        if page.tab.evaluate("document.activeElement.className") == "toggle":
            break
    page.tab.keyboard.press("Enter")
    assert page.tab.evaluate("document.activeElement.getAttribute('aria-expanded')") == "true"
    assert page.tab.locator("#findings tr.more:not([hidden])").count() == 1


def test_the_focus_stays_where_it_was_when_a_table_is_sorted_or_turned(opened, demo):
    page = opened(demo, "#findings")
    page.tab.focus("#findings [data-sorts=resource]")
    page.tab.keyboard.press("Enter")
    assert page.tab.evaluate("document.activeElement.dataset.sorts") == "resource"
    page.tab.focus("#findings .pager [data-to=next]")
    page.tab.keyboard.press("Enter")
    assert page.tab.evaluate("document.activeElement.dataset.to") == "next"


def test_what_was_found_is_told_to_a_screen_reader(opened, demo):
    page = opened(demo, "#findings?severity=critical")
    assert page.tab.get_by_role("status").filter(has_text=" of ").count() == 1
    assert page.tab.get_by_role("table", name="Failing findings").count() == 1
    assert page.tab.get_by_role("search", name="Failing findings").get_by_label("Severity").count() == 1


def background(page):
    """The brightness of the page, from 0 to 255."""
    return page.tab.evaluate("Number(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0])")


def test_the_page_is_dark_where_the_system_is_and_where_it_is_asked_for(opened, demo):
    page = opened(demo, color_scheme="dark")
    assert background(page) < 60
    page.tab.click("#theme")
    assert page.tab.locator("#theme").inner_text() == "Theme: light" and background(page) > 200
    page.tab.click("#theme")
    assert page.tab.locator("#theme").inner_text() == "Theme: dark" and background(page) < 60


def test_paper_shows_no_controls_and_unfolds_what_is_folded(opened, varied):
    page = opened(varied, color_scheme="dark")
    page.tab.emulate_media(media="print")
    assert background(page) > 200
    assert not page.tab.locator("#findings form").is_visible() and not page.tab.locator("#theme").is_visible()
    page.tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.tab.locator("#trend table").is_visible()
    page.tab.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.tab.locator("details[open]").count() == 0


def test_a_narrow_screen_scrolls_tables_and_not_the_page(opened, varied):
    page = opened(varied, viewport={"width": 380, "height": 800})
    assert page.tab.evaluate("document.documentElement.scrollWidth") <= 380
