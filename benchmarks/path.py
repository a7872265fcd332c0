"""The lambda path as a hand meets it: a real server, a real browser, all panels visible. Run it on an idle machine.

A step is timed in the player itself, from the time stamp of the input event to the end of drawing in the next animation
frame (its event ``cl-drawn``).
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks.app import FLAGS, served, until
from benchmarks.timing import Row, at_most
from cae_core.alignment import aligned, movement
from cae_core.datasets import ready

STEPS = 200
"""Steps of a handle, and of the pointer over a map."""

SETS = {"swiss_roll": "", "mnist": "&samples=2000&epochs=4"}
"""Datasets with 1,000 display samples; fewer training samples of MNIST leave its pictures as large."""

LISTEN = """() => {
  window.drawn = {};
  document.addEventListener("cl-drawn", ({ detail }) => {
    (window.drawn[detail.what] ??= []).push(detail.ms);
    window.answered ??= performance.now();
  });
}"""

READY = (
    "() => { const root = document.querySelector('.cl-player'); "
    "return root && root.dataset.ready && root.dataset.ready === root.dataset.frames; }"
)
STARTED = "() => Number(document.querySelector('.cl-player')?.dataset.ready ?? 0) > 0"
EMPTY = "() => Number(document.querySelector('.cl-player')?.dataset.ready ?? 0) === 0"
MAPPED = "() => document.querySelector('.cl-player')?.dataset.umap === 'ready'"


def rows() -> Iterator[Row]:
    """All rows of this file, each once it is measured; none of the browser's without Chromium."""
    yield from _browser()
    yield from _movement()


# ---- maps aligned over lambda


def _movement() -> list[Row]:
    """How far points move between neighbours over lambda, aligned and apart, in units of their spread."""
    import torch

    from cae_core.analysis.models import codes
    from cae_core.analysis.projection import pca, umap_layout
    from cae_core.config import Config
    from cae_core.datasets import load
    from cae_core.path import PathSpec
    from cae_core.path_parts import unpack
    from cae_core.shipped import default_path
    from cae_core.training import make_frame, train

    torch.set_num_threads(1)
    spec = PathSpec.of(Config.for_dataset("digits"))
    dataset = load(spec.config)
    values = codes(make_frame(spec.config, dataset, train(spec.config, dataset, record=False)))
    flat = np.stack([pca(one)[0] for one in values])
    shipped = default_path(spec)
    assert shipped is not None
    maps = unpack(shipped[-1]).arrays["point"].astype(float)
    separate = np.stack([umap_layout(one) for one in values])
    rows = []
    for name, ours, theirs in (("PCA", aligned(flat, len(flat)), flat), ("UMAP", maps, separate)):
        what = f"movement of digits between neighbouring lambdas, {name}: aligned, against separate"
        rows.append(Row(what, f"{movement(ours):.2f}", f"{movement(theirs):.2f} separate", None))
    return rows


# ---- in the browser


def _browser() -> Iterator[Row]:
    chromium = shutil.which("chromium")
    if chromium is None:
        yield Row("the lambda path in a browser: install Chromium (apt-get install chromium)", "-", "", None)
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright, served() as (url, _, _):
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{url}/path")
        page.wait_for_function(READY, timeout=60_000)
        time.sleep(60)  # the workers warm up, UMAP's compiles
        yield from _opening(browser, url)
        yield from _fresh(page, url)
        for name, settings in SETS.items():
            if not ready(name):
                yield Row(f"{name}: name the folder that holds its files in CAE_DATA_DIR", "-", "", None)
                continue
            yield from _hand(page, f"{url}/path?dataset={name}{settings}", name)
        browser.close()


def _opening(browser: Any, url: str) -> list[Row]:
    """Seconds, by the page's own clock, to a player that answers a key, nothing in the cache; median of five."""
    taken = []
    for _ in range(5):
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        page.add_init_script(f"({LISTEN})()")
        page.goto(f"{url}/path", wait_until="commit")
        page.wait_for_function(READY, timeout=30_000, polling=100)
        page.locator(".cl-lambda [role=slider]").focus()
        page.keyboard.press("ArrowRight")
        until(page, "() => window.drawn.lambda")
        taken.append(page.evaluate("window.answered") / 1000)
        page.context.close()
    return [
        at_most(
            "page opened to the player answering a key (shipped path)", float(np.median(taken)), 2.0, " s"
        )
    ]


def _fresh(page: Any, url: str) -> list[Row]:
    """A path of digits that nobody has made: time, and bytes over the wire; then the same with UMAP."""
    received: list[int] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda data: received.append(len(data))))
    whole, first, mapped, sent = [], [], [], []
    for turn in range(3):
        page.goto(f"{url}/path")
        page.wait_for_function(READY, timeout=60_000)
        page.wait_for_timeout(3000)
        if turn:
            page.get_by_role("button", name="UMAP").click()
            page.wait_for_function(MAPPED, timeout=60_000)
        page.locator(".st-key-bar button").nth(1).click()
        field = page.get_by_label("Largest lambda", exact=True)
        field.fill(str(9 - turn))
        field.press("Tab")
        page.wait_for_timeout(1500)
        received.clear()
        begun = time.perf_counter()
        page.get_by_role("button", name="Make this path").click()
        page.wait_for_function(EMPTY, timeout=20_000, polling=100)
        page.wait_for_function(STARTED, timeout=20_000, polling=100)
        first.append(time.perf_counter() - begun)
        page.wait_for_function(READY, timeout=60_000, polling=100)
        whole.append(time.perf_counter() - begun)
        if turn:
            page.wait_for_function(MAPPED, timeout=90_000, polling=100)
            mapped.append(time.perf_counter() - begun)
        else:
            sent.append(sum(received))
    return [
        at_most(
            "fresh 16 x 16 path of digits, 60 epochs: click to its first frame",
            float(np.median(first)),
            1.0,
            " s",
        ),
        at_most("  click to complete (PCA)", float(np.median(whole)), 10.0, " s"),
        at_most("  click to complete with aligned UMAP of 16 members", float(np.median(mapped)), 30.0, " s"),
        at_most("  bytes that the browser received for it, 500 samples", sent[0] / 1e6, 3.0, " MB"),
    ]


def _until_quiet(page: Any, received: list[int]) -> None:
    """Wait until the server has had nothing to say for three seconds: what stands below the player is there."""
    before, still = -1, 0
    while still < 6:
        still = still + 1 if len(received) == before else 0
        before = len(received)
        page.wait_for_timeout(500)


def _hand(page: Any, address: str, name: str) -> list[Row]:
    """200 steps of each handle and of the pointer over a map, and what goes over the wire meanwhile."""
    received, sent = [], []

    def listen(socket: Any) -> None:
        socket.on("framereceived", lambda data: received.append(len(data)))
        socket.on("framesent", lambda data: sent.append(len(data)))

    page.on("websocket", listen)
    page.goto(address)
    page.wait_for_function(STARTED, timeout=120_000)
    page.wait_for_function(READY, timeout=600_000)
    _until_quiet(page, received)
    base = sum(received)
    page.evaluate(LISTEN)
    found: dict[str, list[float]] = {}
    quiet = 0
    for css in (".cl-lambda", ".cl-time"):
        box = page.locator(f"{css} .cl-track").bounding_box()
        y = box["y"] + box["height"] / 2
        xs = box["x"] + box["width"] * (0.5 + 0.49 * np.sin(np.linspace(0, 4 * np.pi, STEPS)))
        _until_quiet(page, received)  # the sample's detail below is trained for each new lambda
        page.mouse.move(xs[0], y)
        page.mouse.down()
        before = len(received) + len(sent)
        for x in xs:
            page.mouse.move(float(x), y)
        quiet += len(received) + len(sent) - before
        page.mouse.up()
        page.wait_for_timeout(1500)
    box = page.locator(".cl-map canvas").first.bounding_box()
    for angle in np.linspace(0, 12 * np.pi, STEPS):
        reach = 0.3 * angle / (12 * np.pi)
        page.mouse.move(
            box["x"] + box["width"] * (0.5 + reach * np.cos(angle)),
            box["y"] + box["height"] * (0.5 + reach * np.sin(angle)),
        )
    page.wait_for_timeout(300)
    found = page.evaluate("window.drawn")
    rows = []
    for what, label in (("lambda", "lambda handle to picture"), ("time", "time handle to picture")):
        ms = np.array(found[what])
        rows.append(
            at_most(
                f"{name}, 1,000 samples: {label}, median of {len(ms)} steps", float(np.median(ms)), 16, " ms"
            )
        )
        rows.append(at_most(f"  {label}, 95 %", float(np.quantile(ms, 0.95)), 33, " ms"))
    ms = np.array(found["hover"])
    rows.append(
        at_most(f"  hover to linked highlight, 95 % of {len(ms)}", float(np.quantile(ms, 0.95)), 33, " ms")
    )
    rows.append(Row("  messages on the wire while handles move", str(quiet), "0", quiet == 0))
    rows.append(
        Row("  bytes that the browser received for the page in all", f"{base / 1e6:.2f} MB", "", None)
    )
    return rows
