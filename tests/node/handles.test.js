import assert from "node:assert/strict";
import test from "node:test";

import { NumberField, Slider, afterKey, withRoom } from "../../ui/player/handles.js";
import { observers } from "./page.js";

test("keys go from stop to stop, from between them to the next one", () => {
  for (const [up, down] of [["ArrowRight", "ArrowLeft"], ["ArrowUp", "ArrowDown"]]) {
    assert.deepEqual([2, 2.3, 1.9999999999].map((value) => afterKey(up, false, value, 9)), [3, 3, 3]);
    assert.deepEqual([2, 2.3, 2.0000000001].map((value) => afterKey(down, false, value, 9)), [1, 2, 1]);
    assert.deepEqual([afterKey(up, true, 2, 9), afterKey(down, true, 2, 9), afterKey(up, true, 0.3, 9)], [2.1, 1.9, 0.4]);
  }
  assert.deepEqual(["PageUp", "PageDown", "Home", "End"].map((key) => afterKey(key, false, 4.2, 9)), [7, 1, 0, 9]);
  for (const key of ["Enter", "a", "Tab"]) assert.equal(afterKey(key, false, 4, 9), null);
});

const spread = (count, width) => Array.from({ length: count }, (_, i) => (i * width) / Math.max(1, count - 1));
const wide = (count, half) => new Array(count).fill(half);

test("as many labels as there is room for, evenly, the last one always", () => {
  assert.deepEqual(withRoom(spread(5, 400), wide(5, 20)), [0, 1, 2, 3, 4]);
  assert.deepEqual(withRoom(spread(9, 240), wide(9, 20)), [0, 2, 4, 6, 8]);
  assert.deepEqual(withRoom(spread(8, 210), wide(8, 20)), [0, 2, 4, 7]); // 6 would touch the last one
  assert.deepEqual(withRoom(spread(16, 70), wide(16, 20)), [0, 15]);
  assert.deepEqual(withRoom(spread(16, 30), wide(16, 20)), [0]);
  assert.deepEqual(withRoom([0], [20]), [0]);
  assert.deepEqual(withRoom([0, 100], [20, 20]), [0, 1]);
});

test("labels never touch, whatever their number and widths", () => {
  for (let count = 1; count < 40; count += 1) {
    for (const width of [0, 60, 150, 333, 900]) {
      const where = spread(count, width);
      const half = where.map((_, i) => 6 + ((i * 7) % 13));
      const kept = withRoom(where, half);
      assert.equal(kept[0], 0);
      kept.slice(1).forEach((index, i) => assert.ok(where[kept[i]] + half[kept[i]] <= where[index] - half[index]));
      assert.ok(kept.length === 1 || kept.at(-1) === count - 1);
    }
  }
});

// A slider of stops 0 to 4, a hundred pixels apart; what its owner is told.
function open(limit = 4) {
  const told = [];
  const owner = { move: (value) => told.push(value), settle: (later) => told.push(later ? "later" : "now") };
  const slider = new Slider({ label: "Lambda", className: "cl-lambda", owner });
  slider.track.clientWidth = 400;
  slider.resize();
  slider.configure({ max: 4, ticks: [0, 1, 2, 3, 4].map((at) => ({ at, text: String(at) })), range: [0, 10] });
  slider.show({ value: 0, limit, ghost: null, now: 0, text: "lambda 0" });
  return { slider, told };
}

test("a slider proposes values within its limit and says when they have settled", () => {
  const { slider, told } = open(2);
  const press = (key, shiftKey = false) => slider.thumb.fire("keydown", { key, shiftKey });
  for (const key of ["ArrowRight", "End", "End", "ArrowRight", "Home"]) press(key);
  assert.deepEqual(told, [1, "later", 2, "later", 0, "later"]);
  told.length = 0;
  const at = (name, clientX) => slider.node.fire(name, { clientX, button: 0, pointerId: 1, pointerType: "mouse", target: slider.node });
  at("pointerdown", 150);
  at("pointermove", 101.5); // a stop is meant
  at("pointermove", 390); // has not come yet
  at("pointerup", 390);
  at("pointermove", 0);
  assert.deepEqual(told, [1.5, 1, 2, "now"]);
  told.length = 0;
  slider.node.fire("wheel", { deltaX: 0, deltaY: 100, deltaMode: 0, timeStamp: 1e6 });
  assert.deepEqual(told, [1.5, "later"]);
  slider.drop();
  assert.equal(observers.size, 0);
});

test("a tap of a finger on the track sets the value, a finger that scrolls does not", () => {
  const { slider, told } = open();
  const at = (name, clientX) => slider.node.fire(name, { clientX, button: 0, pointerId: 1, pointerType: "touch", target: slider.node });
  at("pointerdown", 200);
  slider.node.fire("pointercancel"); // the page scrolls
  assert.deepEqual(told, []);
  at("pointerdown", 200);
  at("pointermove", 204);
  at("pointerup", 204);
  assert.deepEqual(told, [2.04, "now"]);
  slider.drop();
});

test("a slider says its value and names its ends; of one stop it is off", () => {
  const { slider } = open();
  assert.equal(slider.thumb.getAttribute("aria-valuetext"), "lambda 0");
  assert.deepEqual(["aria-valuemin", "aria-valuemax", "aria-disabled"].map((name) => slider.thumb.getAttribute(name)), ["0", "10", "false"]);
  assert.deepEqual(slider.scale.children.map((node) => node.textContent), ["0", "1", "2", "3", "4"]);
  slider.configure({ max: 0, ticks: [{ at: 0, text: "0" }], range: [0, 0] });
  assert.equal(slider.thumb.getAttribute("aria-disabled"), "true");
  slider.drop();
});

test("a field keeps its hands off what is being typed", () => {
  const typed = [];
  const field = new NumberField({ label: "Lambda, typed", className: "", commit: (value) => typed.push(value) });
  field.show("0.1");
  assert.equal(field.node.value, "0.1");
  field.node.value = "0.4";
  field.node.fire("input");
  field.show("0.2");
  assert.equal(field.node.value, "0.4");
  field.node.fire("change");
  assert.deepEqual([typed, field.node.value], [[0.4], "0.2"]);
  for (const text of ["", "x"]) {
    field.node.value = text;
    field.node.fire("input");
    field.node.fire("change");
  }
  assert.deepEqual([typed, field.node.value], [[0.4], "0.2"]);
  field.node.value = "7";
  field.node.fire("input");
  field.node.fire("keydown", { key: "Escape" });
  assert.equal(field.node.value, "0.2");
});
