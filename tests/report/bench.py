"""How long a page with 200,000 failing findings takes to be made and to open: `make bench-report`."""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

import lakes
from browser import Opened, launch

TIMES = 5


def main():
    """Prints a line for each figure."""
    program = Path(os.environ["SAGESWEEP_BIN"]).resolve()
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "demo").mkdir()
        demo = lakes.demo(program, folder / "demo", "--accounts", 40, "--regions", 6, "--jobs", 20_000)
        lake = lakes.grown(demo, folder / "many", most)
        began = time.monotonic()
        file = lakes.page(program, lake, folder / "many.html")
        print(f"made in          {time.monotonic() - began:.1f} s")
        print(f"size             {file.stat().st_size / 1e6:.1f} MB")
        with sync_playwright() as playwright:
            browser = launch(playwright)
            shown, ready = [], []
            for _ in range(TIMES):
                context = browser.new_context()
                page = Opened(context, file)
                ready.append(page.tab.evaluate("performance.getEntriesByName('ready')[0].startTime"))
                shown.append(page.tab.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN"))
                context.close()
            for label, times in (("first shown", shown), ("all there", ready)):
                print(f"{label:<16} {statistics.median(times):.0f} ms (of {TIMES}: {min(times):.0f} to {max(times):.0f})")
            browser.close()


main()
