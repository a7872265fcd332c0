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
        server = memory(pid)
        time.sleep(25)  # the workers warm up
        played = _play(page)
        switched = _switch(page)
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
            at_most("memory of the server process, one visitor", server, 300, " MB"),
            at_most("memory of the largest worker", largest, 600, " MB"),
        ]


def _play(page: Any) -> list[float]:
    """Seconds from Play to an epoch after the start."""
    taken = []
    for _ in range(3):
        page.click(".st-key-new-seed button")
        page.wait_for_timeout(200)
        until(
            page,
            "() => /Epoch 60 of 60$/.test(document.querySelector('[data-testid=stProgress]')?.innerText ?? '')",
        )
        page.wait_for_timeout(1500)
        page.click(".st-key-play button")
        taken.append(
            until(
                page,
                "() => /Epoch 0 of 60 · about/.test(document.querySelector('[data-testid=stProgress]').innerText)",
            )
        )
        until(page, "() => /Epoch [1-9]/.test(document.querySelector('[data-testid=stProgress]').innerText)")
        page.click(".st-key-play button")
        page.wait_for_timeout(700)
        page.evaluate("window.scrollTo(0, 0)")
    return taken


def _switch(page: Any) -> list[float]:
    """Seconds from a click on a page's name to its title and pictures, each page seen before."""
    names = ("Jacobian", "Reconstructions", "Codes", "Train")
    taken = []
    for turn in range(3):
        for name in names:
            page.click(f"[data-testid=stSidebarNav] a:has-text('{name}')")
            elapsed = until(
                page,
                f"() => document.querySelector('h1')?.innerText === '{name}' && document.querySelector('{PICTURE}')",
            )
            if turn:
                taken.append(elapsed)
            page.wait_for_timeout(1500)
    return taken


def _slide(playwright: Any, chromium: str, page: Any, url: str) -> list[float]:
    """Seconds from a slider's key to the sentence that names its value, while two visitors train."""
    others = []
    browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
    for seed in (11, 12):
        other = browser.new_page()
        other.goto(f"{url}/?seed={seed}&epochs=4000&epoch=0")
        other.wait_for_selector(".st-key-play button")
        other.click(".st-key-play button")
        others.append(other)
    page.click("[data-testid=stSidebarNav] a:has-text('Sensitivity')")
    page.wait_for_selector(PICTURE)
    page.wait_for_timeout(3000)
    taken = []
    slider = page.locator(".st-key-strength [role=slider], .st-key-strength input[type=range]").first
    slider.focus()
    for _ in range(20):
        before = page.evaluate("document.querySelector('.cl-words')?.innerText ?? ''")
        page.keyboard.press("ArrowRight")
        taken.append(
            until(page, f"() => (document.querySelector('.cl-words')?.innerText ?? '') !== {before!r}", 10)
        )
        page.wait_for_timeout(150)
    browser.close()
    return taken
