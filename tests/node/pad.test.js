import assert from "node:assert/strict";
import test from "node:test";

import { Ink, distance } from "../../ui/pad_ink.js";
import { Points, SPRAY } from "../../ui/pad_points.js";
import { GAP, PATIENCE, Post } from "../../ui/pad_post.js";

test("distance to a segment: beside it, beyond its ends, and to a point", () => {
  assert.equal(distance(1, 2, [0, 0], [4, 0]), 2);
  assert.equal(distance(7, 4, [0, 0], [4, 0]), 5);
  assert.equal(distance(3, 4, [0, 0], [0, 0]), 5);
});

test("a stroke is full within, soft at the edge, and leaves the rest alone", () => {
  const ink = new Ink(5, 7, 0, 1);
  ink.begin();
  ink.stroke([1.5, 2.5], [5.5, 2.5], 0.75, 1);
  for (let c = 1; c <= 5; c += 1) assert.equal(ink.at(2, c), 1);
  assert.ok(Math.abs(ink.at(1, 3) - 0.25) < 1e-12); // 0.75 + 0.5 - 1
  assert.ok(Math.abs(ink.at(2, 0) - 0.25) < 1e-12);
  assert.equal(ink.at(0, 3), 0);
});

test("passing twice in one stroke is passing once; another stroke goes on from there", () => {
  const ink = new Ink(3, 3, 0, 1);
  ink.begin();
  for (let i = 0; i < 5; i += 1) ink.stroke([1.5, 1.5], [1.5, 1.5], 0.75, 0.8);
  const once = ink.at(0, 1);
  assert.ok(Math.abs(once - 0.2) < 1e-12);
  assert.ok(Math.abs(ink.at(1, 1) - 0.8) < 1e-12);
  ink.begin();
  ink.stroke([1.5, 1.5], [1.5, 1.5], 0.75, 0);
  assert.ok(Math.abs(ink.at(0, 1) - 0.75 * once) < 1e-12);
  assert.equal(ink.at(1, 1), 0);
});

test("undo goes back stroke by stroke; values keep their limits; outside is harmless", () => {
  const ink = new Ink(4, 4, -1, 2);
  assert.equal(ink.blank, 0);
  ink.set(1, 2, 9);
  assert.equal(ink.at(1, 2), 2);
  ink.begin();
  ink.stroke([-50, -50], [90, 90], 1, -7);
  assert.equal(ink.at(3, 3), -1);
  assert.ok(ink.undo());
  assert.equal(ink.at(3, 3), 0);
  assert.equal(ink.at(1, 2), 2);
  ink.clear();
  assert.ok(ink.undo() && ink.undo());
  assert.equal(ink.at(1, 2), 0);
  assert.equal(ink.undo(), false);
  assert.equal(new Ink(2, 2, 0.5, 1).blank, 0.5);
});

test("points are placed, moved, removed, undone, within the plane and up to a number", () => {
  const points = new Points([-1, -2], [1, 2], SPRAY + 3);
  assert.ok(points.add([0.5, 0.5], 1));
  points.add([9, -9], 0);
  assert.deepEqual(points.all, [[0.5, 0.5, 1], [1, -2, 0]]);
  assert.equal(points.near([0.6, 0.5], 0.2), 0);
  assert.equal(points.near([0, 0], 0.2), -1);
  points.keep();
  points.move(0, [0.1, 0.2]);
  assert.deepEqual(points.all[0], [0.1, 0.2, 1]);
  assert.ok(points.undo());
  assert.deepEqual(points.all[0], [0.5, 0.5, 1]);
  assert.ok(points.spray([0, 0], 4, 0.1));
  assert.equal(points.all.length, 2 + SPRAY);
  assert.ok(points.spray([0, 0], 4, 0.1));
  assert.ok(points.full && !points.add([0, 0], 0) && !points.spray([0, 0], 0, 0.1));
  for (const [x, y] of points.all) assert.ok(Math.abs(x) <= 1 && Math.abs(y) <= 2);
  assert.ok(points.remove(0) && !points.remove(-1));
  assert.deepEqual(points.all[0], [1, -2, 0]);
  points.undo();
  assert.deepEqual(points.all[0], [0.5, 0.5, 1]);
});

test("a spray is spread as it should be", () => {
  const points = new Points([-9, -9], [9, 9], 4000);
  while (!points.full) points.spray([1, 2], 0, 0.5);
  for (const [axis, centre] of [[0, 1], [1, 2]]) {
    const values = points.all.map((point) => point[axis] - centre);
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
    const deviation = Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);
    assert.ok(Math.abs(mean) < 0.05 && Math.abs(deviation - 0.5) < 0.05, `${mean} ${deviation}`);
  }
});

// A clock that a test moves.
class Clock {
  now = 0;

  timers = new Map();

  performance = { now: () => this.now };

  setTimeout(call, ms) {
    this.timers.set((this.count = (this.count ?? 0) + 1), [this.now + ms, call]);
    return this.count;
  }

  clearTimeout(id) {
    this.timers.delete(id);
  }

  to(now) {
    for (const [id, [at, call]] of [...this.timers]) {
      if (at > now) continue;
      this.now = at;
      this.timers.delete(id);
      call();
    }
    this.now = now;
  }
}

test("one message at a time, not too often, and the last state always", () => {
  const clock = new Clock();
  const sent = [];
  let state = 0;
  const post = new Post(() => ({ state }), (message) => sent.push(message), clock);
  const draw = (value) => {
    state = value;
    post.want();
  };
  draw(1);
  draw(2);
  draw(3);
  assert.deepEqual(sent, [{ n: 1, state: 1 }]);
  clock.to(GAP);
  assert.equal(sent.length, 1); // the answer is still out
  post.heard(1);
  assert.deepEqual(sent.at(-1), { n: 2, state: 3 });
  post.heard(2);
  post.heard(1);
  clock.to(GAP + 10);
  draw(4);
  assert.equal(sent.length, 2);
  clock.to(2 * GAP);
  assert.deepEqual(sent.at(-1), { n: 3, state: 4 });
  draw(5);
  clock.to(2 * GAP + PATIENCE); // no answer
  assert.deepEqual(sent.at(-1), { n: 4, state: 5 });
  draw(6);
  post.drop();
  clock.to(9 * PATIENCE);
  assert.equal(sent.length, 4);
});
