import assert from "node:assert/strict";
import test from "node:test";

import { draw, drop, dropPart, part } from "../../ui/player/player.js";
import { makePath } from "./fixture.js";
import { animate, newElement, observers, queries } from "./page.js";

const listening = () => queries.reduce((sum, query) => sum + query.listening, 0);
const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;

async function until(condition) {
  const end = performance.now() + 20_000; // unpacking is done by threads, which a busy machine lets wait
  while (!condition() && performance.now() < end) await new Promise((resolve) => setImmediate(resolve));
  assert.ok(condition());
}

function all(node, className) {
  const own = (node.className ?? "").split(" ").includes(className) ? [node] : [];
  return [...own, ...node.children.flatMap((child) => all(child, className))];
}

// A player of a synthetic path, once all of it has come and is drawn; stand(at) puts it somewhere, as a link does.
async function open(id, options = {}) {
  const made = makePath({ id, ...options });
  const host = newElement();
  const sent = [];
  let version = 0;
  const stand = (at) => {
    version += 1;
    const header = { path: id, version, at, frames: made.frames.length, blind: "UMAP is blind." };
    const data = new TextEncoder().encode(JSON.stringify(header));
    draw({ parentElement: host, data, setTriggerValue: (_, value) => sent.push(value) });
    animate();
  };
  stand({});
  const mounts = [made.base, ...made.frames, made.umap].map((data) => {
    const parentElement = newElement();
    part({ data, parentElement });
    return parentElement;
  });
  const [root] = host.children;
  await until(() => root.dataset.ready === made.frames.length && root.dataset.umap === "ready");
  animate();
  const close = () => {
    drop(host);
    mounts.forEach(dropPart);
  };
  const [plain, codes] = all(root, "cl-map");
  const pixels = (map) => map.children[0].context.calls.findLast(([name]) => name === "putImageData")[1].data;
  return { host, root, plain, codes, pixels, stand, sent, close, first: (name) => all(root, name)[0] };
}

test("nothing that listens or waits outlives a player", async () => {
  const before = timers();
  const player = await open("gone");
  assert.equal(listening(), 1);
  assert.ok(observers.size >= 4);
  queries.find((query) => query.listening).fire("change"); // to another screen
  assert.equal(listening(), 1);
  assert.equal(animate(), 1);
  player.stand({ lam: 1 });
  player.stand({ lam: 0.1 }); // whose sentence waits for that of the other one
  assert.ok(timers() > before);
  const last = queries.find((query) => query.listening);
  player.close();
  assert.deepEqual([listening(), observers.size, timers(), player.host.children.length], [0, 0, before, 0]);
  last.fire("change");
  player.first("cl-play").fire("click");
  assert.equal(animate(), 0);
});

test("UMAP has the colours, the notes and the head of its own epoch, wherever the time handle stands", async () => {
  const player = await open("umap", { K: 4, F: 4, failed: { 3: 2 } });
  const { plain, codes, pixels, stand, first } = player;
  const seen = (map, epoch, lam = 0.1) => {
    stand({ map, lam, epoch, colour: "norm", sample: null });
    return [[...pixels(plain)], [...pixels(codes)], all(player.root, "cl-yardstick")[1].children.map((node) => node.textContent)];
  };
  assert.deepEqual(seen("umap", 0), seen("umap", 4));
  assert.notDeepEqual(seen("pca", 0), seen("pca", 4));
  for (const [map, epoch, text] of [["pca", 0, ""], ["umap", 0, "Training stopped being finite in epoch 2."]]) {
    seen(map, epoch, 10);
    assert.equal(all(codes, "cl-note")[0].textContent, text);
  }
  seen("umap", 1);
  assert.match(first("cl-blind").textContent, /^UMAP is blind\. The map is that of epoch 4, its colours too,/);
  assert.equal(first("cl-blind").hidden, false);
  player.close();
});

test("UMAP that comes before the last frame is not shown without it", async () => {
  const made = makePath({ id: "early", F: 2 });
  const player = newElement();
  const header = { path: "early", version: 1, at: { map: "umap" }, frames: 2, umap: { text: "UMAP is on its way." } };
  draw({ parentElement: player, data: new TextEncoder().encode(JSON.stringify(header)) });
  const [root] = player.children;
  for (const data of [made.base, made.frames[0], made.umap]) part({ data, parentElement: newElement() });
  await until(() => root.dataset.ready === 1);
  for (let i = 0; i < 50; i += 1) await new Promise((resolve) => setImmediate(resolve));
  animate();
  assert.equal(root.dataset.umap, "none");
  assert.equal(all(root, "cl-blind")[0].textContent, "UMAP is on its way.");
  part({ data: made.frames[1], parentElement: newElement() });
  await until(() => root.dataset.umap === "ready");
  animate();
  assert.match(all(root, "cl-blind")[0].textContent, /The map is that of epoch 1/);
  drop(player);
});

test("playing tells the server once, where it ends", async () => {
  const player = await open("played", { K: 3, F: 3 });
  player.stand({ lam: 0.1, epoch: 0 });
  player.sent.length = 0;
  const play = player.first("cl-play");
  play.fire("click");
  assert.equal(play.getAttribute("aria-label"), "Play over time");
  let now = 0;
  animate(now);
  assert.equal(play.getAttribute("aria-label"), "Pause");
  for (let i = 0; i < 20; i += 1) animate((now += 100));
  assert.equal(play.getAttribute("aria-label"), "Play over time");
  assert.deepEqual(player.sent.map(({ epoch }) => epoch), [2]);
  player.close();
});

test("who waits at the newest frame means the last one, whose epoch the server is told", async () => {
  const made = makePath({ id: "bound", F: 3 });
  const player = newElement();
  const sent = [];
  const header = { path: "bound", version: 1, at: { lam: 0, epoch: 2 }, frames: 3 };
  const data = new TextEncoder().encode(JSON.stringify(header));
  draw({ parentElement: player, data, setTriggerValue: (_, value) => sent.push(value) });
  const [root] = player.children;
  for (const piece of [made.base, made.frames[0], made.frames[1]]) part({ data: piece, parentElement: newElement() });
  await until(() => root.dataset.ready === 2);
  animate();
  const button = all(root, "cl-segment").find((node) => node.textContent === "error");
  button.fire("click");
  assert.equal(sent.at(-1).epoch, 2);
  drop(player);
});
