"""The app as a visitor meets it: a real server, a real browser. Absolute times, so run it on an idle machine."""

from __future__ import annotations

import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.timing import Row, at_most

ROOT = Path(__file__).resolve().parents[1]
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PICTURE = ".js-plotly-plot .main-svg"


@contextmanager
def served() -> Iterator[tuple[str, int, float]]:
    """A started server: its address, process id and the moment of its start."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://localhost:{port}"
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        "app.py",
        "--server.port",
        str(port),
        "--server.headless",
        "true",
    ]
    with tempfile.TemporaryFile() as log:
        begun = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
        try:
            while True:
                try:
                    urllib.request.urlopen(f"{url}/_stcore/health", timeout=1).close()
                    break
                except OSError:
                    if time.perf_counter() - begun > 60:
                        raise
                    time.sleep(0.02)
            yield url, process.pid, begun
        finally:
            process.terminate()
            process.wait(20)


def memory(pid: int) -> float:
    """Resident megabytes of a process."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return float("nan")


def workers(pid: int) -> list[int]:
    """Process ids of a server's workers."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rsplit(")", 1)[1].split()
            command = (entry.parent / "cmdline").read_bytes()
        except OSError:
            continue
        if int(fields[1]) == pid and b"spawn_main" in command:
            found.append(int(entry.parent.name))
    return found


def until(page: Any, script: str, seconds: float = 30.0) -> float:
    """Seconds until a script is true in the page, looked at every frame."""
    begun = time.perf_counter()
    page.wait_for_function(script, timeout=seconds * 1000, polling="raf")
    return time.perf_counter() - begun


def rows() -> list[Row]:
    """All rows of this file; none without Chromium."""
    chromium = shutil.which("chromium")
    if chromium is None:
        return [Row("the app in a browser: install Chromium (apt-get install chromium)", "-", "", None)]
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return [*_cold(playwright, chromium), *_warm(playwright, chromium)]


def _cold(playwright: Any, chromium: str) -> list[Row]:
    """Start of the app and of the browser to the first picture, medians of three."""
    starts, opens = [], []
    for _ in range(3):
        with served() as (url, _, begun):
            browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            opened = time.perf_counter()
            page.goto(url)
            page.wait_for_selector(PICTURE)
            now = time.perf_counter()
            starts.append(now - begun)
            opens.append(now - opened)
            browser.close()
    return [
        at_most(
            "page opened on a started server to its picture, cold browser",
            statistics.median(opens),
            2.5,
            " s",
        ),
        at_most("start of the installed app to the picture", statistics.median(starts), 5.0, " s"),
    ]


def _warm(playwright: Any, chromium: str) -> list[Row]:
    """Page switches, Play and the slider on a warm server."""
    with served() as (url, pid, _):
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(url)
        page.wait_for_selector(PICTURE)
        time.sleep(25)  # the workers warm up
        played = _play(page, url)
        switched = _switch(page, url)
        server = memory(pid)
        slid = _slide(playwright, chromium, page, url)
        largest = max((memory(worker) for worker in workers(pid)), default=float("nan"))
        browser.close()
        return [
            at_most("page switch, warm server (median)", statistics.median(switched), 0.5, " s"),
            at_most("Play to the first moving frame, warm (median)", statistics.median(played), 0.5, " s"),
            at_most(
                "a slider on Sensitivity to its charts, two runs training (95 %)",
                sorted(slid)[int(0.95 * (len(slid) - 1))],
                0.5,
                " s",
            ),
            at_most("memory of the server process, one visitor, all pages seen", server, 300, " MB"),
            at_most("memory of the largest worker", largest, 600, " MB"),
        ]


def _play(page: Any, url: str) -> list[float]:
    """Seconds from Play, at full speed and before any training, to the first picture that moves."""
    taken = []
    for seed in range(21, 26):
        page.goto(f"{url}/?seed={seed}&epoch=0")
        page.wait_for_selector(PICTURE)
        page.click("button:has-text('fastest')")
        page.wait_for_timeout(1500)
        page.click(".st-key-play button")
        moving = (
            "() => /Epoch [1-9]/.test(document.querySelector('[data-testid=stProgress]')?.innerText ?? '')"
        )
        taken.append(until(page, moving))
        page.wait_for_timeout(3000)
    return taken


PANELS = {
    "Jacobian": "pairs",
    "Reconstructions": "grid",
    "Codes": "plain",
    "Sensitivity": "code",
    "Train": "penalty",
}
"""A panel that only this page has."""


def _switch(page: Any, url: str) -> list[float]:
    """Seconds from a click on a page's name to that page's title and picture, each page seen before."""
    page.goto(url)
    page.wait_for_selector(PICTURE)
    taken = []
    for turn in range(3):
        for name, panel in PANELS.items():
            page.click(f"[data-testid=stSidebarNav] a:has-text('{name}')")
            elapsed = until(
                page,
                f"() => document.querySelector('h1')?.innerText === '{name}' "
                f"&& document.querySelector('[data-panel={panel}] {PICTURE}')",
                60,
            )
            if turn:
                taken.append(elapsed)
            page.wait_for_timeout(1500)
    return taken


def _slide(playwright: Any, chromium: str, page: Any, url: str) -> list[float]:
    """Seconds from a slider's key to its chart drawn anew, while two visitors train."""
    browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
    for seed in (11, 12):  # their visitors leave; what they asked for is trained for a minute
        other = browser.new_page()
        other.goto(f"{url}/?seed={seed}&epochs=9000")
        other.wait_for_selector(".st-key-play button")
        other.wait_for_timeout(2000)
    browser.close()
    page.click("[data-testid=stSidebarNav] a:has-text('Sensitivity')")
    page.wait_for_selector(PICTURE)
    page.wait_for_timeout(3000)
    taken = []
    page.locator("[data-testid=stSlider]").last.locator("input, [role=slider]").first.focus()
    page.evaluate(
        "() => { window.drawn = 0; document.querySelector('[data-panel=code] .js-plotly-plot')"
        ".on('plotly_afterplot', () => { window.drawn += 1; }); }"
    )
    for _ in range(20):
        before = page.evaluate("window.drawn")
        page.keyboard.press("ArrowRight")
        taken.append(until(page, f"() => window.drawn > {before}", 10))
        page.wait_for_timeout(400)
    return taken
