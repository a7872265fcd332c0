import assert from "node:assert/strict";
import test from "node:test";

import { PathStore } from "../../ui/player/decode.js";
import { frameLimits, frameOfMap, histogram, isCollapsed, isFailed, largest, movement } from "../../ui/player/numbers.js";
import { makePath } from "./fixture.js";

async function filled(options) {
  const made = makePath(options);
  const store = new PathStore();
  for (const part of [made.base, ...made.frames, made.umap]) await store.put(part);
  return { path: store.get("path"), truth: made.truth };
}

const near = (a, b) => assert.ok(Math.abs(a / b - 1) < 1e-3, `${a} is not ${b}`);

test("limits are over the whole path", async () => {
  const { path, truth } = await filled({ K: 5, F: 4, n: 30, marks: ["DAE"] });
  const { limits } = path;
  near(limits.position, Math.max(...truth.points.flat().map(Math.abs)));
  near(limits.norm.high, Math.max(...truth.norms.flat()));
  near(limits.norm.low, Math.min(...truth.norms.flat()));
  near(limits.error.high, Math.max(...truth.errors.flat()));
  near(limits.meanNorm.high, Math.max(...path.frames.flatMap((frame) => [...frame.mean_norm])));
  let most = 0;
  truth.points.forEach((points) => points.forEach((value, i) => {
    if (i % 2) return;
    const own = i % 60;
    most = Math.max(most, Math.hypot(value - points[own], points[i + 1] - points[own + 1]));
  }));
  near(limits.movement, most);
});

test("limits grow as frames come", async () => {
  const made = makePath({ F: 3 });
  const store = new PathStore();
  await store.put(made.base);
  await store.put(made.frames[0]);
  const before = store.get("path").limits.norm.high;
  await store.put(made.frames[2]);
  assert.ok(store.get("path").limits.norm.high > before);
});

test("failed members and what is no number stay out of the limits", async () => {
  const { path } = await filled({ K: 3, F: 2, failed: { 2: 1 }, nan: true });
  const frame = path.frames[1];
  const { side, moved } = frame.limits;
  frame.arrays.point.fill(2047, 2 * 2 * path.n); // whatever is stored of it
  assert.deepEqual([frameLimits(frame).side, frameLimits(frame).moved], [side, moved]);
  const again = await filled({ K: 3, F: 2, nan: true });
  assert.ok(Object.values(path.limits).every((value) => typeof value === "number" || Number.isFinite(value.high - value.low)));
  assert.ok(Number.isNaN(again.path.frames[1].norms[0][0]));
  assert.ok(isFailed(frame, 2) && !isFailed(frame, 1));
});

test("a path on which every member failed still has limits", async () => {
  const { path } = await filled({ K: 2, F: 1, failed: { 0: 0, 1: 0 } });
  assert.equal(path.limits.position, 1);
  assert.ok(path.limits.norm.high > path.limits.norm.low);
});

test("collapse is a share of variance lost of 80 % and more where the AE has lost less", () => {
  const frame = { variance_lost: [0.79, 0.8, NaN, 0.6] };
  assert.deepEqual([0, 1, 2, 3].map((m) => isCollapsed(frame, m)), [false, true, false, false]);
  assert.equal(isCollapsed({ variance_lost: [0.81, 0.9] }, 1), false); // not learned yet
  assert.equal(isCollapsed({ variance_lost: [NaN, 0.9] }, 1), true); // the AE failed
});

test("a histogram counts every number once, ends included", () => {
  const counts = new Uint32Array(4);
  assert.equal(histogram(counts, [0, 0.99, 1, 3.999, 4, 5, -1, NaN, Infinity], 0, 4), 7);
  assert.deepEqual([...counts], [3, 1, 0, 3]);
  assert.equal(largest(counts), 3);
});

test("a histogram of a selection, and of limits without width", () => {
  const counts = new Uint32Array(2).fill(9);
  assert.equal(histogram(counts, [0, 1, 1, 1], 0, 1, new Set([0, 3, 99])), 2);
  assert.deepEqual([...counts], [1, 1]);
  assert.equal(histogram(counts, [2, 2], 2, 2), 2);
});

test("movement is the distance from lambda 0 in the same frame", async () => {
  const { path, truth } = await filled({ K: 3, F: 2, n: 10, failed: { 2: 1 } });
  const out = new Float32Array(10);
  assert.ok(movement(out, path, 0, 1).every((value) => value === 0));
  movement(out, path, 1, 1);
  const points = truth.points[1];
  out.forEach((value, i) => {
    const expected = Math.hypot(points[20 + 2 * i] - points[2 * i], points[21 + 2 * i] - points[2 * i + 1]);
    assert.ok(Math.abs(value - expected) < 1e-3 * path.limits.position);
  });
  assert.ok(movement(out, path, 2, 1).every(Number.isNaN));
  assert.ok(movement(out, path, 1, 0, "umap").every((value) => Math.abs(value - Math.SQRT2 / 10) < 3e-3));
  assert.deepEqual([frameOfMap(path, 0, "pca"), frameOfMap(path, 0, "umap")], [0, 1]);
  assert.ok(movement(out, path, 2, 0, "umap").every(Number.isNaN)); // as in the last frame
  path.umap = null;
  assert.equal(movement(out, path, 1, 0, "umap"), null);
});
