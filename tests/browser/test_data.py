"""Own data from file to trained models: each kind of file, five hostile ones, and nothing for another visit."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from tests.browser.conftest import Server
from tests.browser.pad_page import READY, changes, drag, press
from tests.cae_core.own.hostile import realistic_csv

USE = "Train on these data"


def _table() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    table = pd.DataFrame(rng.normal(size=(80, 4)), columns=["a", "b", "c", "d"])
    table["kind"] = np.where(table["a"] > 0, "up", "down")
    table.loc[::9, "b"] = np.nan
    return table


def _saved(save: Callable[[Any], object]) -> bytes:
    held = io.BytesIO()
    save(held)
    return held.getvalue()


def _png(seed: int) -> bytes:
    shades = np.random.default_rng(seed).integers(0, 255, (20, 20), dtype=np.uint8)
    return _saved(lambda file: Image.fromarray(shades).save(file, "PNG"))


def _zip() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for i in range(40):
            archive.writestr(f"{'cats' if i % 2 else 'dogs'}/{i}.png", _png(i))
    return held.getvalue()


KINDS: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "CSV": ("mine.csv", lambda: _table().to_csv(index=False).encode(), "80 rows"),
    "Parquet": ("mine.parquet", lambda: _saved(_table().to_parquet), "80 rows"),
    "NPY": (
        "mine.npy",
        lambda: _saved(lambda file: np.save(file, np.random.default_rng(1).normal(size=(60, 6)))),
        "60",
    ),
    "NPZ": (
        "mine.npz",
        lambda: _saved(
            lambda file: np.savez(
                file,
                x=np.random.default_rng(1).integers(0, 255, (60, 8, 8), dtype=np.uint8),
                y=np.arange(60) % 3,
            )
        ),
        "8 × 8 pixels",
    ),
    "ZIP": ("mine.zip", _zip, "20 × 20 pixels"),
}

HOSTILE: dict[str, tuple[str, bytes]] = {
    "empty": ("empty.csv", b""),
    "cut off": ("cut.npy", _saved(lambda file: np.save(file, np.zeros((90, 9))))[:400]),
    "pickled": ("pickled.npy", _saved(lambda file: np.save(file, np.array([{}, []], dtype=object)))),
    "one row": ("one.csv", b"a,b\n1,2\n"),
    "many columns": ("wide.csv", ",".join(f"c{i}" for i in range(100_000)).encode() + b"\n"),
}


@pytest.fixture
def data_page(page: Any, server: Server) -> Any:
    """The page "Your data" in a visit of its own."""
    page.goto(f"{server.url}/data")
    page.wait_for_selector("[data-testid=stFileUploader]")
    return page


def bring(page: Any, *files: tuple[str, bytes]) -> None:
    """Choose files in the uploader."""
    payload = [
        {"name": name, "mimeType": "application/octet-stream", "buffer": content} for name, content in files
    ]
    page.set_input_files("input[type=file]", payload)


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_of_each_kind_is_understood(data_page: Any, kind: str) -> None:
    name, make, says = KINDS[kind]
    bring(data_page, (name, make()))
    data_page.get_by_text(re.compile(rf"^{re.escape(name)}: .*{says}")).first.wait_for()
    data_page.get_by_role("button", name=USE).wait_for()
    assert data_page.trouble == []


def test_images_are_shown_as_they_will_be_and_can_be_drawn_on(
    open_page: Callable[..., Any], server: Server, assert_clean: Callable[[Any], None]
) -> None:
    page = open_page(f"{server.url}/data")
    page.wait_for_selector("[data-testid=stFileUploader]")
    bring(page, ("mine.zip", _zip()))
    sheet = page.locator("[data-testid=stImage] img")
    sheet.wait_for()
    page.wait_for_function("() => document.querySelector('[data-testid=stImage] img').naturalWidth > 0")
    # 24 of the 40 images in two rows of twelve, three pixels for one of theirs, six between two.
    assert sheet.evaluate("one => [one.naturalWidth, one.naturalHeight]") == [12 * 66 - 6, 2 * 66 - 6]
    assert_clean(page)
    page.get_by_role("slider", name="Longest side, pixels").focus()
    page.keyboard.press("Home")
    page.get_by_text("scaled to 8×8 pixels").wait_for()
    page.get_by_role("button", name=USE).click()
    page.wait_for_url(re.compile("dataset=own-"))
    page.get_by_role("link", name="Draw").click()
    page.wait_for_function(READY)
    assert "8×8 pixels" in page.inner_text(".cl-pad-drawing")
    changes(page, lambda: press(page, "Clear"))
    changes(page, lambda: drag(page, (0.2, 0.3), (0.8, 0.6)))
    assert page.trouble == []


def test_of_several_tables_the_last_counts_and_the_page_says_so(data_page: Any) -> None:
    table = _table().to_csv(index=False).encode()
    bring(data_page, ("one.csv", table), ("two.csv", table))
    data_page.get_by_text(re.compile(r"^two\.csv: .*80 rows")).first.wait_for()
    data_page.get_by_text("One dataset at a time: of these files, two.csv counted").wait_for()


def test_a_good_file_after_a_bad_one_is_read(data_page: Any) -> None:
    bring(data_page, ("short.csv", b"a,b\n1,2\n"))
    data_page.get_by_text(re.compile("at least 20")).first.wait_for()
    bring(data_page, ("mine.csv", _table().to_csv(index=False).encode()))
    data_page.get_by_text(re.compile(r"^mine\.csv: .*80 rows")).first.wait_for()
    data_page.get_by_role("button", name=USE).wait_for()
    assert data_page.trouble == []


def test_several_images_are_one_dataset(data_page: Any) -> None:
    bring(data_page, *((f"{i}.png", _png(i)) for i in range(24)))
    data_page.get_by_text(re.compile(r"^24 images: .*20 × 20 pixels")).first.wait_for()


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_gets_one_sentence_and_the_run_stays(data_page: Any, kind: str) -> None:
    before = data_page.locator(".st-key-head").inner_text()
    bring(data_page, HOSTILE[kind])
    alert = data_page.get_by_test_id("stAlertContentError")
    alert.wait_for()
    assert re.search(r".+\. Got .+\. .+\.", alert.inner_text(), re.DOTALL)
    assert data_page.locator(".st-key-head").inner_text() == before


def test_from_a_file_to_two_trained_models_in_five_clicks_and_back(
    open_page: Callable[..., Any], server: Server, assert_clean: Callable[[Any], None]
) -> None:
    page = open_page(f"{server.url}/data")
    page.wait_for_selector("[data-testid=stFileUploader]")
    bring(page, ("sales.csv", realistic_csv()))
    page.get_by_role("button", name=USE).wait_for()
    assert_clean(page)
    page.get_by_role("button", name=USE).click()
    page.get_by_text(re.compile(r"^Epoch (\d+) of \1$")).wait_for(timeout=60_000)
    link = page.url
    assert "dataset=own-" in link
    for name in ("Reconstructions", "Codes", "Jacobian", "Sensitivity"):
        page.get_by_role("link", name=name).click()
        page.wait_for_selector(".js-plotly-plot .main-svg", timeout=60_000)
        assert page.get_by_test_id("stAlertContentError").count() == 0
    stranger = open_page(link)
    stranger.get_by_text("Own data are seen only in the visit that brought them").wait_for()
    assert "sales" not in stranger.locator(".st-key-head").inner_text()
    page.get_by_role("link", name="Your data").click()
    page.get_by_role("button", name="Remove", exact=True).click()
    page.get_by_text("Digits 8×8", exact=False).first.wait_for()
    assert page.trouble == []


def test_another_choice_is_another_dataset_and_the_first_stays(
    open_page: Callable[..., Any], server: Server
) -> None:
    page = open_page(f"{server.url}/data")
    page.wait_for_selector("[data-testid=stFileUploader]")
    bring(page, ("mine.csv", KINDS["CSV"][1]()))
    page.get_by_role("button", name=USE).click()
    page.wait_for_url(re.compile("dataset=own-"))
    first = re.search("own-[0-9a-f]{32}", page.url)[0]
    page.get_by_role("link", name="Your data").click()
    page.get_by_role("button", name="Change").click()
    page.get_by_label("Missing values").click()
    page.get_by_role("option", name="leave their rows out").click()
    page.get_by_text("these rows were left out").first.wait_for()
    page.get_by_role("button", name=USE).click()
    page.wait_for_function(f"() => /dataset=own-/.test(location.href) && !location.href.includes('{first}')")
    page.get_by_role("link", name="Your data").click()
    page.get_by_role("button", name="Use", exact=True).click()  # undone
    page.wait_for_function(f"() => location.href.includes('{first}')")
    page.get_by_role("link", name="Lambda path").click()
    page.wait_for_function("() => Number(document.querySelector('.cl-player')?.dataset.ready ?? 0) > 0")
    assert page.get_by_test_id("stAlertContentError").count() == 0
    assert page.trouble == []


def test_fits_a_phone(open_page: Callable[..., Any], server: Server) -> None:
    page = open_page(f"{server.url}/data", width=390, height=844)
    page.wait_for_selector("[data-testid=stFileUploader]")
    bring(page, ("mine.csv", KINDS["CSV"][1]()))
    page.get_by_role("button", name=USE).wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
