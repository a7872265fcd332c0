import assert from "node:assert/strict";
import test from "node:test";

import { CodeMap, gridStep } from "../../ui/player/maps.js";
import { umapView } from "../../ui/player/picture.js";
import { newElement } from "./page.js";

test("grid lines are round numbers some forty pixels apart", () => {
  for (let scale = 1e-5; scale < 1e7; scale *= 1.37) {
    const step = gridStep(1, scale);
    const pixels = step * scale;
    assert.ok(pixels >= 39.9 && pixels <= 101, `${scale}: ${pixels}`);
    const digit = step / 10 ** Math.floor(Math.log10(step) + 1e-9);
    assert.ok([1, 2, 5, 10].some((round) => Math.abs(digit - round) < 1e-6), `${step}`);
  }
  assert.deepEqual([gridStep(1, 40), gridStep(1, 39.99), gridStep(3, 0), gridStep(0, 0)], [1, 1, 3, 1]);
});

test("the square of a UMAP holds all points of all members, about their middle", () => {
  const points = Int16Array.from([-100, 50, 300, 70, 0, 90, 20, 60]);
  assert.deepEqual(umapView({ arrays: { point: points }, point_scale: 0.5 }), { half: 100, x: 50, y: 35 });
  assert.deepEqual(umapView({ arrays: { point: Int16Array.of(7, 8) }, point_scale: 1 }), { half: 0, x: 7, y: 8 });
});

test("a map sets its square in the middle, one unit as long in both directions", () => {
  const map = new CodeMap(newElement(), { label: "Codes", owner: {} });
  assert.equal(map.measure(2), true);
  assert.equal(map.measure(2), false);
  map.fit({ half: 5, x: 1, y: -2 });
  assert.equal(map.scale, (200 / 2 - 5) / 5);
  assert.deepEqual([map.left + 1 * map.scale, map.top - -2 * map.scale], [150, 100]);
  map.fit({ half: 0, x: 0, y: 0 }); // all points are one
  assert.equal(map.scale, 95);
});
