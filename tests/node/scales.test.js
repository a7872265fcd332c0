import assert from "node:assert/strict";
import test from "node:test";

import * as scales from "../../ui/player/scales.js";

const LAMS = [0, 0.01, 0.1, 1, 10];
const EPOCHS = [0, 1, 2, 4, 60];
const close = (a, b, tolerance = 1e-9) => assert.ok(Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b)), `${a} is not ${b}`);

test("lambda is linear up to the first one above 0 and geometric beyond", () => {
  close(scales.lambdaAt(LAMS, 0.25), 0.0025);
  close(scales.lambdaAt(LAMS, 1.5), Math.sqrt(0.01 * 0.1));
  LAMS.forEach((lam, i) => assert.equal(scales.lambdaAt(LAMS, i), lam));
  assert.equal(scales.lambdaAt(LAMS, -3), 0);
  assert.equal(scales.lambdaAt(LAMS, 99), 10);
});

test("coordinates and lambdas, frames and epochs are each other's inverse", () => {
  for (let u = 0; u <= 4; u += 0.05) close(scales.coordinateOf(LAMS, scales.lambdaAt(LAMS, u)), u);
  for (let v = 0; v <= 4; v += 0.05) close(scales.frameOf(EPOCHS, scales.epochAt(EPOCHS, v)), v);
  assert.equal(scales.coordinateOf(LAMS, 1), 3);
  assert.equal(scales.coordinateOf(LAMS, 1e9), 4);
  assert.equal(scales.coordinateOf(LAMS, NaN), 0);
  assert.equal(scales.frameOf(EPOCHS, 61), 4);
});

test("a path of one lambda and one frame has one position", () => {
  assert.equal(scales.lambdaAt([0], 0), 0);
  assert.equal(scales.lambdaAt([0], 5), 0);
  assert.equal(scales.coordinateOf([0], 3), 0);
  assert.equal(scales.epochAt([0], 2), 0);
  assert.equal(scales.frameOf([7], 7), 0);
  assert.equal(scales.nearest(0.4, 1), 0);
});

test("nearest stays among what there is", () => {
  assert.deepEqual([-1, 0.49, 0.5, 2.2, 9].map((x) => scales.nearest(x, 4)), [0, 0, 1, 2, 3]);
  assert.equal(scales.nearest(2, 0), 0);
});

test("scales map and invert; a domain of no width is in the middle", () => {
  const x = scales.linear([0, 10], [100, 200]);
  assert.equal(x(5), 150);
  assert.equal(x.invert(150), 5);
  assert.equal(scales.linear([3, 3], [0, 10])(3), 5);
  const y = scales.log([0.01, 100], [0, 4]);
  close(y(1), 2);
  close(y.invert(3), 10);
  assert.equal(y(0), 0);
  assert.equal(y(-1), 0);
});

test("ticks are round, within the limits, and about as many as asked for", () => {
  assert.deepEqual(scales.ticks(0, 3.4, 4), [0, 1, 2, 3]);
  assert.deepEqual(scales.ticks(-0.31, 0.3, 3), [-0.2, 0, 0.2]);
  assert.deepEqual(scales.ticks(2, 2), [2]);
  assert.deepEqual(scales.ticks(NaN, 2), []);
  for (const [low, high] of [[0, 1], [0.001, 0.0017], [-5, 1e6], [3, 3.00001]]) {
    for (let count = 1; count < 9; count += 1) {
      const found = scales.ticks(low, high, count);
      assert.ok(found.length <= 1.5 * count + 1 && found.every((value) => value >= low - 1e-9 && value <= high + 1e-9));
    }
  }
});

test("ticks of a log axis", () => {
  assert.deepEqual(scales.logTicks(0.05, 12, 9), [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10]);
  assert.deepEqual(scales.logTicks(0.05, 12, 5), [0.1, 0.3, 1, 3, 10]);
  assert.deepEqual(scales.logTicks(0.05, 12, 4), [0.1, 1, 10]);
  assert.equal(scales.logTicks(1e-6, 1, 3).length, 3);
  assert.ok(scales.logTicks(2.1, 2.9, 4).length >= 2);
  assert.deepEqual(scales.logTicks(0, 0), []);
  assert.deepEqual(scales.logTicks(2, 2), [2]);
});

test("ceiling is the next of few numbers", () => {
  assert.deepEqual([0.9, 1, 1.2, 412, 0, NaN].map(scales.ceiling), [1, 1, 1.5, 500, 1, 1]);
});

// Pairs written by cae_core.figures.parts.number.
const NUMBERS = [
  [0, "0"], [1, "1.00"], [-1, "-1.00"], [0.1, "0.100"], [2.345, "2.35"], [0.125, "0.125"], [1.125, "1.12"], [2.125, "2.12"],
  [-1.125, "-1.12"], [12.5, "12.5"], [125.5, "126"], [0.5, "0.500"], [999.5, "1000"], [9.996, "10.00"], [1000, "1000"],
  [99999, "99999"], [99999.9, "100000"], [100000, "1.00e+05"], [123456, "1.23e+05"], [0.001, "0.00100"], [0.00099, "9.90e-04"],
  [1.5e-7, "1.50e-07"], [-2.5e-12, "-2.50e-12"], [1e100, "1.00e+100"], [0.0010005, "0.00100"], [3.22, "3.22"],
  [12345.5, "12346"], [12344.5, "12344"], [0.0625, "0.0625"], [NaN, "–"], [Infinity, "–"],
];

test("numbers are written as the core writes them", () => {
  for (const [value, text] of NUMBERS) assert.equal(scales.niceNumber(value), text);
  assert.equal(scales.niceNumber(null), "–");
  assert.equal(scales.niceNumber(undefined), "–");
});

test("ticks and lambdas are written short", () => {
  assert.deepEqual([0, 0.5, 100, 0.1 + 0.2, 1e-5, 2e6].map(scales.tickText), ["0", "0.5", "100", "0.3", "1e-5", "2e6"]);
  assert.equal(scales.lambdaText(0.7196, LAMS), "0.72");
  assert.equal(scales.lambdaText(10, LAMS), "10");
  assert.equal(scales.lambdaText(1.04, [1.04, 1.03]), "1.04");
  assert.equal(scales.thousands(1234567), "1,234,567");
  assert.equal(scales.thousands(450), "450");
});
