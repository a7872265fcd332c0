// Reads parts from files and writes what the player's own functions make of them, as JSON: `node decode_file.js PART...`.
// Called by tests/test_node.py, which compares it with the core's numbers.

import { readFileSync } from "node:fs";

import { PathStore } from "../../ui/player/decode.js";
import { positions } from "../../ui/player/interpolate.js";
import { lambdaAt } from "../../ui/player/scales.js";

const store = new PathStore();
let path = null;
for (const file of process.argv.slice(2)) path = await store.put(new Uint8Array(readFileSync(file)));

const plain = (values) => Array.from(values, (value) => (Number.isFinite(value) ? value : null));
const { base, lams, n } = path;
const frames = path.frames.map((frame, v) => ({
  epoch: frame.epoch,
  mean_norm: plain(frame.mean_norm),
  norms: frame.norms.map(plain),
  errors: frame.errors.map(plain),
  positions: lams.map((_, u) => {
    const out = new Float32Array(2 * n);
    positions(out, path, u, v, "pca");
    return plain(out);
  }),
  gallery: plain(frame.arrays.gallery),
  spectrum: plain(frame.arrays.spectrum),
  ratio: plain(frame.arrays.ratio),
}));
const between = new Float32Array(2 * n);
positions(between, path, 0.5, 0.25, "pca");
process.stdout.write(JSON.stringify({
  frames, inputs: plain(base.arrays.inputs), label: plain(base.arrays.label ?? []), ready: path.ready,
  between: plain(between), lambda: lambdaAt(lams, 1.5), limit: path.limits.position,
}));
