"""The Lambda path page under `AppTest`: paths of every kind of dataset, their table, and what the page says of them."""

from __future__ import annotations

import csv
import time
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from cae_core.config import Config
from cae_core.path_parts import pack
from cae_core.paths import Paths, Progress
from tests.pages.conftest import opened_at
from ui import path, path_table, server
from ui.player import View
from ui.session import Lab
from ui.url import PathChoice

SMALL = {"members": "3", "frames": "3", "epochs": "3"}


@pytest.fixture
def mounted(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the player was given, run by run."""
    seen: list[dict[str, Any]] = []

    def player(parts: tuple[bytes, ...], header: dict[str, Any], key: str, on_view: Any) -> None:
        seen.append({"parts": parts, "header": header, "on_view": on_view})

    monkeypatch.setattr(path, "player", player)
    return seen


def tables(test: AppTest) -> list[str]:
    return [element.proto.body for element in test.get("html") if 'class="cl-rows"' in element.proto.body]


def opened(**parameters: str) -> AppTest:
    """The page at a link, when its path is there."""
    test = opened_at("path", **parameters)
    end = time.monotonic() + 90
    while not tables(test) and not test.error and time.monotonic() < end:
        time.sleep(0.3)
        test.run()
    return test


def test_the_digits_are_there_at_once(mounted: list[dict[str, Any]]) -> None:
    test = opened_at("path")
    assert not test.exception
    assert not test.error
    assert test.title[0].value == "Lambda path"
    last = mounted[-1]
    assert len(last["parts"]) == 17
    header = last["header"]
    assert header["path"] == PathChoice().spec(Config()).key
    assert header["at"] == {"lam": 0.1, "epoch": 60, "sample": 0, "colour": "class", "map": "pca"}
    assert (header["frames"], header["status"], header["umap"]["state"]) == (16, "", "none")
    assert "up to 0.19 here" in header["advice"]
    assert "lambda 10 has the lowest and has lost 99 % of the variance" in header["advice"]
    (table,) = tables(test)
    assert table.count("<tr") == 17
    assert table.split('aria-current="true"')[1].split("</th>")[0].endswith("lambda 0.1")
    assert not [slider for slider in test.select_slider if slider.label.startswith("Lambda")]


@pytest.mark.parametrize("dataset", ["digits", "moons", "swiss_roll", "wine", "noise"])
def test_opens(dataset: str, mounted: list[dict[str, Any]]) -> None:
    test = opened(dataset=dataset, sample="3", colour="error", **SMALL)
    assert not test.exception
    assert not test.error
    assert len(mounted[-1]["parts"]) == 4
    assert mounted[-1]["header"]["at"]["sample"] == 3
    assert mounted[-1]["header"]["at"]["colour"] == "error"
    assert tables(test)[0].count("<tr") == 4


def test_unlabelled_samples_are_not_coloured_by_class(mounted: list[dict[str, Any]]) -> None:
    opened(dataset="noise", **SMALL)
    assert mounted[-1]["header"]["at"]["colour"] == "norm"


def test_other_models_beside_the_lambdas() -> None:
    test = opened(dae="0.3", decay="0.01", **SMALL)
    (table,) = tables(test)
    assert table.count("<tr") == 6
    assert "DAE Gaussian 0.3" in table
    assert "weight decay 0.01" in table


@pytest.mark.parametrize(
    "link",
    [
        {"members": "1", "frames": "1", "epochs": "1"},
        {"members": "2", "frames": "2", "epochs": "2", "act": "relu"},
        {"epoch": "0", "hidden": "1", **SMALL},
    ],
)
def test_opens_on_small_paths(link: dict[str, str]) -> None:
    test = opened(**link)
    assert not test.exception
    assert not test.error


def test_a_path_too_large_is_one_sentence() -> None:
    test = opened_at("path", hidden="1024", members="64")
    assert not test.exception
    assert "at most 4,000,000 parameters together" in test.error[0].value
    assert tables(test) == []


def test_the_form_makes_another_path(mounted: list[dict[str, Any]]) -> None:
    test = opened(**SMALL)
    numbers = {number.label: number for number in test.number_input}
    numbers["Values of lambda"].set_value(2)
    numbers["Largest lambda"].set_value(2.0)
    next(button for button in test.button if button.label == "Make this path").click().run()
    assert not test.error
    assert test.session_state["lab"].path == PathChoice(members=2, frames=3, high=2.0)
    assert dict(test.query_params) == {**SMALL, "members": "2", "to": "2"}
    numbers = {number.label: number for number in test.number_input}
    numbers["Smallest lambda above 0"].set_value(5.0)
    numbers["Values of lambda"].set_value(4)
    next(button for button in test.button if button.label == "Make this path").click().run()
    assert "The largest lambda must be above the smallest" in test.error[0].value
    assert test.session_state["lab"].path == PathChoice(members=2, frames=3, high=2.0)


def test_the_page_goes_where_the_player_went(mounted: list[dict[str, Any]]) -> None:
    test = opened_at("path")
    version = mounted[-1]["header"]["version"]
    test.session_state["lab"].take_view(View(10.0, 4, 7, "movement", "pca"))
    test.run()
    assert dict(test.query_params) == {"lam": "10", "epoch": "4", "sample": "7", "colour": "movement"}
    assert mounted[-1]["header"]["version"] == version
    assert 'aria-label="All models at epoch 4"' in tables(test)[0]
    test.session_state["lab"].sample = 8  # another page
    test.run()
    assert mounted[-1]["header"]["version"] == version + 1


def test_umap_is_asked_for_when_it_is_looked_at(mounted: list[dict[str, Any]]) -> None:
    opened_at("path", map="umap")
    header = mounted[-1]["header"]
    assert header["umap"]["state"] == "ready"  # shipped
    assert "UMAP cannot show contraction" in header["blind"]
    assert len(mounted[-1]["parts"]) == 18


@pytest.mark.parametrize("what", ["path", "umap"])
def test_what_cannot_go_on_says_why(
    what: str, monkeypatch: pytest.MonkeyPatch, mounted: list[dict[str, Any]]
) -> None:
    retried: list[Any] = []
    sentence = "A worker must come up within 120 s. It did not."
    stuck = Progress(
        (), 0, 3, **({"error": sentence} if what == "path" else {"umap": "failed", "umap_text": sentence})
    )
    monkeypatch.setattr(Paths, "poll", lambda *_, **__: stuck)
    monkeypatch.setattr(Paths, "retry", lambda _, spec: retried.append(spec))
    test = opened_at("path", **SMALL)
    assert not test.exception
    assert "A worker must come up" in test.error[0].value
    next(button for button in test.button if button.label == "Try again").click().run()
    assert [spec.key for spec in retried] == [PathChoice(3, 3).spec(Config(epochs=3)).key]


# ---- words and numbers


def row(lam: float | None, **numbers: Any) -> dict[str, Any]:
    usual = {
        "model": f"lambda {lam}",
        "lam": lam,
        "lam_mean": None if lam is None else lam / 64,
        "epoch": 60,
        "mean_norm": 1.0,
        "reconstruction_error": 0.5,
        "variance_lost": 0.05,
        "relative_contraction": 0.4,
        "saturation": 0.25,
        "code_spread": 1.0,
        "failed_epoch": 0,
    }
    return usual | numbers


def test_advice_names_the_largest_lambda_before_the_variance_goes() -> None:
    steps = [
        row(0.0, mean_norm=3.0, variance_lost=0.01),
        row(0.1, mean_norm=2.0, variance_lost=0.08),
        row(1.0, mean_norm=1.0, variance_lost=0.3),
        row(2.0, mean_norm=0.9, variance_lost=0.09),  # once lost, it does not count that it came back
        row(9.0, mean_norm=0.1, variance_lost=0.95),
        row(None, mean_norm=0.01, variance_lost=1.0),
    ]
    said = path.advice(steps)
    assert said.startswith("A good lambda lowers the norm and keeps the data: up to 0.1 here,")
    assert "the mean norm goes from 3.00 to 2.00." in said
    assert "lambda 9 has the lowest and has lost 95 % of the variance" in said


@pytest.mark.parametrize(
    "steps",
    [
        [],
        [row(0.0)],
        [row(0.0, epoch=0), row(1.0, epoch=0)],
        [row(0.0, failed_epoch=3), row(1.0), row(2.0)],
        [row(0.0, variance_lost=float("nan")), row(1.0, variance_lost=float("nan"))],
        [row(0.0, variance_lost=0.3), row(1.0, variance_lost=0.4)],
    ],
)
def test_advice_without_numbers_to_say_it_with(steps: list[dict[str, Any]]) -> None:
    assert path.advice(steps) == (
        "A good lambda lowers the norm while reconstructions still lose little of the variance. "
        "“The lower the norm, the better” is false: a code that tells no samples apart has the lowest of all."
    )


@pytest.mark.parametrize(
    ("change", "name", "text"),
    [
        ({}, "variance_lost", "5.0%"),
        ({}, "mean_norm", "1.00"),
        ({}, "lam_mean", "0.0156"),
        ({"lam_mean": None}, "lam_mean", "–"),
        ({"relative_contraction": float("nan")}, "relative_contraction", "collapsed"),
        ({"relative_contraction": float("nan"), "failed_epoch": 3}, "relative_contraction", "–"),
        ({"saturation": float("nan")}, "saturation", "–"),
        ({"mean_norm": float("inf")}, "mean_norm", "–"),
        ({"failed_epoch": 3}, "mean_norm", "–"),
        ({"failed_epoch": 3}, "model", "lambda 1.0 · stopped in epoch 3"),
    ],
)
def test_a_cell(change: dict[str, Any], name: str, text: str) -> None:
    assert path_table.shown(row(1.0, **change), name) == text


def test_the_file_has_every_number_in_full() -> None:
    found = [row(1 / 3, relative_contraction=float("nan")), row(None, model="AE + weight decay, =1")]
    lines = list(csv.DictReader(path_table.as_csv(found).decode().splitlines()))
    assert float(lines[0]["lam"]) == 1 / 3
    assert lines[0]["relative_contraction"] == ""
    assert (lines[1]["lam"], lines[1]["model"]) == ("", "AE + weight decay, =1")
    assert set(lines[0]) == set(found[0])


def test_the_nearest_frame_that_is_there_is_in_the_table() -> None:
    spec = PathChoice(2, 4).spec(Config(epochs=9))
    base = pack({"kind": "base", "members": [{"label": "a", "lam": 0.0}], "marks": [], "d": 4}, {})
    names = ("mean_norm", "reconstruction_error", "variance_lost", "relative_contraction", "saturation")
    numbers = {name: [1.0] for name in (*names, "code_spread")}
    frames = [pack({"epoch": epoch, "failed": [0], **numbers}, {}) for epoch in spec.epochs[:3]]

    def at(epoch: int, ready: int) -> Any:
        found = path_table.rows(Progress((base, *frames[:ready]), ready, 4), spec, epoch)
        return found[0]["epoch"] if found else None

    assert at(9, 0) is None
    assert at(9, 1) == spec.epochs[0]
    assert [at(epoch, 3) for epoch in (0, spec.epochs[1], 9)] == [*spec.epochs[:2], spec.epochs[2]]


def test_one_maker_of_paths_for_all() -> None:
    assert server.paths() is server.paths()
    assert Lab(Config(), 60).visitor != Lab(Config(), 60).visitor
