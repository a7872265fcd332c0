import assert from "node:assert/strict";
import test from "node:test";

import { digest, logValue, parse, PathStore, unpack } from "../../ui/player/decode.js";
import { makePath, pack } from "./fixture.js";

const all = ({ base, frames, umap }) => [base, ...frames, umap];

async function filled(made, store = new PathStore()) {
  for (const part of all(made)) await store.put(part);
  return store.get("path");
}

test("a part comes back as it was packed, at any offset in its buffer", async () => {
  const bytes = pack({ kind: "base", text: "λ é" }, {
    a: ["u1", [3], [1, 2, 255]], b: ["i2", [2, 2], [-32768, 0, 5, 32767]], c: ["f8", [1], [0.1]], d: ["f4", [2, 0], []], e: ["u2", [1], [65535]],
  });
  const shifted = new Uint8Array(bytes.length + 5);
  shifted.set(bytes, 5);
  for (const part of [bytes, shifted.subarray(5)]) {
    assert.match(digest(part), /^[0-9a-f]{16}$/);
    const { header, arrays } = await unpack(part);
    assert.equal(header.text, "λ é");
    assert.deepEqual([...arrays.a], [1, 2, 255]);
    assert.deepEqual([...arrays.b], [-32768, 0, 5, 32767]);
    assert.deepEqual(arrays.b.shape, [2, 2]);
    assert.deepEqual([...arrays.c], [0.1]);
    assert.equal(arrays.d.length, 0);
    assert.deepEqual([...arrays.e], [65535]);
  }
});

test("headers of every length leave the arrays at a multiple of 8", () => {
  for (let length = 0; length < 9; length += 1) {
    const text = JSON.stringify({ arrays: { a: { type: "f8", shape: [1], offset: 0 } }, pad: "x".repeat(length) });
    const start = Math.ceil((4 + text.length) / 8) * 8;
    const buffer = new ArrayBuffer(start + 8);
    new DataView(buffer).setUint32(0, text.length, true);
    new Uint8Array(buffer).set(new TextEncoder().encode(text), 4);
    new DataView(buffer).setFloat64(start, 2.5, true);
    assert.equal(parse(buffer).arrays.a[0], 2.5);
  }
});

test("a logarithm in steps: 0, no number, and the formula", () => {
  const code = { low: Math.log(0.01), step: 1e-3 };
  assert.equal(logValue(0, code), 0);
  assert.ok(Number.isNaN(logValue(65535, code)));
  assert.ok(Math.abs(logValue(1, code) - 0.01) < 1e-12);
  assert.ok(Math.abs(logValue(1001, code) / 0.01 - Math.E) < 1e-9);
});

test("decoded norms, errors and positions are those before quantisation", async () => {
  const made = makePath({ K: 4, F: 3, n: 50 });
  const path = await filled(made);
  path.frames.forEach((frame, f) => {
    const norms = frame.norms.flatMap((values) => [...values]);
    const errors = frame.errors.flatMap((values) => [...values]);
    made.truth.norms[f].forEach((value, i) => assert.ok(Math.abs(norms[i] / value - 1) < 1e-3));
    made.truth.errors[f].forEach((value, i) => assert.ok(Math.abs(errors[i] / value - 1) < 1e-3));
    made.truth.points[f].forEach((value, i) => {
      assert.ok(Math.abs(frame.arrays.point[i] * frame.point_scale - value) <= frame.point_scale);
    });
  });
});

test("parts may come in any order and twice", async () => {
  const made = makePath({ F: 4 });
  const store = new PathStore();
  const seen = [];
  const stop = store.subscribe((path) => seen.push([path.id, path.ready]));
  await store.put(made.frames[2]);
  await store.put(made.frames[0]);
  assert.equal(store.get("path").ready, 0); // no base yet
  const version = store.get("path").version;
  await store.put(made.frames[0].slice());
  assert.equal(store.get("path").version, version);
  await store.put(made.base);
  assert.equal(store.get("path").ready, 1);
  await store.put(made.frames[1]);
  assert.equal(store.get("path").ready, 3);
  assert.equal(store.get("path").complete, false);
  stop();
  await store.put(made.frames[3]);
  assert.equal(store.get("path").complete, true);
  assert.deepEqual(seen.map(([, ready]) => ready), [0, 0, 1, 3]);
});

test("put all at once: the parts of a path find each other", async () => {
  const store = new PathStore();
  const paths = await Promise.all(all(makePath({})).map((part) => store.put(part)));
  assert.equal(new Set(paths).size, 1);
  assert.ok(store.get("path").complete);
});

test("what is null in the header is no number", async () => {
  const path = await filled(makePath({ K: 3, F: 2, failed: { 2: 1 } }));
  assert.ok(Number.isNaN(path.frames[1].relative_contraction[2]));
  assert.ok(Number.isNaN(path.frames[1].mean_norm[2]));
  assert.ok(Number.isFinite(path.frames[0].mean_norm[2]));
  assert.ok(path.frames[1].failed[2] > 0);
});

test("numbers from before training stopped being finite are none", async () => {
  const made = makePath({ K: 3, F: 2, n: 5 });
  const { header, arrays } = await unpack(made.frames[1]);
  const types = { point: "i2", norm: "u2", error: "u2", gallery: "u1", spectrum: "f4", ratio: "f4" };
  const listed = Object.entries(arrays).map(([name, array]) => [name, [types[name], array.shape, [...array]]]);
  const store = new PathStore();
  await store.put(made.base);
  await store.put(made.frames[0]);
  const path = await store.put(pack({ ...header, failed: [0, 0, 1] }, Object.fromEntries(listed)));
  const frame = path.frames[1];
  for (const values of [frame.norms[2], frame.errors[2]]) assert.ok(values.every(Number.isNaN));
  for (const name of ["mean_norm", "reconstruction_error", "variance_lost"]) {
    assert.deepEqual([...frame[name]].map(Number.isFinite), [true, true, false]);
  }
  for (const array of [frame.arrays.spectrum, frame.arrays.ratio]) {
    const [, size] = array.shape;
    assert.deepEqual([...array].map(Number.isNaN), [...array].map((_, i) => i >= 2 * size));
  }
  assert.ok(path.frames[0].norms[2].every(Number.isFinite));
});

test("a damaged part is refused, and tried again when it is sent again", async () => {
  const store = new PathStore();
  const { base } = makePath({});
  const damaged = base.slice(0, base.length - 20);
  await assert.rejects(store.put(damaged));
  assert.equal((await store.put(base)).base.kind, "base");
  await assert.rejects(new PathStore().put(pack({ kind: "other", path: "path" }, {})), /Got other/);
});

test("a path stays while a mount holds it, and a while longer", async () => {
  const store = new PathStore(1);
  const parts = ["one", "two", "three"].map((id) => makePath({ id, F: 1 }));
  const mount = [{}, {}];
  await store.put(parts[0].base, mount[0]);
  await store.put(parts[0].frames[0], mount[1]);
  store.release(mount[0]);
  await store.put(parts[1].base); // held by nobody
  await store.put(parts[2].base);
  assert.ok(store.get("one"), "still held by the second mount");
  assert.equal(store.get("two"), null, "the longest released goes first");
  assert.ok(store.get("three"));
  store.release(mount[1]);
  assert.ok(store.get("one"), "the newest released one is kept");
  assert.equal(store.get("three"), null);
  await store.put(parts[0].base, mount[0]); // mounted again
  await store.put(parts[1].base);
  await store.put(parts[2].base);
  assert.ok(store.get("one"));
});

test("a mount that brings other bytes lets its old part go; remove forgets at once", async () => {
  const store = new PathStore(0);
  const [one, two] = ["one", "two"].map((id) => makePath({ id, F: 1 }));
  const mount = {};
  await store.put(one.base, mount);
  await store.put(two.base, mount);
  assert.equal(store.get("one"), null);
  assert.ok(store.get("two"));
  store.remove("two");
  assert.equal(store.get("two"), null);
  await store.put(two.base, mount);
  assert.ok(store.get("two"));
});

test("degenerate paths decode: 1 x 1, one class, no classes, constant features, one sample", async () => {
  for (const options of [{ K: 1, F: 1 }, { classes: 1 }, { classes: 0 }, { constant: true }, { n: 1 }, { K: 2, F: 1, n: 2 }]) {
    const path = await filled(makePath(options));
    assert.ok(path.complete);
    for (const value of Object.values(path.limits)) {
      if (typeof value === "number") assert.ok(value > 0 && Number.isFinite(value));
      else assert.ok(value.low < value.high, JSON.stringify(path.limits));
    }
  }
});
