import assert from "node:assert/strict";
import test from "node:test";

import { PathStore } from "../../ui/player/decode.js";
import { nearestOf, numbersOf, positions } from "../../ui/player/interpolate.js";
import { makePath } from "./fixture.js";

async function filled(options, skip = []) {
  const made = makePath(options);
  const store = new PathStore();
  for (const part of [made.base, ...made.frames.filter((_, f) => !skip.includes(f)), made.umap]) await store.put(part);
  return { path: store.get("path"), truth: made.truth };
}

const at = (path, u, v, map) => positions(new Float32Array(2 * path.n), path, u, v, map);

test("positions at computed members and frames are the decoded ones", async () => {
  const { path, truth } = await filled({ K: 3, F: 3, n: 20, marks: ["DAE"] });
  for (let m = 0; m < 3; m += 1) {
    for (let f = 0; f < 3; f += 1) {
      const found = at(path, m, f);
      for (let i = 0; i < 40; i += 1) {
        assert.ok(Math.abs(found[i] - truth.points[f][m * 40 + i]) <= path.frames[f].point_scale);
      }
    }
  }
});

test("between them positions are bilinear", async () => {
  const { path } = await filled({ K: 4, F: 4, n: 15 });
  const [u, v] = [1.3, 2.75];
  const corners = [[1, 2, 0.7 * 0.25], [2, 2, 0.3 * 0.25], [1, 3, 0.7 * 0.75], [2, 3, 0.3 * 0.75]];
  const expected = new Array(30).fill(0);
  for (const [m, f, weight] of corners) at(path, m, f).forEach((value, i) => (expected[i] += weight * value));
  at(path, u, v).forEach((value, i) => assert.ok(Math.abs(value - expected[i]) < 1e-5));
  for (const [a, b] of [[1.3, 2], [1, 2.75], [3, 2.5], [2.5, 3]]) {
    const wanted = [0, 1].flatMap((i) => [0, 1].map((j) => [Math.floor(a) + i, Math.floor(b) + j]))
      .map(([m, f]) => [m, f, (1 - Math.abs(a - m)) * (1 - Math.abs(b - f))]).filter(([, , weight]) => weight > 0);
    const sum = new Array(30).fill(0);
    for (const [m, f, weight] of wanted) at(path, m, f).forEach((value, i) => (sum[i] += weight * value));
    at(path, a, b).forEach((value, i) => assert.ok(Math.abs(value - sum[i]) < 1e-5));
  }
});

test("positions beyond the path and beyond what has come are those of its ends", async () => {
  const { path } = await filled({ K: 3, F: 4 }, [2]);
  assert.equal(path.ready, 2);
  assert.deepEqual(at(path, 9, 9), at(path, 2, 1));
  assert.deepEqual(at(path, -1, -1), at(path, 0, 0));
});

test("a path of one member and one frame", async () => {
  const { path } = await filled({ K: 1, F: 1, n: 1 });
  assert.ok(at(path, 0, 0).every(Number.isFinite));
  assert.ok(at(path, 0, 0, "umap").every(Number.isFinite));
  assert.equal(numbersOf(path, 0, 0).lam, 0);
});

test("a member that failed has no positions and pulls nothing towards it", async () => {
  const { path } = await filled({ K: 4, F: 3, failed: { 2: 1 } });
  assert.ok(at(path, 2, 2).every(Number.isNaN));
  assert.ok(at(path, 1.6, 2).every(Number.isNaN));
  assert.deepEqual(at(path, 1.4, 2), at(path, 1, 2));
  assert.deepEqual(at(path, 2.6, 2), at(path, 3, 2));
  assert.ok(at(path, 2, 0).every(Number.isFinite));
  assert.deepEqual(at(path, 2, 0.4), at(path, 2, 0));
  assert.ok(at(path, 2, 0.5).every(Number.isNaN));
  assert.ok(at(path, 2, 1.5).every(Number.isNaN));
  // Beside it in lambda: of both members what is nearer in time, and the other one alone where this is no longer there.
  const [own, other] = [at(path, 2, 0), at(path, 1, 0.4)];
  at(path, 1.3, 0.4).forEach((value, i) => assert.ok(Math.abs(value - 0.7 * other[i] - 0.3 * own[i]) < 1e-5));
  assert.deepEqual(at(path, 1.3, 0.6), at(path, 1, 0.6));
  assert.ok(at(path, 1.6, 0.6).every(Number.isNaN));
});

test("there are positions exactly where the nearest member has not failed in the nearest frame", async () => {
  const { path } = await filled({ K: 4, F: 4, n: 3, failed: { 0: 3, 2: 1, 3: 2 } });
  for (let u = 0; u <= 3; u += 0.1) {
    for (let v = 0; v <= 3; v += 0.1) {
      const { member, frame } = nearestOf(path, u, v);
      const expected = numbersOf(path, member, frame).failed === 0;
      assert.ok(at(path, u, v).every((value) => Number.isFinite(value) === expected), `${u}, ${v}`);
    }
  }
});

test("UMAP is interpolated over lambda only, and may be missing", async () => {
  const { path } = await filled({ K: 3, F: 2, n: 10 });
  const half = at(path, 1.5, 0, "umap");
  const [one, two] = [at(path, 1, 1, "umap"), at(path, 2, 0, "umap")];
  half.forEach((value, i) => assert.ok(Math.abs(value - (one[i] + two[i]) / 2) < 1e-5));
  const failing = (await filled({ K: 3, F: 2, n: 10, failed: { 2: 1 } })).path;
  assert.deepEqual(at(failing, 1.4, 0, "umap"), at(failing, 1, 0, "umap"));
  assert.ok(at(failing, 1.6, 0, "umap").every(Number.isNaN));
  path.umap = null;
  assert.equal(at(path, 1, 0, "umap"), null);
});

test("numbers are those of the nearest computed member and frame, marks included", async () => {
  const { path } = await filled({ K: 4, F: 3, marks: ["DAE"] });
  assert.deepEqual(nearestOf(path, 1.4, 1.6), { member: 1, frame: 2 });
  assert.deepEqual(nearestOf(path, 99, 99), { member: 3, frame: 2 }); // marks are not on the handle
  const found = numbersOf(path, 1, 2);
  assert.equal(found.lam, path.lams[1]);
  assert.equal(found.epoch, 2);
  assert.equal(found.meanNorm, path.frames[2].mean_norm[1]);
  assert.equal(numbersOf(path, 4, 2).lam, null);
  assert.equal(numbersOf(path, 0, 17), null);
});
