import assert from "node:assert/strict";
import test from "node:test";

import { Pixels, stampOf } from "../../ui/player/pixels.js";

const RED = [200, 10, 20];
const covered = (pixels) => pixels.data.reduce((sum, value) => sum + (value >>> 24) / 255, 0);

test("a mark covers its area, wherever in a pixel it stands", () => {
  for (const [shape, radius, area] of [["dot", 3, Math.PI * 9], ["square", 2, 16], ["dot", 1.8, Math.PI * 1.8 ** 2]]) {
    for (const [x, y] of [[10, 10], [10.3, 10.9], [9.5, 10.5]]) {
      const pixels = new Pixels(20, 20);
      pixels.set(stampOf(shape, radius), x, y, RED);
      assert.ok(Math.abs(covered(pixels) / area - 1) < 0.1, `${shape} ${radius}: ${covered(pixels)} is not ${area}`);
    }
  }
});

test("its middle is where it was set", () => {
  const pixels = new Pixels(30, 30);
  const [x, y] = [12.6, 17.2];
  pixels.set(stampOf("dot", 4), x, y, RED);
  let [sum, sx, sy] = [0, 0, 0];
  pixels.data.forEach((value, i) => {
    const alpha = value >>> 24;
    sum += alpha;
    sx += alpha * ((i % 30) + 0.5);
    sy += alpha * (Math.floor(i / 30) + 0.5);
  });
  assert.ok(Math.abs(sx / sum - x) < 0.15 && Math.abs(sy / sum - y) < 0.15);
});

test("marks lie over each other as they do in print", () => {
  const pixels = new Pixels(9, 9);
  const stamp = stampOf("square", 3, 0.5);
  pixels.set(stamp, 4.5, 4.5, [255, 0, 0]);
  pixels.set(stamp, 4.5, 4.5, [0, 0, 255]);
  const [red, green, blue, alpha] = pixels.bytes.subarray(4 * 40, 4 * 41);
  assert.ok(Math.abs(alpha - 191) <= 1); // 1 - 0.5 * 0.5
  assert.ok(Math.abs(red - 85) <= 2 && green === 0 && Math.abs(blue - 170) <= 2); // a third and two thirds
});

test("marks are cut off at the edge, and what is no place is left out", () => {
  const pixels = new Pixels(10, 6);
  const stamp = stampOf("dot", 3);
  for (const [x, y] of [[0, 0], [10, 6], [-2, 3], [5, 8], [1e9, 3], [NaN, 2], [-1e9, NaN]]) pixels.set(stamp, x, y, RED);
  assert.ok(covered(pixels) > 5);
  const other = new Pixels(10, 6);
  other.copy(pixels);
  assert.deepEqual(other.data, pixels.data);
  other.clear();
  assert.equal(covered(other), 0);
});
