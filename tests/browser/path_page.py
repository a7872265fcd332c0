"""The Lambda path page as a test handles it: its handles and maps, what it says, and what goes over the wire."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cae_core.config import Config
from cae_core.path import PathSpec
from cae_core.path_parts import from_logarithmic, unpack
from cae_core.shipped import default_path

DETAIL = '[data-panel="sample"]'
READY = f"{DETAIL} .main-svg"
LOADED = (
    "() => { const root = document.querySelector('.cl-player'); "
    "return root && Number(root.dataset.ready) > 0 && root.dataset.ready === root.dataset.frames "
    "&& document.querySelector('.cl-sentence').innerText; }"
)
QUIET = 0.7
"""Seconds without a message after which nothing more comes; who waits for training asks every 0.2 s."""

VIEW = re.compile(rb'"event":"view","value":(\{[^}]*\})')

LISTEN = """
window.drawn = [];
window.rested = [];
window.paused = [];
let [pressed, sent] = [Infinity, -Infinity];
document.addEventListener("cl-drawn", ({ detail }) => drawn.push(detail.what));
document.addEventListener("keydown", () => {
  const now = performance.now();  // not when the key was pressed: a busy page hears of it late
  paused.push(now - pressed);
  pressed = now;
}, true);
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (data) {
  if (/"event":"view"/.test(new TextDecoder().decode(data))) {
    const now = performance.now();
    if (now - sent > 10) rested.push(now - pressed);  // a busy page may say it twice in a few ms, after one rest
    sent = now;
  }
  return send.call(this, data);
};
"""
"""Keeps what was drawn, the milliseconds between keys, and those from the last key to each position that was sent."""

MARKS = """([model, property, colour]) => {
  const root = document.querySelector(".cl-player");
  const canvas = root.querySelectorAll(".cl-map")[model].querySelectorAll("canvas")[1];
  const wanted = colour ?? getComputedStyle(root).getPropertyValue(property).trim();
  const probe = document.createElement("canvas").getContext("2d");
  probe.fillStyle = wanted;
  probe.fillRect(0, 0, 1, 1);
  const [red, green, blue] = probe.getImageData(0, 0, 1, 1).data;
  const { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < data.length; i += 4) {
    const apart = Math.max(Math.abs(data[i] - red), Math.abs(data[i + 1] - green), Math.abs(data[i + 2] - blue));
    if (data[i + 3] < 250 || apart > 12) continue;
    const [x, y] = [(i / 4) % width, Math.floor(i / 4 / width)];
    box[0] = Math.min(box[0], x);
    box[1] = Math.min(box[1], y);
    box[2] = Math.max(box[2], x);
    box[3] = Math.max(box[3], y);
  }
  if (box[0] === Infinity) return null;
  return [(box[0] + box[2] + 1) / 2, (box[1] + box[3] + 1) / 2, box[2] - box[0] + 1, box[3] - box[1] + 1];
}"""
"""Middle and size of all that is drawn in one colour above the points of a map."""

PLACE = """(node) => {
  const { left: x, top: y } = node.getBoundingClientRect();
  return { x, y, width: node.clientWidth, height: node.clientHeight };
}"""

COLOURED = """(model) => {
  const canvas = document.querySelectorAll(".cl-map")[model].querySelector("canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let count = 0;
  for (let i = 0; i < data.length; i += 4) {
    const parts = [data[i], data[i + 1], data[i + 2]];
    if (Math.max(...parts) - Math.min(...parts) > 60) count += 1;
  }
  return { count, corner: [...data.subarray(0, 3)] };
}"""
"""How many pixels of a map have a colour that is no grey, and the colour of its corner."""


class Wire:
    """What goes over a page's websocket: sizes of what comes, and all that is sent."""

    def __init__(self, page: Any) -> None:
        self.received: list[int] = []
        self.sent: list[bytes] = []
        self.last = time.monotonic()
        page.on("websocket", self._listen)

    def _listen(self, socket: Any) -> None:
        socket.on("framereceived", lambda data: self._note(self.received, len(data)))
        socket.on("framesent", lambda data: self._note(self.sent, data))

    def _note(self, where: list[Any], what: Any) -> None:
        self.last = time.monotonic()
        where.append(what)

    def clear(self) -> None:
        self.received.clear()
        self.sent.clear()

    @property
    def views(self) -> list[dict[str, Any]]:
        """Positions that the player has told the server."""
        found = (VIEW.search(data if isinstance(data, bytes) else data.encode()) for data in self.sent)
        return [json.loads(match[1]) for match in found if match]


class Shipped:
    """The numbers of a shipped path, read without the player."""

    def __init__(self, dataset: str = "digits") -> None:
        parts = default_path(PathSpec.of(Config.for_dataset(dataset)))
        assert parts is not None
        self.base, *others = (unpack(part) for part in parts)
        self.frames = [part for part in others if part.header["kind"] == "frame"]
        self.lams = [one["lam"] for one in self.base.header["members"]]
        self.epochs = self.base.header["epochs"]

    @cached_property
    def half(self) -> float:
        """Half the side of the square that holds all points of all frames."""
        return max(
            float(np.abs(frame.arrays["point"]).max()) * frame.header["point_scale"] for frame in self.frames
        )

    def points(self, member: int, box: dict[str, float], frame: int = -1) -> NDArray[np.float64]:
        """Where a map that fills a box on the page draws the samples, (n, 2)."""
        at = self.frames[frame]
        scale = (min(box["width"], box["height"]) / 2 - 5) / self.half
        x, y = at.arrays["point"][member].T * at.header["point_scale"] * scale
        return np.stack([box["x"] + box["width"] / 2 + x, box["y"] + box["height"] / 2 - y], axis=1)

    def values(self, name: str, member: int, frame: int = -1) -> NDArray[np.float64]:
        """Norm or error of each sample."""
        at = self.frames[frame]
        return from_logarithmic(at.arrays[name][member], at.header[name])


class PathPage:
    """A page that shows a lambda path.

    Attributes:
        page: the page.
        wire: what goes over its websocket.
    """

    def __init__(self, page: Any, address: str = "") -> None:
        self.page = page
        self.wire = Wire(page)
        page.add_init_script(LISTEN)
        if address:
            self.open(address)

    def open(self, address: str) -> None:
        """Go to a link and wait until the player has all of the path."""
        self.page.goto(address)
        self.page.wait_for_function(LOADED, timeout=90_000)
        self.page.evaluate("window.player = document.querySelector('.cl-player')")

    # ---- waiting

    def until(self, condition: Callable[[], Any], seconds: float = 15.0) -> None:
        """Wait until something is true."""
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "It did not happen."
            self.page.wait_for_timeout(20)

    def link(self, part: str, seconds: float = 15.0) -> None:
        """Wait until the link says something."""

        def says() -> bool:
            return part in self.page.evaluate("location.search.slice(1)").split("&")

        try:
            self.until(says, seconds)
        except AssertionError:
            shown, rested = self.page.evaluate("[location.search, rested]")
            raise AssertionError(
                f"The link says {shown!r}, not {part}; sent: {self.wire.views}, after {rested} ms; "
                f"received since: {self.wire.received}; quiet for {time.monotonic() - self.wire.last:.1f} s."
            ) from None

    def quiet(self) -> None:
        """Wait until server and page have said what they have to say."""
        self.page.wait_for_timeout(50)
        self.until(lambda: time.monotonic() - self.wire.last > QUIET, 60.0)

    def stays(self) -> bool:
        """Whether the player is the one that was opened."""
        return bool(
            self.page.evaluate("player.isConnected && player === document.querySelector('.cl-player')")
        )

    # ---- handles

    def handle(self, name: str = "Lambda") -> Any:
        return self.page.get_by_role("slider", name=name, exact=True)

    def text(self, name: str = "Lambda") -> str:
        """What a handle says of its value."""
        return str(self.handle(name).get_attribute("aria-valuetext"))

    def drawn(self) -> int:
        """How many inputs have been drawn."""
        return int(self.page.evaluate("drawn.length"))

    def after(self, act: Callable[[], Any]) -> None:
        """Do something and wait until it is drawn."""
        before = self.drawn()
        act()
        self.page.wait_for_function("(before) => drawn.length > before", arg=before)

    def press(self, key: str, name: str = "Lambda") -> str:
        """Press a key on a handle; what it then says."""
        self.after(lambda: self.handle(name).press(key))
        return self.text(name)

    def type(self, name: str, value: object) -> None:
        """Type a value into a handle's field."""
        field = self.page.get_by_label(f"{name}, typed")
        field.fill(str(value))
        field.press("Enter")

    def spot(self, name: str, index: float, last: int) -> tuple[float, float]:
        """The place of a stop on a handle's track."""
        box = self.page.locator(".cl-lambda" if name == "Lambda" else ".cl-time").locator(".cl-track")
        where = box.bounding_box()
        return where["x"] + where["width"] * index / last, where["y"] + where["height"] / 2

    def button(self, name: str) -> Any:
        return self.page.locator(".cl-player").get_by_role("button", name=name, exact=True)

    def says(self, selector: str) -> str:
        """The text of a part of the player."""
        return str(self.page.locator(f".cl-player {selector}").inner_text())

    # ---- maps

    def box(self, model: int) -> dict[str, float]:
        """Where a map lies on the page: 0 is that of the plain autoencoder."""
        found: dict[str, float] = self.page.locator(".cl-map").nth(model).evaluate(PLACE)
        return found

    def ring(self, model: int, picked: bool = False) -> tuple[float, float] | None:
        """On the page, the middle of the ring around the sample under the pointer, or of the one that is kept."""
        found = self.page.evaluate(MARKS, [model, "--cl-ink", "#c2377f" if picked else None])
        if found is None:
            return None
        x, y, width, height = found
        assert max(width, height) < 24, f"more than one ring: {found}"
        box = self.box(model)
        return box["x"] + x, box["y"] + y

    def coloured(self, model: int) -> int:
        """Pixels of a map in a colour."""
        return int(self.page.evaluate(COLOURED, model)["count"])

    def paper(self, model: int = 0) -> int:
        """Lightness of a map's paper, 0 to 255."""
        return int(max(self.page.evaluate(COLOURED, model)["corner"]))

    def drag(self, places: Sequence[tuple[float, float]], *, shift: bool = False) -> None:
        """Press the button at the first place, move over the others and let go, and wait until that is drawn."""
        mouse, keyboard = self.page.mouse, self.page.keyboard
        if shift:
            keyboard.down("Shift")
        mouse.move(*places[0])
        mouse.down()
        for place in places[1:]:
            mouse.move(*place)
        self.after(mouse.up)
        if shift:
            keyboard.up("Shift")

    def swipe(self, start: tuple[float, float], end: tuple[float, float], steps: int = 12) -> None:
        """One finger down at a place, along to another, and up."""
        session = self.page.context.new_cdp_session(self.page)

        def touch(kind: str, *places: tuple[float, float]) -> None:
            points = [{"x": x, "y": y} for x, y in places]
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        touch("touchStart", start)
        for step in range(1, steps + 1):
            touch("touchMove", tuple(np.add(start, np.subtract(end, start) * step / steps).tolist()))
            self.page.wait_for_timeout(16)
        touch("touchEnd")
        self.page.wait_for_timeout(100)
        session.detach()
