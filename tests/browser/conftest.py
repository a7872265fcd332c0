"""A real server and a real browser. Without Chromium these tests are skipped, except where ``CI=true``."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = Path(__file__).parent / "apps"
STACKS = Path(__file__).parent / "stacks"
OUT = ROOT / "out"
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

AXE_ALLOWED = frozenset(
    {
        ("list", 'data-testid="stSidebarNavItems"'),  # the navigation's sections stand inside its list
        ("listitem", '<li class="st-emotion-cache-'),
        ("presentation-role-conflict", 'data-testid="stFileUploaderDropzone"'),
    }
)
"""Findings of the framework itself: (rule, part of the node's HTML). Nothing of ours belongs here."""


class Server:
    """A Streamlit server in a process of its own.

    Attributes:
        url: its address, without a slash at the end.
        log: the file with its output.
        process: the process.
    """

    def __init__(self, script: Path, log: Path, *options: str, env: dict[str, str] | None = None) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.log = log
        self.url = f"http://localhost:{port}"
        command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
        command += ["--server.headless", "true", *options]
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={
                    **os.environ,
                    "PYTHONPATH": f"{ROOT}{os.pathsep}{STACKS}",
                    "CAE_WARM": "0",
                    **(env or {}),
                },
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def wait(self, path: str = "/_stcore/health", seconds: float = 60.0) -> None:
        """Wait until it answers."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(self.url + path, timeout=2) as answer:
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        self.stop()
        pytest.fail(f"The server did not start:\n{self.log.read_text(errors='replace')[-3000:]}")

    def last_words(self) -> str:
        """The end of its output, after what each of its threads does now."""
        if self.process.poll() is None and hasattr(signal, "SIGUSR1"):
            self.process.send_signal(signal.SIGUSR1)
            time.sleep(0.5)
        return self.log.read_text(errors="replace")[-12_000:]

    def stop(self) -> None:
        """End it, gently first."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)


@pytest.fixture(scope="session")
def fresh_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """Starts a server that nobody has visited: ``fresh_server(script, *options, env=..., health=...)``."""
    started: list[Server] = []

    def start(
        script: Path = ROOT / "app.py",
        *options: str,
        env: dict[str, str] | None = None,
        health: str = "/_stcore/health",
    ) -> Server:
        server = Server(script, tmp_path_factory.mktemp("server") / "log.txt", *options, env=env)
        started.append(server)
        server.wait(health)
        return server

    yield start
    for server in started:
        server.stop()


@pytest.fixture(scope="session")
def server(fresh_server: Callable[..., Server]) -> Server:
    """The app, one server for the whole session."""
    return fresh_server()


def _missing(what: str) -> None:
    message = f"Browser tests need {what}."
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Headless Chromium."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        _missing("Playwright: pip install -r requirements-dev.txt")
    chromium = shutil.which("chromium")
    if chromium is None:
        _missing("Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield running
        running.close()


def _note_socket(page: Any, socket: Any) -> None:
    page.events.append((time.strftime("%T"), "connected"))
    socket.on("close", lambda _: page.events.append((time.strftime("%T"), "disconnected")))


def _note_trouble(page: Any, text: str) -> None:
    if text not in page.trouble:  # what is said a hundred times would hide what was said first
        page.trouble.append(text)


def _is_trouble(message: Any) -> bool:
    # On a deep link Streamlit looks for its server below the page's own address first, and logs that it is not there.
    return message.type == "error" and not ("404" in message.text and "/_stcore/" in message.location["url"])


@pytest.fixture(scope="session")
def new_page(browser: Any) -> Callable[..., Any]:
    """Opens a page in a context of its own, which the caller closes: ``page.context.close()``."""

    def start(
        url: str = "", *, width: int = 1440, height: int = 900, dark: bool = False, **options: Any
    ) -> Any:
        page = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light", **options
        ).new_page()
        page.set_default_timeout(120_000)
        page.trouble = []
        page.on(
            "console", lambda m: _note_trouble(page, f"{m.text} {m.location}") if _is_trouble(m) else None
        )
        page.on("pageerror", lambda e: _note_trouble(page, str(e)))
        page.events = []
        page.on("websocket", lambda socket: _note_socket(page, socket))
        page.on("domcontentloaded", lambda _: page.events.append((time.strftime("%T"), "loaded")))
        if url:
            page.goto(url)
        return page

    return start


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Says in the report of a failure what the open pages showed, what their server does and what it printed."""
    report = yield
    used = getattr(item, "funcargs", {})
    if report.when == "call" and report.failed and "browser" in used:
        for page in (page for context in used["browser"].contexts for page in context.pages):
            try:
                shown = " | ".join(page.inner_text("[data-testid=stMain]", timeout=2000).split("\n\n"))[:1500]
            except Exception as error:  # noqa: BLE001 - a page that is gone must not hide the failure itself
                shown = repr(error)
            told = f"console: {getattr(page, 'trouble', [])}\nevents: {getattr(page, 'events', [])}"
            report.sections.append((f"page {page.url}", f"{shown}\n{told}\nnow: {time.strftime('%T')}"))
        if "server" in used:
            report.sections.append(("server", used["server"].last_words()))
    return report


@pytest.fixture
def open_page(new_page: Callable[..., Any]) -> Iterator[Callable[..., Any]]:
    """Opens pages for one test: ``open_page(url, width=..., height=..., dark=...)``."""
    opened: list[Any] = []

    def start(url: str = "", **options: Any) -> Any:
        opened.append(new_page(url, **options))
        return opened[-1]

    yield start
    for page in opened:
        page.context.close()


@pytest.fixture
def page(open_page: Callable[..., Any]) -> Any:
    """An empty page, 1440 by 900, light."""
    return open_page()


@pytest.fixture
def assert_clean() -> Callable[[Any], None]:
    """Checks a page: no exception on it, no error in the console, nothing that axe finds."""

    def check(page: Any) -> None:
        from axe_playwright_python.sync_playwright import Axe

        assert page.locator('[data-testid="stException"]').count() == 0
        assert page.trouble == []
        found = [
            f"{violation['id']}: {node['html'][:300]}"
            for violation in Axe().run(page).response["violations"]
            for node in violation["nodes"]
            if not any(violation["id"] == rule and part in node["html"] for rule, part in AXE_ALLOWED)
        ]
        assert found == [], "\n".join(found)

    return check


@pytest.fixture
def shot() -> Callable[[Any, str], None]:
    """Writes a screenshot into ``out/``, for people to look at."""

    def save(page: Any, name: str) -> None:
        OUT.mkdir(exist_ok=True)
        page.screenshot(path=OUT / f"{name}.png", full_page=True)

    return save
