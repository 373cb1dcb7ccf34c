"""The browser: Chromium of the system, and what a test sees of a page in it."""

import os
import shutil
import time

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def executable():
    """The browser that SAGESWEEP_CHROMIUM names or the system has; None is the one that Playwright installed."""
    return os.environ.get("SAGESWEEP_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def launch(playwright):
    """A browser without a window."""
    # Chromium's own sandbox needs what a container and root do not have; it opens only files of these tests.
    return playwright.chromium.launch(executable_path=executable(), args=["--no-sandbox"])


class Opened:
    """A page that was opened, with whatever it said or asked for."""

    def __init__(self, context, file, at=""):
        self.tab = context.new_page()
        self.said, self.asked, self.dialogs = [], [], []
        self.tab.on("console", lambda message: self.said.append(message.text))
        self.tab.on("pageerror", lambda error: self.said.append(str(error)))
        self.tab.on("request", lambda request: self.asked.append(request.url))
        self.tab.on("dialog", lambda dialog: (self.dialogs.append(dialog.message), dialog.dismiss()))
        self.file = file
        self.go(at)

    def go(self, at):
        """Opens the page anew at a part of it."""
        self.tab.goto("about:blank")
        self.tab.goto(f"{self.file.as_uri()}{at}")
        self.tab.wait_for_selector("html[data-state]", state="attached", timeout=60_000)
        trouble = self.tab.locator("#trouble").text_content()
        assert self.tab.evaluate("document.documentElement.dataset.state") == "ready", trouble

    def follow(self, lead):
        """Does what leads elsewhere on the page, and waits until that is shown: links are followed once the click is over."""
        self.tab.evaluate(
            """() => {
                globalThis.followed = new Promise((resolve) => {
                    addEventListener("hashchange", () => resolve(true), { once: true });
                    setTimeout(() => resolve(false), 30_000);
                });
            }"""
        )
        lead()
        assert self.tab.evaluate("() => globalThis.followed"), "it leads nowhere"

    def until(self, expression):
        """Waits until something holds. The policy of the page forbids Playwright's own way, which evaluates a text."""
        end = time.monotonic() + 30
        while not self.tab.evaluate(expression):
            assert time.monotonic() < end, f"{expression} does not come true"
            time.sleep(0.05)

    def count(self, grid):
        """How many rows a table has found, of how many."""
        words = self.tab.locator(f"{grid} [role=status]").text_content().replace(",", "").split()
        return (int(words[0]), int(words[2])) if words[1] == "of" else (int(words[0]), int(words[0]))

    def column(self, grid, number):
        """The texts of a column of a table, as far as they are on the page that is shown."""
        rows = self.tab.locator(f"{grid} tbody > tr:not(.more)")
        return [text.strip() for text in rows.locator(f"> :nth-child({number})").all_text_contents()]
