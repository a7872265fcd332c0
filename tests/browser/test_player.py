"""The player in a browser: what a hand and the keyboard do on its handles and maps, on a path that is shipped.

Positions and numbers are compared with the path's own parts, read here without the player.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from cae_core.figures.parts import number
from tests.browser.path_page import DETAIL, PathPage, Shipped

HOME, LAST = 0.1, 60
"""Lambda and epoch of the first visit, whose models are shipped, too."""


@pytest.fixture(scope="module")
def opened(server: Any, new_page: Callable[..., Any]) -> Iterator[PathPage]:
    """One page for the tests of this file, each of which begins at home."""
    desk = PathPage(new_page())
    desk.open(f"{server.url}/path")
    yield desk
    assert desk.page.trouble == []
    desk.page.context.close()


@pytest.fixture
def desk(opened: PathPage) -> PathPage:
    """The page, its handles where they were at first, nothing selected, nothing under the pointer."""
    opened.page.mouse.move(2, 2)
    opened.page.locator(".cl-map").first.press("Escape")
    opened.type("Lambda", HOME)
    opened.type("Epoch", LAST)
    opened.page.wait_for_function(
        "() => { const [lam, epoch] = [...document.querySelectorAll('[role=slider]')].map((n) => n.ariaValueText);"
        " return lam === 'lambda 0.1' && epoch === 'epoch 60'; }"
    )
    opened.page.evaluate("rested.length = paused.length = 0")
    opened.wire.clear()
    return opened


@pytest.fixture(scope="module")
def path() -> Shipped:
    """The shipped path of the digits."""
    return Shipped()


def said(path: Shipped, member: int) -> str:
    """What the sentence says of a member's mean norm in the last frame."""
    norms = path.frames[-1].header["mean_norm"]
    share = round(100 * (1 - norms[member] / norms[0]))
    return f"mean norm {number(norms[member])}, {share} % below the AE; error "


# ---- handles


def test_mouse_drags_both_handles(desk: PathPage, path: Shipped) -> None:
    mouse, top = desk.page.mouse, len(path.lams) - 1
    mouse.move(*desk.spot("Lambda", 8, top))
    mouse.down()
    for index in (8.5, 9, 10.4):
        desk.after(lambda index=index: mouse.move(*desk.spot("Lambda", index, top)))
    assert desk.text().endswith(", between 0.37 and 0.72")
    assert 0.37 < float(desk.handle().get_attribute("aria-valuenow")) < 0.72
    assert "between lambda 0.37 and 0.72: positions interpolated, numbers of 0.37" in desk.says(".cl-aside")
    assert desk.page.locator(".cl-lambda .cl-ghost").is_visible()
    x, y = desk.spot("Lambda", 12, top)
    desk.after(lambda: mouse.move(x + 2, y))  # near a stop, the stop is meant
    assert desk.text() == "lambda 1.4"
    assert desk.says(".cl-aside") == ""
    assert desk.wire.views == []
    mouse.up()
    desk.until(lambda: desk.wire.views)
    assert desk.wire.views == [{"lam": 1.4, "epoch": 60, "sample": 0, "colour": "class", "map": "pca"}]

    mouse.move(*desk.spot("Epoch", 9, len(path.epochs) - 1))
    desk.after(mouse.down)  # on the track
    assert desk.text("Epoch") == "epoch 14"
    desk.after(lambda: mouse.move(x - 900, y + 200))  # beyond its end
    assert desk.text("Epoch") == "epoch 0"
    mouse.up()
    desk.until(lambda: len(desk.wire.views) > 1)
    assert [view["epoch"] for view in desk.wire.views[1:]] == [0]
    desk.page.get_by_text("Before training all models are the same").wait_for()
    desk.link("epoch=0")
    assert desk.stays()


@pytest.mark.parametrize("name", ["Lambda", "Epoch"])
def test_keys(desk: PathPage, path: Shipped, name: str) -> None:
    stops = path.lams if name == "Lambda" else path.epochs
    slider, last = desk.handle(name), len(stops) - 1
    at = [f"{name.lower()} {stop:g}" for stop in stops]
    assert float(slider.get_attribute("aria-valuemin")) == stops[0]
    assert float(slider.get_attribute("aria-valuemax")) == stops[-1]
    if name == "Lambda":
        desk.press("ArrowRight")
    assert desk.press("Home", name) == at[0]
    assert desk.press("ArrowRight", name) == at[1]
    assert desk.press("ArrowUp", name) == at[2]
    assert desk.press("PageUp", name) == at[5]
    assert desk.press("Shift+ArrowRight", name).endswith(f", between {stops[5]:g} and {stops[6]:g}")
    assert desk.press("Shift+ArrowLeft", name) == at[5]
    desk.press("Shift+ArrowLeft", name)
    assert desk.press("ArrowRight", name) == at[5]  # from between, to the next one
    assert desk.press("PageDown", name) == at[2]
    assert desk.press("ArrowLeft", name) == at[1]
    assert desk.press("ArrowDown", name) == at[0]
    for _ in range(4):
        slider.press("ArrowRight")  # faster than frames are drawn
    desk.until(lambda: desk.text(name) == at[4])
    assert desk.press("ArrowRight", name) == at[5]
    assert desk.press("End", name) == at[last]
    assert desk.press("Shift+ArrowLeft", name) != at[last]
    assert desk.press("End", name) == at[last]
    assert desk.press("PageDown", name) == at[last - 3]
    assert float(slider.get_attribute("aria-valuenow")) == stops[-4]
    field = desk.page.get_by_label(f"{name}, typed")
    assert float(field.input_value()) == stops[-4]
    if name == "Lambda":
        desk.page.get_by_text(said(path, last - 3)).wait_for()
    else:
        desk.page.get_by_text(f"lambda 0.1 at epoch {stops[-4]}: mean norm").wait_for()
    told = "lam" if name == "Lambda" else "epoch"
    desk.until(lambda: desk.wire.views and desk.wire.views[-1][told] == stops[-4])
    rested, paused = desk.page.evaluate("[rested, paused]")
    assert rested[-1] > 390  # ms without a key
    assert len(rested) <= 1 + sum(
        pause > 390 for pause in paused
    )  # a machine that stalls between keys makes pauses
    field.press("ArrowDown")  # moves the handle on, from here too
    desk.until(lambda: desk.wire.views[-1][told] == stops[-5])


def test_wheel(desk: PathPage, path: Shipped) -> None:
    mouse = desk.page.mouse
    mouse.move(*desk.spot("Lambda", 3, len(path.lams) - 1))
    desk.after(lambda: mouse.wheel(0, -100))
    assert desk.text().endswith(", between 0.1 and 0.19")
    desk.after(lambda: mouse.wheel(0, -100))
    assert desk.text() == "lambda 0.19"
    mouse.move(*desk.spot("Epoch", 3, len(path.epochs) - 1))
    desk.after(lambda: mouse.wheel(0, 400))
    assert desk.text("Epoch") == "epoch 37"
    assert desk.page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == 0
    desk.until(lambda: desk.wire.views and desk.wire.views[-1]["epoch"] == 37)
    assert desk.wire.views[-1]["lam"] == 0.19


def test_typed_values(desk: PathPage) -> None:
    lam, epoch = (desk.page.get_by_label(f"{name}, typed") for name in ("Lambda", "Epoch"))
    desk.type("Lambda", 0.15)
    desk.link("lam=0.15")
    assert desk.text() == "lambda 0.15, between 0.1 and 0.19"
    desk.type("Epoch", 1000)  # beyond the end
    assert epoch.input_value() == "60"
    desk.type("Epoch", 33)
    desk.link("epoch=33")
    assert desk.text("Epoch") == "epoch 33, between 29 and 37"
    assert "between lambda 0.1 and 0.19, epochs 29 and 37" in desk.says(".cl-aside")
    lam.fill("7")
    lam.press("Escape")
    assert lam.input_value() == "0.15"
    lam.fill("")
    lam.press("Enter")
    assert lam.input_value() == "0.15"
    assert [(view["lam"], view["epoch"]) for view in desk.wire.views] == [(0.15, 60), (0.15, 33)]


def test_the_last_of_quick_changes_counts(desk: PathPage) -> None:
    for i, pause in enumerate((30, 80, 130)):
        desk.type("Lambda", round(0.11 + i / 100, 2))  # nobody has trained these: the page has to wait
        desk.page.wait_for_timeout(pause)
        desk.type("Epoch", 37 + i % 2)
        desk.link(f"epoch={37 + i % 2}")
    for pause in (40, 100, 150):
        for epoch in (22, 47, 22):  # there and back, while the browser is behind
            desk.type("Epoch", epoch)
            desk.page.wait_for_timeout(pause)
        desk.link("epoch=22")
    assert desk.text("Epoch") == "epoch 22"
    assert desk.page.get_by_role("dialog").count() == 0


# ---- play


def test_play_to_the_end_and_pause(desk: PathPage, path: Shipped) -> None:
    desk.button("fast").click()
    desk.type("Epoch", path.epochs[-8])
    desk.link(f"epoch={path.epochs[-8]}")
    desk.wire.clear()
    desk.page.evaluate(
        """() => {
          window.seen = [];
          const slider = document.querySelector(".cl-time [role=slider]");
          new MutationObserver(() => seen.push(slider.ariaValueText)).observe(slider, { attributes: true });
        }"""
    )
    desk.button("Play over time").click()
    desk.until(lambda: desk.wire.views)
    desk.button("Play over time").wait_for()
    assert {view["epoch"] for view in desk.wire.views} == {60}
    assert len([text for text in desk.page.evaluate("seen") if "between" in text]) > 4
    assert desk.text("Epoch") == "epoch 60"

    desk.button("lambda").click()
    desk.type("Lambda", 2.7)
    desk.link("lam=2.7")
    desk.wire.clear()
    desk.button("Play over lambda").click()
    desk.button("Play over lambda").wait_for()
    desk.until(lambda: desk.wire.views)
    assert {(view["lam"], view["epoch"]) for view in desk.wire.views} == {(10, 60)}
    assert desk.text() == "lambda 10"
    desk.page.get_by_text("collapsed, it has let go of nearly all").wait_for()

    desk.button("slow").click()
    desk.button("Play over lambda").click()  # from the start again
    desk.page.wait_for_function("document.querySelector('[role=slider]').ariaValueNow > 0")
    desk.button("Pause").click()
    held = desk.text()
    desk.until(lambda: desk.wire.views[-1]["lam"] < 10)
    desk.page.wait_for_timeout(200)
    assert desk.text() == held
    assert 0 < desk.wire.views[-1]["lam"] < 0.01

    desk.button("Play over lambda").click()
    desk.press("ArrowRight")  # a hand on the handle stops it
    assert desk.button("Play over lambda").count() == 1
    desk.button("time").click()
    desk.button("normal").click()
    assert desk.stays()


# ---- maps


def alone(path: Shipped, desk: PathPage, member: int) -> int:
    """A sample that no other one lies near, in either map, far from the one that is kept."""
    near = np.zeros(path.base.header["n"])
    for model, which in ((0, 0), (1, member)):
        points = path.points(which, desk.box(model))
        apart = np.linalg.norm(points[:, None] - points[None], axis=2)
        np.fill_diagonal(apart, np.inf)
        near = np.minimum(apart.min(axis=1), near) if model else apart.min(axis=1)
        near[apart[0] < 60] = 0
    return int(near.argmax())


def test_pointing_at_a_sample_lights_it_up_in_the_other_map(desk: PathPage, path: Shipped) -> None:
    member = path.lams.index(HOME)
    target = alone(path, desk, member)
    places = [path.points(which, desk.box(model))[target] for model, which in ((0, 0), (1, member))]
    kept = [desk.ring(model, picked=True) for model in (0, 1)]
    assert kept[0] == pytest.approx(path.points(0, desk.box(0))[0], abs=1)
    assert kept[1] == pytest.approx(path.points(member, desk.box(1))[0], abs=1)
    assert desk.says(".cl-sample-card .cl-yardstick") == "sample 0"
    for model in (0, 1):
        desk.after(lambda model=model: desk.page.mouse.move(*places[model]))
        assert desk.ring(0) == pytest.approx(places[0], abs=1)
        assert desk.ring(1) == pytest.approx(places[1], abs=1)
        assert desk.says(".cl-sample-card .cl-yardstick") == f"sample {target}"
        rows = desk.page.locator(".cl-sample-row").all_inner_texts()
        assert f"class {path.base.arrays['label'][target]}" in rows[0]
        for row, which in ((1, 0), (2, member)):
            assert f"‖J‖ {number(path.values('norm', which)[target])}" in rows[row]
            assert f"error {number(path.values('error', which)[target])}" in rows[row]
        desk.after(lambda: desk.page.mouse.move(2, 2))
        assert desk.ring(0) is desk.ring(1) is None
        assert desk.says(".cl-sample-card .cl-yardstick") == "sample 0"
    assert desk.wire.views == []


def test_a_click_and_a_key_keep_a_sample(desk: PathPage, path: Shipped) -> None:
    target = alone(path, desk, path.lams.index(HOME))
    x, y = path.points(0, desk.box(0))[target]
    desk.page.mouse.click(x, y)
    desk.link(f"sample={target}")
    label = path.base.arrays["label"][target]
    desk.page.locator(f"{DETAIL} .cl-yardstick", has_text=f"sample {target}, class {label}").wait_for()
    desk.page.mouse.move(2, 2)
    assert desk.ring(1, picked=True) == pytest.approx(
        path.points(path.lams.index(HOME), desk.box(1))[target], abs=1
    )
    assert desk.stays()
    codes = desk.page.locator(".cl-map").nth(1)
    codes.press("Home")
    codes.press("ArrowRight")
    desk.after(lambda: codes.press("ArrowRight"))
    assert desk.says(".cl-sample-card .cl-yardstick") == "sample 2"
    assert desk.ring(0) == pytest.approx(path.points(0, desk.box(0))[2], abs=1)
    assert "sample 2, class " in codes.locator("[aria-live]").inner_text()
    codes.press("Enter")
    desk.link("sample=2")
    desk.page.locator(f"{DETAIL} .cl-yardstick", has_text="sample 2, class").wait_for()
    codes.press("Home")
    codes.press("Enter")
    desk.page.wait_for_function("!location.search.includes('sample=')")
    assert [view["sample"] for view in desk.wire.views] == [target, 2, 0]


def test_box_and_lasso(desk: PathPage, path: Shipped) -> None:
    mouse = desk.page.mouse
    selected = desk.page.locator(".cl-panel", has_text="Jacobian norms").locator(".cl-yardstick")
    assert selected.inner_text() == "500 samples"
    assert desk.button("clear").is_disabled()
    points = path.points(0, desk.box(0))
    full = [desk.coloured(model) for model in (0, 1)]
    low, high = np.quantile(points, (0.3, 0.7), axis=0).round()
    inside = ((points > low) & (points < high)).all(axis=1)
    assert 20 < inside.sum() < 200
    desk.drag([tuple(low), (low[0] + 20, high[1]), tuple(high)])
    assert selected.inner_text() == f"{inside.sum()} selected samples"
    assert desk.says(".cl-map-card .cl-yardstick >> nth=0") == f"{inside.sum()} of 500 selected"
    for model in (0, 1):  # what is not selected stays, in grey
        assert 0 < desk.coloured(model) < 0.8 * full[model]
    outside = points[~inside]
    outside = outside[np.abs(outside[:, None] - points[inside][None]).max(axis=2).min(axis=1) > 14]
    desk.page.mouse.move(*outside[0])
    desk.page.wait_for_timeout(100)
    assert desk.ring(0) is None  # and answers no more
    desk.after(desk.button("clear").click)
    assert selected.inner_text() == "500 samples"
    assert [desk.coloured(model) for model in (0, 1)] == full

    codes = path.points(path.lams.index(HOME), desk.box(1))
    (left, top), (right, bottom) = codes.min(axis=0).round() - 2, codes.max(axis=0).round() + 2
    triangle = [(left, top), (right, top), (left, bottom)]
    over = (codes[:, 0] - left) / (right - left) + (codes[:, 1] - top) / (bottom - top) < 1
    desk.drag([*triangle, (left, top)], shift=True)
    assert selected.inner_text() == f"{over.sum()} selected samples"
    desk.after(lambda: desk.page.locator(".cl-map").first.press("Escape"))
    assert selected.inner_text() == "500 samples"
    desk.button("lasso").click()
    desk.drag([*triangle, (left, top)])
    assert selected.inner_text() == f"{over.sum()} selected samples"
    box = desk.box(0)
    desk.after(lambda: mouse.click(box["x"] + 3, box["y"] + 3))  # where no point is
    assert selected.inner_text() == "500 samples"
    desk.button("box").click()
    assert desk.wire.views == []


def test_colour_and_map_are_in_the_link(
    desk: PathPage, path: Shipped, assert_clean: Callable[[Any], None]
) -> None:
    assert desk.says(".cl-legend").split() == [str(label) for label in range(10)]
    desk.button("error").click()
    desk.link("colour=error")
    assert desk.says(".cl-legend").endswith(", log")
    desk.button("moved").click()
    desk.link("colour=movement")
    before = desk.page.evaluate("document.querySelector('.cl-map canvas').toDataURL()")
    desk.button("UMAP").click()
    desk.page.get_by_text("UMAP cannot show contraction").wait_for(timeout=3000)  # it is shipped
    desk.link("map=umap")
    desk.page.wait_for_selector(".cl-player[data-umap=ready]")
    desk.page.wait_for_function(
        "(before) => document.querySelector('.cl-map canvas').toDataURL() !== before", arg=before
    )
    assert "The map is that of epoch 60" in desk.says(".cl-blind")
    desk.type("Epoch", path.epochs[5])
    desk.type("Lambda", path.lams[5])
    desk.page.locator(".cl-map").nth(1).press("End")
    desk.page.locator(".cl-map").nth(1).press("Enter")
    desk.link("sample=499")
    assert_clean(desk.page)
    values = [desk.text(name) for name in ("Lambda", "Epoch")]
    rings = [desk.ring(model, picked=True) for model in (0, 1)]
    desk.open(desk.page.url)
    assert [desk.text(name) for name in ("Lambda", "Epoch")] == values == ["lambda 0.014", "epoch 5"]
    desk.page.wait_for_selector(".cl-player[data-umap=ready]")
    assert "UMAP cannot show contraction" in desk.says(".cl-blind")
    assert desk.says(".cl-sample-card .cl-yardstick") == "sample 499"
    pressed = desk.page.locator(".cl-options [aria-pressed=true]").all_inner_texts()
    assert pressed == ["time", "1×", "UMAP", "moved", "box"]
    desk.until(lambda: desk.ring(0, picked=True))
    assert [desk.ring(model, picked=True) for model in (0, 1)] == [
        pytest.approx(ring, abs=0.6) for ring in rings
    ]
    for name in ("PCA", "class"):
        desk.button(name).click()
    assert not desk.page.locator(".cl-blind").is_visible()
    desk.page.wait_for_function("!/map=|colour=/.test(location.search)")


# ---- the rest of the app


def test_lambda_of_the_player_is_that_of_other_pages(desk: PathPage) -> None:
    page = desk.page
    desk.press("End")
    desk.link("lam=10")
    page.get_by_role("link", name="Reconstructions").click()
    page.get_by_role("heading", name="Reconstructions", level=1).wait_for()
    page.get_by_text("Lambda 10.0 = 0.156 per input").wait_for()
    page.get_by_role("link", name="Lambda path").click()
    page.wait_for_function(
        "document.querySelector('.cl-lambda [role=slider]')?.ariaValueText === 'lambda 10'"
    )
    page.locator("tr[aria-current] th", has_text="lambda 10").wait_for()
    page.evaluate("window.player = document.querySelector('.cl-player')")
