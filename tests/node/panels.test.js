import assert from "node:assert/strict";
import test from "node:test";

import { Labels } from "../../ui/player/chart.js";
import { PathStore } from "../../ui/player/decode.js";
import { nearestOf } from "../../ui/player/interpolate.js";
import * as panels from "../../ui/player/panels.js";
import { makePath } from "./fixture.js";
import { LIGHT, newElement } from "./page.js";

const NAMES = ["Norms", "TradeOff", "Spectrum", "Ratio", "Reconstructions"];

const PATHS = {
  usual: { K: 16, F: 4, n: 100, marks: ["DAE 0.3", "weight decay 1e-4"] },
  "1 x 1": { K: 1, F: 1, n: 1 },
  "one class": { classes: 1 },
  "no classes": { classes: 0 },
  "constant features": { constant: true },
  "a member that failed": { K: 4, failed: { 3: 2 }, kind: "table", d: 13 },
  "the AE failed": { K: 3, failed: { 0: 1 } },
  "all failed, points": { K: 2, F: 2, failed: { 0: 0, 1: 0 }, kind: "points" },
  "missing numbers": { nan: true },
  points: { kind: "points", n: 30 },
  "three coordinates": { kind: "points", d: 3, n: 30 },
  "one coordinate": { kind: "points", d: 1, n: 30 },
  "one radius": { radii: 1 },
};

async function filled(options) {
  const made = makePath(options);
  const store = new PathStore();
  for (const part of [made.base, ...made.frames]) await store.put(part);
  return store.get("path");
}

function stateOf(path, u, v, more = {}) {
  return { path, u, v, ...nearestOf(path, u, v), theme: LIGHT, hover: null, picked: null, selected: null, ghost: null, ...more };
}

function open(name, width = 300, height = 200, options = {}) {
  const chart = new panels[name](newElement("section"), options);
  chart.resize(width, height);
  return chart;
}

// What is drawn is drawn at a place, and in words that mean something.
function checkSound(chart, where) {
  for (const [name, ...values] of chart.context.calls) {
    for (const value of values) if (typeof value === "number") assert.ok(Number.isFinite(value), `${where}: ${name}(${values})`);
  }
  for (const { text, font } of chart.context.texts) {
    assert.doesNotMatch(text, /NaN|undefined|null|Infinity/, where);
    assert.ok(parseFloat(font) >= 11, `${where}: ${font}`);
  }
}

function checkLabels(chart, where) {
  const { texts } = chart.context;
  for (const one of texts) {
    assert.ok(one.left >= 0 && one.right <= chart.width && one.top >= 0 && one.bottom <= chart.height, `${where}: ${one.text} is cut off`);
    for (const two of texts) {
      if (one === two) continue;
      const apart = one.right <= two.left || two.right <= one.left || one.bottom <= two.top || two.bottom <= one.top;
      assert.ok(apart, `${where}: ${one.text} lies on ${two.text}`);
    }
  }
}

for (const [title, options] of Object.entries(PATHS)) {
  test(`every chart draws: ${title}`, async () => {
    const path = await filled(options);
    const [K, F] = [path.lams.length, path.ready];
    for (const name of NAMES) {
      for (const [width, height] of [[180, 130], [260, 190], [500, 260]]) {
        const chart = open(name, width, height);
        for (const u of [0, Math.floor(K / 2), K - 1]) {
          for (const v of [0, F - 1]) {
            for (const more of [{}, { selected: new Set([0]), ghost: { u: 0, v: 0 }, picked: 0, hover: path.n - 1 }]) {
              const state = stateOf(path, u, v, more);
              assert.equal(chart.draw(state), true);
              const where = `${name} ${width} x ${height} at ${u}, ${v}`;
              checkSound(chart, where);
              checkLabels(chart, where);
              chart.describe(state);
              assert.doesNotMatch(chart.canvas.getAttribute("aria-label"), /NaN|undefined|null/);
              assert.doesNotMatch(chart.yardstick.textContent, /NaN|undefined|null/);
            }
          }
        }
      }
    }
  });
}

test("nothing is drawn without a size or a path", async () => {
  const path = await filled({});
  const chart = new panels.Norms(newElement());
  assert.equal(chart.draw(stateOf(path, 0, 0)), false);
  for (const name of NAMES) {
    const empty = open(name);
    empty.draw({ path: null, theme: LIGHT, ghost: null });
    empty.describe({ path: null });
    assert.match(empty.canvas.getAttribute("aria-label"), /nothing to show yet/);
  }
});

test("a chart draws again only when what it shows has changed", async () => {
  const path = await filled({ K: 4, F: 3 });
  for (const name of NAMES) {
    const chart = open(name);
    const ghost = { u: 0, v: 0 };
    assert.equal(chart.draw(stateOf(path, 1, 2)), true);
    assert.equal(chart.draw(stateOf(path, 1.3, 2)), false, "between members numbers are those of the nearest");
    assert.equal(chart.draw(stateOf(path, 1.6, 2)), true);
    assert.equal(chart.draw(stateOf(path, 1.6, 1.2)), true);
    assert.equal(chart.draw(stateOf(path, 1.6, 1.2, { ghost })), true);
    assert.equal(chart.draw(stateOf(path, 1.6, 1.2, { ghost: { u: 0.2, v: 0 } })), false);
    assert.equal(chart.draw(stateOf(path, 1.6, 1.2, { ghost, theme: { ...LIGHT } })), true);
    chart.resize(320, 200);
    assert.equal(chart.draw(stateOf(path, 1.6, 1.2, { ghost, theme: chart.seen[4] })), true);
    path.version += 1; // a frame came
    assert.equal(chart.draw(stateOf(path, 1.6, 1.2, { ghost, theme: chart.seen[4] })), true);
  }
});

test("norms count all samples, or the selected ones", async () => {
  const path = await filled({ K: 3, F: 2, n: 40 });
  const chart = open("Norms");
  chart.draw(stateOf(path, 2, 1));
  assert.equal(chart.yardstick.textContent, "40 samples");
  assert.equal(chart.own.reduce((sum, count) => sum + count), 40);
  chart.draw(stateOf(path, 2, 1, { selected: new Set([1, 2, 3]) }));
  assert.equal(chart.yardstick.textContent, "3 selected samples");
  assert.equal(chart.own.reduce((sum, count) => sum + count), 3);
  chart.draw(stateOf(path, 2, 1, { selected: new Set() }));
  assert.equal(chart.yardstick.textContent, "40 samples");
});

test("a bar that is cut off says its count", async () => {
  const path = await filled({ K: 3, F: 2, n: 40 });
  const chart = open("Norms");
  path.frames[1].norms[2].fill(0.05); // collapsed: all in one bin
  path.frames[1].variance_lost[2] = 0.9;
  chart.draw(stateOf(path, 2, 1));
  assert.ok(chart.context.texts.some(({ text }) => text === "↑ 40"));
});

test("the trade-off names where one is, the marks and what collapsed; its axis switches", async () => {
  const path = await filled({ K: 5, F: 2, marks: ["DAE"], n: 30 });
  const seen = [];
  const chart = open("TradeOff", 420, 260, { onChange: (key) => seen.push(key) });
  path.frames[1].relative_contraction[4] = NaN;
  const texts = () => chart.context.texts.map(({ text }) => text);
  chart.draw(stateOf(path, 2, 1));
  for (const text of ["you are here", "AE", "DAE", "collapsed", "↑ mean norm"]) assert.ok(texts().includes(text), text);
  chart.draw(stateOf(path, 4, 1));
  assert.ok(texts().includes("you are here: collapsed"));
  chart.buttons[1].fire("click");
  assert.deepEqual(seen, ["relative"]);
  assert.deepEqual(chart.buttons.map((node) => node.attributes["aria-pressed"]), ["false", "true"]);
  assert.equal(chart.draw(stateOf(path, 4, 1)), true);
  assert.ok(texts().includes("↑ relative contraction"));
  assert.ok(texts().includes("collapsed: no relative contraction"));
});

// Means of a path of the spiral, whose line bends and whose last members collapse in a corner.
const SPIRAL = {
  reconstruction_error: [0.00234, 0.00827, 0.01, 0.0152, 0.0209, 0.0309, 0.0255, 0.0657, 0.123, 0.263, 0.299, 1.12, 9.09, 17.8, 18.1, 18.1],
  mean_norm: [1.32, 0.805, 0.656, 0.494, 0.398, 0.324, 0.258, 0.226, 0.212, 0.139, 0.115, 0.116, 0.106, 0.0193, 0.0105, 0.00981],
  relative_contraction: [0.995, 0.88, 0.872, 0.843, 0.79, 0.785, 0.777, 0.711, 0.711, 0.764, 0.735, 0.736, 0.706, 0.893, 1.41, 1.73],
  variance_lost: [0, 0, 0, 0, 0, 0, 0, 0, 0.01, 0.01, 0.02, 0.06, 0.5, 0.98, 1, 1],
};

test("where one is in the trade-off is named off the dots and the line, in a corner too", async () => {
  const path = await filled({ K: 16, F: 1, n: 20 });
  Object.assign(path.frames[0], SPIRAL);
  const { limits } = path;
  Object.assign(limits, { meanNorm: { low: 0, high: 1.5 }, relative: { low: 0, high: 2.7 }, meanError: { low: 0.002, high: 20 } });
  for (const [against, width, height] of [["norm", 228, 150], ["norm", 340, 170], ["relative", 228, 150], ["relative", 340, 170]]) {
    const chart = open("TradeOff", width, height, { against });
    for (let m = 0; m < 16; m += 1) {
      chart.draw(stateOf(path, m, 0));
      const texts = (pattern) => chart.context.texts.filter(({ text }) => pattern.test(text));
      const named = texts(m < 13 ? /^you are here$/ : /collapsed$/);
      assert.equal(named.length, 1);
      assert.equal(texts(/^AE$/).length, m > 0 ? 1 : 0);
      const [{ left, right, top, bottom }] = named;
      for (let i = 0; i < 75; i += 1) {
        const [from, share] = [Math.floor(i / 5), (i % 5) / 5];
        const [x, y] = [0, 1].map((k) => chart.places[2 * from + k] * (1 - share) + chart.places[2 * from + 2 + k] * share);
        assert.ok(!(x > left && x < right && y > top + 1 && y < bottom - 1), `${against}, ${width}, ${m}: on the line after ${from}`);
      }
    }
  }
});

test("a label is set beside its mark, off what is soft where it can be, and off all else always", () => {
  const labels = new Labels();
  const context = newElement("canvas").getContext("2d");
  const start = () => labels.start(context, 200, 100, "sans-serif");
  const set = (...values) => {
    context.texts = [];
    return labels.beside("name", 100, 50, 4, "black", ...values) ? [context.texts[0].left, context.texts[0].top + 5.5] : null;
  };
  start();
  assert.deepEqual(set(), [108, 50]);
  assert.deepEqual(set(), [100 - 8 - 4 * 6.4, 50]); // the first place is taken
  start();
  labels.block(100, 0, 200, 100);
  assert.deepEqual(set(), [100 - 8 - 4 * 6.4, 50]);
  start();
  labels.blockLine(100, 50, 140, 50);
  assert.notDeepEqual(set(), [108, 50]);
  start();
  labels.block(0, 0, 200, 100, true);
  assert.equal(set(false), null);
  assert.deepEqual(set(), [108, 50]);
  start();
  labels.block(0, 0, 200, 100);
  assert.equal(set(), null);
});

test("twelve images, three rows each; the source has one pixel a cell", async () => {
  const path = await filled({ K: 3, F: 2, n: 20, d: 16 });
  const chart = open("Reconstructions", 400, 200);
  chart.draw(stateOf(path, 1, 1));
  assert.equal(chart.context.calls.filter(([name]) => name === "drawImage").length, 36);
  assert.deepEqual([chart.source.width, chart.source.height], [4, 3 * 12 * 4]);
  const { gallery } = path.base;
  const made = path.frames[1].arrays.gallery;
  for (const [i, j] of [[0, 0], [5, 7], [11, 15]]) {
    const pixel = (block) => chart.pixels[(block * 12 + i) * 16 + j];
    assert.equal(pixel(0), chart.colours[path.base.arrays.inputs[gallery[i] * 16 + j]]);
    assert.equal(pixel(1), chart.colours[made[i * 16 + j]]);
    assert.equal(pixel(2), chart.colours[made[(12 + i) * 16 + j]]);
  }
});

test("the words of a chart say both models' numbers", async () => {
  const path = await filled({ K: 3, F: 2, n: 20 });
  const state = stateOf(path, 1, 1);
  const expected = {
    Norms: /^Histogram of Jacobian norms of 20 samples, from 0 to .*: mean .* for the AE, mean .* for lambda 0\.01\.$/,
    TradeOff: /You are at lambda 0\.01: error .*, mean norm .*\. The AE: error/,
    Spectrum: /over 20 samples, rank 1 to 8: from .* to .* for the AE, from .* to .* for lambda 0\.01\.$/,
    Ratio: /at radius 0\.0500 and .* for the AE, .* for lambda 0\.01\. Median distance of samples 4\.00, largest 7\.50\.$/,
    Reconstructions: /^12 samples: input, reconstruction by the AE, and by lambda 0\.01\. Mean error/,
  };
  for (const name of NAMES) {
    const chart = open(name);
    chart.describe(state);
    assert.match(chart.canvas.getAttribute("aria-label"), expected[name]);
  }
});
