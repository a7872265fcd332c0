import assert from "node:assert/strict";
import test from "node:test";

import { PathStore } from "../../ui/player/decode.js";
import { className, ofUmap, readout, sampleWords, sentence } from "../../ui/player/words.js";
import { makePath } from "./fixture.js";

async function filled(options) {
  const made = makePath(options);
  const store = new PathStore();
  for (const part of [made.base, ...made.frames]) await store.put(part);
  return store.get("path");
}

// The same path with the last frame's means as given.
async function withNumbers(numbers) {
  const path = await filled({ K: 3, F: 2, top: 0.1 });
  path.lams.splice(0, 3, 0, 0.01, 0.1);
  Object.assign(path.frames[1], { failed: [0, 0, 0], variance_lost: [0, 0, 0] }, numbers);
  return path;
}

test("a member beside the AE", async () => {
  const path = await withNumbers({ mean_norm: [3.22, 3.0, 2.32], reconstruction_error: [0.05, 0.06, 0.28] });
  assert.equal(sentence(path, 2, 1), "lambda 0.1: mean norm 2.32, 28 % below the AE; error 5.6 times as large.");
  assert.equal(sentence(path, 1, 1), "lambda 0.01: mean norm 3.00, 7 % below the AE; error 20 % larger.");
  assert.equal(sentence(path, 0, 1), "lambda 0, the plain autoencoder (AE): mean norm 3.22; error 0.0500.");
});

test("numbers above, equal, and far below the AE's", async () => {
  const path = await withNumbers({ mean_norm: [1, 1.2, 0.001], reconstruction_error: [1, 1, 0.9] });
  assert.match(sentence(path, 1, 1), /20 % above the AE; error as large\.$/);
  assert.match(sentence(path, 2, 1), /over 99 % below the AE; error 10 % smaller\.$/);
  path.frames[1].mean_norm = [0, 0, 0];
  assert.match(sentence(path, 1, 1), /mean norm 0; error/);
});

test("a collapse is said from 80 % on", async () => {
  const path = await withNumbers({ variance_lost: [0, 0.796, 0.81] });
  assert.match(sentence(path, 1, 1), /Variance lost 80 %\.$/);
  assert.match(sentence(path, 2, 1), /Variance lost 81 %: collapsed, it has let go of nearly all that tells samples apart\.$/);
});

test("what the AE has lost as well is not learned yet; large factors are rounded", async () => {
  const path = await filled({ K: 2, F: 3 });
  Object.assign(path.frames[1], { variance_lost: [0.9, 0.95], reconstruction_error: [1e-3, 19.7], mean_norm: [1, 3] });
  assert.match(sentence(path, 1, 1), /3\.0 times the AE's; error 20,000 times as large\. Variance lost 95 %: not learned yet\.$/);
  Object.assign(path.frames[2], { variance_lost: [0.9, 0.95] });
  assert.match(sentence(path, 1, 2), /Variance lost 95 %\.$/);
});

test("before training, and a member that failed", async () => {
  const path = await filled({ K: 3, F: 3, failed: { 2: 1 } });
  assert.match(sentence(path, 1, 0), /^Before training all models are the same: mean norm [\d.]+\.$/);
  assert.match(sentence(path, 2, 2), /training stopped being finite in epoch 1; there is nothing to show\.$/);
  assert.match(sentence(path, 1, 1), / at epoch 1: /);
});

test("no path, or none of its frames yet", () => {
  assert.equal(sentence(null, 0, 0), "");
  assert.equal(readout({ ready: 0 }, 0, 0), "");
});

test("the read-out names what lies on both sides", async () => {
  const path = await withNumbers({});
  assert.equal(readout(path, 1, 1), "");
  assert.equal(readout(path, 1.4, 1), "between lambda 0.01 and 0.1: positions interpolated, numbers of 0.01");
  assert.equal(readout(path, 1, 0.7), "between epochs 0 and 1: positions interpolated, numbers of epoch 1");
  assert.equal(
    readout(path, 1.6, 0.2),
    "between lambda 0.01 and 0.1, epochs 0 and 1: positions interpolated, numbers of lambda 0.1, epoch 0",
  );
  assert.equal(readout(path, 1, 0.7, "umap"), "between epochs 0 and 1: numbers of epoch 1");
  assert.equal(readout(path, 1.4, 1, "umap"), "between lambda 0.01 and 0.1: positions interpolated, numbers of 0.01");
  assert.match(ofUmap({ umap: { epoch: 60 } }), /^The map is that of epoch 60, its colours too,/);
});

test("a sample in words, with and without a class", async () => {
  const path = await filled({ K: 2, F: 2, classes: 2 });
  assert.equal(className(path, 3), "1");
  assert.match(sampleWords(path, 1, 1, 3), /^sample 3, class 1: norm [\d.]+ \(AE\) and [\d.]+, error [\d.]+ \(AE\) and [\d.]+$/);
  const bare = await filled({ K: 2, F: 2, classes: 0 });
  assert.match(sampleWords(bare, 0, 1, 3), /^sample 3: norm [\d.]+, error [\d.]+$/);
  assert.equal(sampleWords(bare, 0, 1, 999), "");
});
