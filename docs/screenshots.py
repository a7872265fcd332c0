"""Make the pictures of the lambda path in ``docs/lambda-path/``: ``make screenshots``. It needs Chromium.

Digits, spiral and MNIST; at the last epoch lambda 0 and three more up to collapse, and at one lambda the epochs 0 and
4; then the dark theme and the width of a phone. A path that is not shipped is trained first.
"""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path
from typing import Any

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.app import FLAGS, served  # noqa: E402
from benchmarks.path import READY  # noqa: E402
from cae_core.config import Config  # noqa: E402
from cae_core.path import PathSpec  # noqa: E402

FOLDER = Path(__file__).parent / "lambda-path"
SETS = {"digits": (8, 11, 15), "spiral": (6, 11, 15), "mnist": (8, 12, 15)}
"""Members shown beside lambda 0: a good one, one that gives up much, and the collapsed one."""

FEWER = {"mnist": "&samples=2000"}
"""Fewer training samples, so that the pictures take a minute and not three."""

DETAIL = '[data-panel="sample"] .main-svg'
"""What stands below the player and is trained for it."""

LAPTOP, PHONE = (1440, 900), (390, 844)
COLOURS = 256


def views(name: str) -> list[tuple[str, str, tuple[int, int], bool]]:
    """Name, link, window and darkness of every picture of a dataset."""
    spec = PathSpec.of(Config.for_dataset(name))
    lams = [spec.lams[i] for i in SETS[name]]
    last, fourth = spec.epochs[-1], 4
    found = [(f"lambda-{lam:g}", f"lam={lam:g}&epoch={last}", LAPTOP, False) for lam in (0.0, *lams)]
    found += [(f"epoch-{epoch}", f"lam={lams[0]:g}&epoch={epoch}", LAPTOP, False) for epoch in (0, fourth)]
    found += [("dark", f"lam={lams[0]:g}&epoch={last}", LAPTOP, True)]
    return [*found, ("phone", f"lam={lams[0]:g}&epoch={last}", PHONE, False)]


def save(page: Any, file: Path) -> None:
    """Write what the window shows, in few colours: a picture of 100 kB instead of 250."""
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)


def main(names: list[str]) -> int:
    """Make the pictures of the datasets named, or of all."""
    chromium = shutil.which("chromium")
    if chromium is None:
        print("Pictures need Chromium: apt-get install chromium.", file=sys.stderr)
        return 2
    from playwright.sync_api import sync_playwright

    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright, served() as (url, _, _):
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for name in names or SETS:
            for view, link, (width, height), dark in views(name):
                page = browser.new_page(
                    viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light"
                )
                page.goto(f"{url}/path?dataset={name}{FEWER.get(name, '')}&{link}")
                page.wait_for_function(READY, timeout=900_000)
                page.wait_for_selector(DETAIL, timeout=900_000)
                page.wait_for_timeout(1500)
                save(page, FOLDER / f"{name}-{view}.png")
                page.close()
                print(f"{name}-{view}.png", flush=True)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
