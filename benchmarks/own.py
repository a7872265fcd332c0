"""A visitor's own table, from the choice of the file to two trained models: 5,000 rows x 60 columns, in a browser.

The clicks are those of a mouse: each goes through `_Hand`, which counts them; choosing the file in the system's dialog
is one, too. Absolute times, so run it on an idle machine.
"""

from __future__ import annotations

import shutil
import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.app import FLAGS, PICTURE, served, until
from benchmarks.timing import Row, at_most
from tests.cae_core.own.hostile import realistic_csv

SECONDS = 15.0
CLICKS = 5

TRAINED = (
    "() => /^Epoch (\\d+) of \\1$/m.test(document.querySelector('[data-testid=stProgress]')?.innerText ?? '') "
    f"&& document.querySelector('{PICTURE}') && document.querySelector('h1')?.innerText === 'Train'"
)
"""Whether the Train page shows the last epoch of a run."""


class _Hand:
    """A mouse that counts its clicks."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.clicks = 0

    def click(self, locator: Any) -> None:
        locator.click()
        self.clicks += 1

    def choose(self, locator: Any, file: Path) -> None:
        """Open the system's dialog and choose a file in it."""
        with self.page.expect_file_chooser() as chooser:
            self.click(locator)
        self.clicks += 1
        chooser.value.set_files(file)


def rows() -> list[Row]:
    """All rows of this file; none without Chromium."""
    chromium = shutil.which("chromium")
    if chromium is None:
        return [Row("own data in a browser: install Chromium (apt-get install chromium)", "-", "", None)]
    from playwright.sync_api import sync_playwright

    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder) / "table.csv"
        file.write_bytes(realistic_csv(5000, 60))
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        cold, warm = [], []
        for _ in range(3):
            with served() as (url, _, _):
                seconds, understood, clicks = _visit(browser, url, file)
                cold.append((seconds, understood))
        with served() as (url, _, _):
            _visit(browser, url, file)
            warm = [_visit(browser, url, file)[:2] for _ in range(5)]
        browser.close()
    return [
        at_most("own table, 5,000 x 60: clicks from the first page to the trained pair", clicks, CLICKS),
        *_lines("a server just started", cold),
        *_lines("a warm server", warm),
    ]


def _lines(where: str, taken: list[tuple[float, float]]) -> list[Row]:
    trained, understood = (statistics.median(column) for column in zip(*taken, strict=True))
    return [
        Row(
            f"own table, {where}: file chosen to its preview (median of {len(taken)})",
            f"{understood:.2f} s",
            "",
            None,
        ),
        at_most(f"own table, {where}: file chosen to the trained pair (median)", trained, SECONDS, " s"),
    ]


def _visit(browser: Any, url: str, file: Path) -> tuple[float, float, int]:
    """Seconds from the choice of a file to the trained pair, and to what was understood; and the clicks."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    hand = _Hand(page)
    page.goto(url)
    hand.click(page.locator("[data-testid=stSidebarNav] a", has_text="Your data"))
    hand.choose(page.locator("[data-testid=stFileUploaderDropzone] button"), file)
    begun = time.perf_counter()
    use = page.get_by_role("button", name="Train on these data", disabled=False)
    use.wait_for()
    understood = time.perf_counter() - begun
    hand.click(use)
    until(page, TRAINED, 60)
    taken = time.perf_counter() - begun
    page.close()
    return taken, understood, hand.clicks
