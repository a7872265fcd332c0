import assert from "node:assert/strict";
import test from "node:test";

import { Pointing, inside } from "../../ui/player/pointing.js";
import { newElement } from "./page.js";

const SQUARE = [[0, 0], [10, 0], [10, 10], [0, 10]];

test("inside a polygon, of any shape and either direction", () => {
  for (const polygon of [SQUARE, [...SQUARE].reverse()]) {
    assert.ok(inside(polygon, 5, 5) && inside(polygon, 0.1, 9.9));
    for (const [x, y] of [[-1, 5], [11, 5], [5, -1], [5, 11], [-1, 10], [20, 0]]) assert.ok(!inside(polygon, x, y), `${x}, ${y}`);
  }
  const hook = [[0, 0], [10, 0], [10, 10], [6, 10], [6, 4], [4, 4], [4, 10], [0, 10]];
  assert.ok(inside(hook, 2, 8) && inside(hook, 8, 8) && inside(hook, 5, 2));
  assert.ok(!inside(hook, 5, 8));
  const bow = [[0, 0], [10, 10], [10, 0], [0, 10]]; // crosses itself
  assert.ok(inside(bow, 2, 5) && inside(bow, 8, 5) && !inside(bow, 5, 2) && !inside(bow, 5, 8));
  for (const polygon of [[], [[1, 1]], [[0, 0], [10, 10]]]) assert.ok(!inside(polygon, 5, 5.5));
});

test("squares beside each other share no point and leave none out", () => {
  const right = SQUARE.map(([x, y]) => [x + 10, y]);
  for (const y of [1, 5, 9]) for (let x = 0; x < 20; x += 1) assert.equal(Number(inside(SQUARE, x, y)) + Number(inside(right, x, y)), 1);
});

// Samples at (0, 0), (100, 0), (0, 100), (104, 0) and one without a place; what the owner is told.
function open(owner = {}) {
  const told = [];
  const tell = (name) => (...values) => told.push([name, ...values.slice(0, -1)]);
  const map = { node: newElement(), count: 5, x: Float32Array.of(0, 100, 0, 104, NaN), y: Float32Array.of(0, 0, 100, 0, NaN) };
  const names = ["hover", "pick", "select", "clear", "outline"];
  const pointing = new Pointing(map, {
    ...Object.fromEntries(names.map((name) => [name, tell(name)])),
    tool: () => null, mask: () => null, picked: () => null, words: (index) => `sample ${index}`, ...owner,
  });
  const at = (name, clientX, clientY, more = {}) =>
    map.node.fire(name, { clientX, clientY, button: 0, pointerId: 1, pointerType: "mouse", ...more });
  const press = (key, more = {}) => map.node.fire("keydown", { key, ...more });
  return { pointing, map, told, at, press };
}

test("the nearest sample within reach, of those that are selected", () => {
  const { pointing } = open();
  assert.equal(pointing.find(3, 4, 12), 0);
  assert.equal(pointing.find(101.9, 0, 12), 1);
  assert.equal(pointing.find(102.1, 0, 12), 3);
  assert.equal(pointing.find(50, 50, 12), null);
  assert.equal(pointing.find(9, 0, 8), null);
  assert.equal(open({ mask: () => Uint8Array.of(1, 0, 1, 1, 1) }).pointing.find(100, 0, 12), 3);
});

test("a pointer hovers and picks; a finger reaches farther", () => {
  const { told, at } = open();
  at("pointermove", 2, 2);
  at("pointermove", 50, 50);
  at("pointerdown", 0, 98);
  at("pointerup", 0, 98);
  at("pointerdown", 50, 50);
  at("pointerup", 50, 50);
  at("pointerdown", 20, 0);
  at("pointerup", 20, 0);
  at("pointerdown", 20, 0, { pointerType: "touch" });
  at("pointerup", 20, 0, { pointerType: "touch" });
  assert.deepEqual(told, [["hover", 0], ["hover", null], ["pick", 2], ["clear"], ["clear"], ["pick", 0]]);
});

test("a box, however it is drawn, and a lasso", () => {
  for (const [from, to] of [[[-5, -5], [110, 5]], [[110, 5], [-5, -5]]]) {
    const { told, at } = open();
    at("pointerdown", ...from);
    at("pointermove", ...to);
    at("pointerup", ...to);
    assert.deepEqual(told, [["outline"], ["select", [0, 1, 3]]]);
  }
  for (const [owner, more] of [[{ tool: () => "lasso" }, {}], [{}, { altKey: true }], [{}, { shiftKey: true }]]) {
    const { told, at } = open(owner);
    at("pointerdown", -10, -10, more);
    for (const place of [[102, -10], [102, 10], [-10, 110]]) at("pointermove", ...place);
    at("pointerup", -10, 110);
    assert.deepEqual(told.at(-1), ["select", [0, 1, 2]]);
  }
});

test("a drag that is broken off selects nothing", () => {
  const { told, at, press } = open();
  at("pointerdown", -5, -5);
  at("pointermove", 50, 50);
  press("Escape");
  at("pointerup", 50, 50);
  assert.deepEqual(told.map(([name]) => name), ["outline", "outline", "clear"]);
});

test("keys walk through the samples, or through the selected ones", () => {
  const { told, press, pointing } = open();
  for (const key of ["ArrowRight", "ArrowRight", "End", "ArrowDown", "Home", "ArrowLeft", "PageDown", "Enter", "a"]) press(key);
  assert.deepEqual(told, [0, 1, 4, 4, 0, 0, 4].map((index) => ["hover", index]).concat([["pick", 4]]));
  assert.equal(pointing.live.textContent, "sample 4; 5 of 5");
  const some = open({ mask: () => Uint8Array.of(0, 1, 0, 1, 0), picked: () => 1 });
  for (const key of ["ArrowRight", "ArrowRight", "ArrowUp"]) some.press(key);
  assert.deepEqual(some.told, [["hover", 3], ["hover", 3], ["hover", 1]]);
  const first = open();
  first.press("ArrowUp");
  first.press("ArrowRight", { ctrlKey: true });
  assert.deepEqual(first.told, [["hover", 4]]);
});
