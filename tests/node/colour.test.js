import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import * as colour from "../../ui/player/colour.js";
import { PathStore } from "../../ui/player/decode.js";
import { makePath } from "./fixture.js";

const LIGHT = { dark: false, card: "rgb(255,255,255)", ink: "rgb(29,36,51)", muted: "rgb(92,97,108)" };
const DARK = { dark: true, card: "rgb(30,34,43)", ink: "rgb(230,232,238)", muted: "rgb(165,168,176)" };

async function filled(options) {
  const made = makePath(options);
  const store = new PathStore();
  for (const part of [made.base, ...made.frames, made.umap]) await store.put(part);
  return store.get("path");
}

// Relative luminance, as WCAG defines it.
function luminance(text) {
  const [red, green, blue] = colour.channels(text).map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

const contrast = (a, b) => {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
};

test("colours of classes and models are the core's", () => {
  const source = readFileSync(new URL("../../cae_core/figures/parts.py", import.meta.url), "utf8");
  const block = source.match(/CLASS_COLOURS = \(([^)]*)\)/)[1];
  assert.deepEqual(colour.CLASS_COLOURS, block.match(/#[0-9a-f]{6}/g));
  assert.ok(source.includes(`PICKED = "${colour.PICKED}"`));
});

test("the scales are ordered by lightness, away from the card, and visible on it", () => {
  for (const theme of [LIGHT, DARK]) {
    const steps = Array.from({ length: 64 }, (_, i) => colour.scaleColour(i / 63, theme.dark));
    steps.slice(1).forEach((step, i) => {
      assert.ok(contrast(step, theme.card) >= contrast(steps[i], theme.card) - 0.02, `step ${i}`);
    });
    assert.ok(contrast(steps[0], theme.card) > (theme.dark ? 2.5 : 1.4));
    assert.ok(contrast(steps[63], theme.card) > 10);
  }
});

test("every sample has an entry of the palette", async () => {
  for (const options of [{}, { classes: 0 }, { classes: 1 }, { classes: 12, n: 60 }, { constant: true }, { failed: { 1: 0 } }, { nan: true }]) {
    const path = await filled({ K: 3, F: 2, ...options });
    const out = new Uint8Array(path.n);
    for (const { id } of colour.COLOURINGS) {
      for (const map of ["pca", "umap"]) {
        const entries = colour.palette(path, id, LIGHT);
        colour.paint(out, path, id, 1, 1, map);
        assert.ok(out.every((index) => index < entries.length && entries[index]), id);
      }
    }
  }
});

test("more is further along the scale; no number is the last entry", async () => {
  const path = await filled({ K: 3, F: 2, nan: true });
  const out = new Uint8Array(path.n);
  colour.paint(out, path, "norm", 0, 1);
  assert.equal(out[0], colour.STEPS); // the fixture's missing norm
  const { norms } = path.frames[1];
  for (let i = 2; i < path.n; i += 1) if (norms[0][i] > norms[0][1]) assert.ok(out[i] >= out[1]);
  colour.paint(out, path, "movement", 0, 1);
  assert.ok(out.every((index) => index === 0));
  const { low, high, log } = colour.colourLimits(path, "error");
  assert.ok(log && low > 0 && high > low);
  assert.equal(colour.colourLimits(path, "class"), null);
});

test("on UMAP colours are those of the last frame, wherever the time handle stands", async () => {
  const path = await filled({ K: 3, F: 3, failed: { 2: 2 } });
  const of = (id, member, frame, map) => [...colour.paint(new Uint8Array(path.n), path, id, member, frame, map)];
  for (const id of ["norm", "error"]) {
    assert.notDeepEqual(of(id, 1, 0, "pca"), of(id, 1, 2, "pca"));
    assert.deepEqual(of(id, 1, 0, "umap"), of(id, 1, 2, "pca"));
    assert.ok(of(id, 2, 0, "pca").every((index) => index < colour.STEPS));
  }
  for (const id of ["norm", "error", "movement"]) assert.ok(of(id, 2, 0, "umap").every((index) => index === colour.STEPS));
});

test("labels set their class's colour", async () => {
  const path = await filled({ classes: 3 });
  const out = colour.paint(new Uint8Array(path.n), path, "class", 0, 0);
  assert.deepEqual([...out], [...path.base.arrays.label]);
});

test("cells: paper to ink, and two colours around 0", () => {
  const unsigned = colour.cellColours({ value_low: 0, value_high: 1, signed: false }, LIGHT);
  assert.equal(unsigned[0] >>> 0, 0xffffffff);
  assert.equal(unsigned[255] >>> 0, 0xff33241d); // alpha, blue, green, red of the ink
  const signed = colour.cellColours({ value_low: -1, value_high: 3, signed: true }, LIGHT);
  assert.ok((signed[64] & 0xff) > 252, "0 is nearly the colour of the card");
  assert.ok((signed[255] & 0xff) < 40, "the larger end reaches the colour itself");
  assert.ok((signed[0] & 0xff) > 128, "the smaller end does not");
});
