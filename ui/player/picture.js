// What the player looks like: its nodes, and drawing those of them that are out of date.
//
// A state is {path, u, v, member, frame, theme, look, hover, picked, selected, mask, ghost, colour, map, wantedMap, tool,
// playback, header}: `map` is the one that is drawn, `wantedMap` the one that was chosen; `look` names the theme.

import { make } from "../look.js";
import { Bar } from "./bar.js";
import { paint, palette } from "./colour.js";
import { positions } from "./interpolate.js";
import { CodeMap } from "./maps.js";
import { frameOfMap } from "./numbers.js";
import { Norms, Ratio, Reconstructions, Spectrum, TradeOff } from "./panels.js";
import { SampleCard } from "./sample.js";
import { isWhole, lambdaAt, lambdaText, thousands } from "./scales.js";
import { Telling } from "./telling.js";
import { lostText } from "./words.js";

export const EVERYTHING = ["size", "paper", "plain", "codes", "marks", "sample", "panels", "bar", "legend", "words"];

const STUCK = 44; // pixels from the top of the window at which the handles stay
const PANELS = [Reconstructions, Norms, Ratio, Spectrum, TradeOff];

function makeCard(title, className, model) {
  const node = make("section", `cl-pane ${className}`);
  const head = make("div", "cl-head");
  const name = make("h2", "cl-title", title);
  const yardstick = make("span", "cl-yardstick");
  if (model) name.dataset.model = model;
  head.append(name, yardstick);
  const body = make("div", "cl-body");
  node.append(head, body);
  return { node, yardstick, body };
}

function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

// The square that holds a UMAP of every member; where it lies in the plane says nothing.
export function umapView({ arrays, point_scale: scale }) {
  const low = [Infinity, Infinity];
  const high = [-Infinity, -Infinity];
  arrays.point.forEach((value, i) => {
    low[i % 2] = Math.min(low[i % 2], value);
    high[i % 2] = Math.max(high[i % 2], value);
  });
  const [x, y] = [0, 1].map((axis) => ((low[axis] + high[axis]) / 2) * scale);
  return { half: (Math.max(high[0] - low[0], high[1] - low[1]) / 2) * scale, x, y };
}

export class Picture {
  // owner: what a Bar calls; hands: what a CodeMap calls.
  constructor(owner, hands) {
    this.root = make("div", "cl-player");
    this.coarse = matchMedia("(pointer: coarse)");
    this.bar = new Bar(owner);
    this.telling = new Telling((state) => this.describe(state));
    const panels = make("div", "cl-panels");
    this.panels = PANELS.map((Panel) => {
      const node = make("section", "cl-pane cl-panel");
      panels.append(node);
      return new Panel(node, { onChange: () => owner.mark("panels") });
    });
    const { blind, node, advice } = this.telling;
    // The root is what widths are measured on, so what changes with it lies one level below.
    const layout = make("div", "cl-layout");
    layout.append(this.bar.node, this.makeMaps(hands), blind, panels, node, advice);
    this.root.append(this.watchEdge(), layout);
  }

  // Whether the handles have come to rest at the top of a narrow page.
  watchEdge() {
    const edge = make("div", "cl-edge");
    this.edges = new IntersectionObserver(([{ isIntersecting, boundingClientRect }]) => {
      this.root.classList.toggle("cl-stuck", !isIntersecting && boundingClientRect.top < STUCK);
    }, { rootMargin: `-${STUCK}px 0px 0px 0px` });
    this.edges.observe(edge);
    return edge;
  }

  makeMaps(hands) {
    const plain = makeCard("Plain autoencoder", "cl-map-card", "ae");
    const codes = makeCard("Contractive", "cl-map-card", "cae");
    const sample = makeCard("Selected sample", "cl-sample-card");
    this.heads = { plain: plain.yardstick, codes: codes.yardstick, sample: sample.yardstick };
    this.maps = {
      plain: new CodeMap(plain.body, { label: "Codes of the plain autoencoder", owner: hands }),
      codes: new CodeMap(codes.body, { label: "Codes of the contractive autoencoder", owner: hands }),
    };
    this.sampleCard = new SampleCard(sample.body);
    this.lambdaName = make("span", "cl-wide");
    this.lostName = make("span");
    codes.yardstick.append(this.lambdaName, this.lostName);
    const row = make("div", "cl-maps");
    row.append(plain.node, codes.node, sample.node);
    return row;
  }

  // All whose size a drawing depends on.
  sized() {
    return [this.root, this.maps.plain.node, ...this.panels.map(({ plot }) => plot)];
  }

  restyle(theme) {
    for (const name of ["ink", "muted", "line", "grid", "card"]) this.root.style.setProperty(`--cl-${name}`, theme[name]);
    this.root.classList.toggle("cl-dark", theme.dark);
  }

  // A path whose base is known.
  configure(path) {
    this.bar.configure(path);
    this.root.dataset.kind = path.base.sample_kind;
    const floats = () => new Float32Array(2 * path.n);
    this.at = { plain: floats(), codes: floats(), ghost: floats(), inset: floats() };
    this.index = { plain: new Uint8Array(path.n), codes: new Uint8Array(path.n) };
  }

  // ---- drawing: `dirty` is a Set of names from EVERYTHING, and "linked", what answers to the sample under the pointer

  paint(state, dirty, ratio) {
    if (dirty.has("words")) this.telling.show(state);
    if (dirty.has("size")) this.measure(dirty, ratio);
    if (!state.path?.ready) return this.paintNothing(state);
    if (dirty.has("paper")) this.paintPaper(state);
    for (const name of ["plain", "codes"]) {
      if (dirty.has(name)) this.paintMap(name, state);
      if (dirty.has(name) || dirty.has("marks")) this.maps[name].drawMarks(state);
    }
    if (dirty.has("sample")) say(this.heads.sample, this.sampleCard.draw(state) || "click any point");
    if (dirty.has("panels") || dirty.has("linked")) for (const panel of this.panels) panel.draw(state);
    if (dirty.has("bar")) this.paintBar(state);
    if (dirty.has("legend")) this.bar.showLegend(state.path, state.colour, state.map, state.theme);
  }

  measure(dirty, ratio) {
    for (const map of Object.values(this.maps)) {
      if (map.measure(ratio)) for (const name of ["paper", "plain", "codes"]) dirty.add(name);
    }
    for (const panel of this.panels) panel.resize(panel.plot.clientWidth, panel.plot.clientHeight);
    dirty.add("panels");
  }

  // The same nodes at the same sizes, before the first picture.
  paintNothing(state) {
    for (const map of Object.values(this.maps)) {
      map.empty();
      if (map.width) map.drawPaper(state.theme, { half: 1, x: 0, y: 0 }, true, false);
    }
    this.maps.plain.say(state.header?.status || "The first picture is on its way.");
    this.maps.codes.say("");
    this.sampleCard.clear();
    for (const panel of this.panels) panel.draw(state);
    this.paintChoices(state);
  }

  paintPaper({ path, map, theme }) {
    const umap = map === "umap";
    const view = umap ? umapView(path.umap) : { half: path.limits.position, x: 0, y: 0 };
    for (const each of Object.values(this.maps)) each.drawPaper(theme, view, !umap, true);
  }

  paintMap(name, state) {
    const { path, theme, mask } = state;
    const map = this.maps[name];
    const plain = name === "plain";
    const u = plain ? 0 : state.u;
    const member = plain ? 0 : state.member;
    const frame = frameOfMap(path, state.frame, state.map);
    const failed = path.frames[frame].failed[member];
    map.say(failed ? `Training stopped being finite in epoch ${failed}.` : "");
    map.drawPoints({
      positions: positions(this.at[name], path, u, state.v, state.map), count: path.n, theme, mask,
      paint: this.paintOf(name, member, frame, state), ghost: plain ? null : this.ghostOf(state),
      inset: state.map === "umap" ? this.insetOf(path, u) : null,
    });
    if (plain) this.headPlain(state);
    else this.headCodes(frame, state);
  }

  headPlain({ path, selected, map }) {
    const axes = map === "umap" ? "codes, UMAP" : "codes, PCA, same axes";
    say(this.heads.plain, selected ? `${thousands(selected.size)} of ${thousands(path.n)} selected` : axes);
  }

  // The share of variance that is lost stands in plain sight.
  headCodes(frame, { path, u, member, map }) {
    const lost = path.frames[frame].variance_lost[member];
    const where = isWhole(u) ? "of variance lost" : `lost at ${lambdaText(path.lams[member], path.lams)}`;
    const axes = map === "umap" ? "UMAP" : "same axes";
    say(this.lambdaName, `lambda ${lambdaText(lambdaAt(path.lams, u), path.lams)} · `);
    say(this.lostName, lost >= 0.05 ? `${lostText(lost)} ${where}` : axes);
    this.heads.codes.classList.toggle("cl-warning", lost >= 0.8);
  }

  paintOf(name, member, frame, { path, colour, map, look, theme }) {
    const index = this.index[name];
    const key = `${path.id} ${path.version} ${colour} ${member} ${frame} ${map}`;
    if (index.key !== key) {
      index.key = key;
      paint(index, path, colour, member, frame, map);
    }
    const colours = `${path.id} ${colour} ${look}`;
    if (this.paletteKey !== colours) {
      this.paletteKey = colours;
      this.palette = palette(path, colour, theme);
    }
    return { palette: this.palette, index, key: colours };
  }

  ghostOf({ path, ghost, u, v, map }) {
    if (!ghost || (ghost.u === u && (ghost.v === v || map === "umap"))) return null;
    return positions(this.at.ghost, path, ghost.u, Math.min(ghost.v, path.ready - 1), map);
  }

  insetOf(path, u) {
    return { positions: positions(this.at.inset, path, u, path.ready - 1, "pca"), limit: path.limits.position };
  }

  // What the charts show in words, once things stand still.
  describe(state) {
    for (const panel of this.panels) panel.describe(state);
  }

  paintBar(state) {
    this.bar.show(state);
    this.paintChoices(state);
  }

  paintChoices({ path, playback, wantedMap, colour, tool, selected }) {
    this.bar.setReady(playback.stops(path) > 1);
    this.bar.showPlay(playback);
    this.bar.showChoices({ map: wantedMap, colour, tool: tool ?? (this.coarse.matches ? null : "box"), selected: Boolean(selected) });
    this.root.classList.toggle("cl-tooled", tool !== null);
  }

  drop() {
    this.edges.disconnect();
    this.bar.drop();
    this.telling.drop();
    this.root.remove();
  }
}
