import assert from "node:assert/strict";
import test from "node:test";

import { arrayOf, ellipse, fieldAt, gridLines, streamlines } from "../../ui/plane_parts.js";

// r(x) = x / 2 on a lattice from -1 to 1: the field is -x / 2 everywhere.
const lattice = 5;
const moved = [];
for (let j = 0; j < lattice; j += 1) for (let i = 0; i < lattice; i += 1) moved.push((-1 + i / 2) / 2, (-1 + j / 2) / 2);
const plane = {
  low: [-1, -1], high: [1, 1], lattice, moved, rank: 2, ellipses: 1, at: [0.5, -0.5], axes: [2, 0, 0, 1],
};

test("arrays come as they were packed", () => {
  const data = Buffer.from(new Float32Array([1.5, -2]).buffer).toString("base64");
  assert.deepEqual([...arrayOf({ dtype: "f4", data })], [1.5, -2]);
  assert.deepEqual([...arrayOf({ dtype: "u1", data: Buffer.from([0, 255]).toString("base64") })], [0, 255]);
});

test("the field between the lattice's points, and nothing outside", () => {
  for (const place of [[0, 0], [0.3, -0.7], [1, 1], [-1, 0.25]]) {
    const [dx, dy] = fieldAt(plane, 0, place);
    assert.ok(Math.abs(dx + place[0] / 2) < 1e-12 && Math.abs(dy + place[1] / 2) < 1e-12, `${place}`);
  }
  assert.deepEqual(fieldAt(plane, 0, [1.01, 0]), [0, 0]);
  assert.deepEqual(fieldAt(plane, 0, [NaN, 0]), [0, 0]);
});

test("streamlines run down the field, towards the origin here, and stop where it is still", () => {
  const lines = streamlines(plane, 0, { every: 1, steps: 8 });
  assert.ok(lines.length >= 8);
  for (const line of lines) {
    const sizes = line.map(([x, y]) => Math.hypot(x, y));
    for (let i = 1; i < sizes.length; i += 1) assert.ok(sizes[i] < sizes[i - 1]);
    const [x, y] = line[0];
    const [u, v] = line.at(-1);
    assert.ok(Math.abs(x * v - y * u) < 1e-9); // a straight way
  }
  const nowhere = { ...plane, moved: plane.moved.map((value) => 2 * value) };
  assert.deepEqual(streamlines(nowhere, 0, { every: 1 }), []);
});

test("the grid is the lattice's image, row by row and column by column", () => {
  const lines = gridLines(plane, 0, 2);
  assert.equal(lines.length, 6);
  assert.deepEqual(lines[0][0], [-0.5, -0.5]);
  assert.deepEqual(lines[1].at(-1), [-0.5, 0.5]);
});

test("an ellipse has its axes and its middle; with one singular value it is a line", () => {
  const points = ellipse(plane, 0, 0, 0.1, 4);
  assert.ok(Math.abs(points[0][0] - 0.7) < 1e-12 && Math.abs(points[0][1] + 0.5) < 1e-12);
  assert.ok(Math.abs(points[1][0] - 0.5) < 1e-12 && Math.abs(points[1][1] + 0.4) < 1e-12);
  for (const [, y] of ellipse({ ...plane, rank: 1, axes: [2, 0] }, 0, 0, 0.1)) assert.equal(y, -0.5);
});
