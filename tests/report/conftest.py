"""Pages of several lakes, and a browser to open them in."""

import os
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

import lakes
from browser import Opened, launch
from nights import Nights
from varied import vary


def given(variable, what):
    """The directory that a variable names."""
    place = os.environ.get(variable)
    if not place:
        pytest.fail(f"{variable} is not set: run `make report`, or set it to a directory of {what}")
    return Path(place).resolve()


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Where lakes and pages are."""
    return tmp_path_factory.mktemp("report")


@pytest.fixture(scope="session")
def demo_lake(program, folder):
    """One night with resources of every type."""
    (folder / "demo").mkdir()
    return lakes.demo(program, folder / "demo", "--accounts", 8, "--regions", 2, "--jobs", 600, "--seed", 7)


@pytest.fixture(scope="session")
def demo(program, folder, demo_lake):
    """Its page."""
    return lakes.page(program, demo_lake, folder / "demo.html")


@pytest.fixture(scope="session")
def nights():
    """Many nights, as the program wrote them."""
    return given("SAGESWEEP_NIGHTS", "tables")


@pytest.fixture(scope="session")
def varied_lake(nights, folder):
    """The same with exceptions, tags, keys, and findings past their time."""
    lake = folder / "varied"
    lake.mkdir()
    vary(Nights(nights), lake)
    shutil.copytree(nights / "v1" / "_manifests", lake / "v1" / "_manifests")
    return lake


@pytest.fixture(scope="session")
def varied(program, folder, varied_lake):
    """Its page."""
    return lakes.page(program, varied_lake, folder / "varied.html")


@pytest.fixture(scope="session")
def hostile():
    """The page of names of people who mean harm, which a test in Rust leaves."""
    return given("SAGESWEEP_PAGES", "pages") / "hostile.html"


@pytest.fixture(scope="session")
def chromium():
    """The browser."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium):
    """Opens a page, and holds it afterwards to what each page has to keep: it says nothing and asks for nothing."""
    pages = []

    def open_page(file, at="", **settings):
        settings = {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light", **settings}
        context = chromium.new_context(**settings)
        pages.append((context, Opened(context, file, at)))
        return pages[-1][1]

    yield open_page
    for context, page in pages:
        context.close()
        assert page.said == [], "a page that is as it should be says nothing"
        assert page.dialogs == []
        assert {url.split("#")[0] for url in page.asked} <= {page.file.as_uri(), "about:blank", "data:,"}
