// The player: one path of autoencoders over lambda, drawn in the browser from parts that come once.
//
// `part` takes a part of a path, `draw` the message of the player's own mount and every change of theme. An input sets the
// state and marks what is out of date; one callback per animation frame draws that and nothing else. The server hears
// of a position when it has settled, never on the way.

import { make, readTheme } from "../look.js";
import { Bar } from "./bar.js";
import { COLOURINGS, paint, palette } from "./colour.js";
import { PathStore } from "./decode.js";
import { nearestOf, positions } from "./interpolate.js";
import { CodeMap } from "./maps.js";
import { Norms, Ratio, Reconstructions, Spectrum, TradeOff } from "./panels.js";
import { Playback } from "./play.js";
import { SampleCard } from "./sample.js";
import { coordinateOf, epochAt, frameOf, isWhole, lambdaAt, lambdaText, thousands } from "./scales.js";
import { readout, sampleWords, sentence } from "./words.js";

const PAUSE = 400; // ms after the last key or notch of the wheel
const SPEAK = 500; // ms between two sentences
const EVERYTHING = ["paper", "plain", "codes", "marks", "sample", "panels", "bar", "legend", "words"];
const PANELS = [
  { Panel: Reconstructions, title: "Reconstructions", yardstick: (base) => (base.sample_kind === "points" ? "in the plane" : `${base.gallery.length} samples`) },
  { Panel: Norms, title: "Jacobian norms", yardstick: (base) => `${thousands(base.n)} samples` },
  { Panel: Ratio, title: "Contraction ratio", yardstick: () => "against radius" },
  { Panel: Spectrum, title: "Singular values", yardstick: (base) => `mean of ${thousands(base.spectrum_samples)}` },
  { Panel: TradeOff, title: "Trade-off", yardstick: () => "error against norm" },
];

const store = new PathStore();
const players = new Map();
store.subscribe((path) => {
  for (const player of players.values()) player.arrived(path);
});

export function part(component) {
  if (!component.data?.length) return;
  store.put(component.data, component.parentElement).catch((error) => console.warn("player: a part could not be read", error));
}

export function dropPart(parent) {
  store.release(parent);
}

export function draw(component) {
  const parent = component.parentElement;
  if (!players.has(parent)) players.set(parent, new Player(parent));
  players.get(parent).update(component);
}

export function drop(parent) {
  players.get(parent)?.drop();
  players.delete(parent);
}

// What the server calls it, and what the modules here do.
const inside = (colour) => (COLOURINGS.some(({ id }) => id === colour) ? colour : "moved");

function makeCard(title, className, model) {
  const node = make("section", `cl-card ${className}`);
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

class Player {
  constructor(parent) {
    this.parent = parent;
    this.path = null;
    this.header = null;
    this.u = this.v = 0;
    this.wanted = { lam: 0, epoch: null };
    this.hover = null;
    this.picked = null;
    this.selected = null;
    this.mask = null;
    this.ghost = null;
    this.colour = "class";
    this.map = "pca";
    this.tool = null;
    this.dirty = new Set(EVERYTHING);
    this.playback = new Playback();
    this.build();
    this.observe();
  }

  build() {
    this.root = make("div", "cl-player");
    this.bar = new Bar(this);
    this.maps = make("div", "cl-maps");
    const plain = makeCard("Plain autoencoder", "cl-map-card", "ae");
    const codes = makeCard("Contractive", "cl-map-card", "cae");
    const sample = makeCard("Selected sample", "cl-sample-card");
    this.heads = { plain: plain.yardstick, codes: codes.yardstick, sample: sample.yardstick };
    this.plainMap = new CodeMap(plain.body, { label: "Codes of the plain autoencoder", owner: this.hands() });
    this.codeMap = new CodeMap(codes.body, { label: "Codes of the contractive autoencoder", owner: this.hands() });
    this.sampleCard = new SampleCard(sample.body);
    this.maps.append(plain.node, codes.node, sample.node);
    this.blind = make("p", "cl-blind");
    this.blind.hidden = true;
    const panels = make("div", "cl-panels");
    this.panels = PANELS.map(({ Panel, title, yardstick }) => {
      const card = makeCard(title, `cl-panel cl-panel-${title.split(" ")[0].toLowerCase()}`);
      panels.append(card.node);
      return { panel: new Panel(card.body, {}), card, yardstick };
    });
    this.words = make("div", "cl-words");
    this.sentence = make("p", "cl-sentence");
    this.sentence.setAttribute("aria-live", "polite");
    this.aside = make("p", "cl-aside");
    this.words.append(this.sentence, this.aside);
    this.advice = make("p", "cl-advice");
    this.root.append(this.bar.node, this.maps, this.blind, panels, this.words, this.advice);
    this.parent.append(this.root);
  }

  observe() {
    this.observer = new ResizeObserver(() => this.mark(...EVERYTHING));
    for (const node of [this.root, this.plainMap.node, ...this.panels.map(({ card }) => card.body)]) this.observer.observe(node);
    this.watchRatio();
  }

  // A window that is moved to another screen, or zoomed.
  watchRatio() {
    this.ratio = window.devicePixelRatio || 1;
    this.ratioQuery = matchMedia(`(resolution: ${this.ratio}dppx)`);
    this.ratioQuery.addEventListener("change", () => {
      if (this.gone) return;
      this.watchRatio();
      this.mark(...EVERYTHING);
    }, { once: true });
  }

  // ---- what comes from the server

  update(component) {
    this.component = component;
    const theme = readTheme(this.parent);
    const look = JSON.stringify(theme);
    if (look !== this.look) {
      this.look = look;
      this.theme = theme;
      for (const name of ["ink", "muted", "line", "grid", "card"]) this.root.style.setProperty(`--cl-${name}`, theme[name]);
      this.root.classList.toggle("cl-dark", theme.dark);
      this.mark(...EVERYTHING);
    }
    const header = component.data?.length ? JSON.parse(new TextDecoder().decode(component.data)) : null;
    if (header) this.take(header);
  }

  take(header) {
    const before = this.header;
    this.header = header;
    if (header.path !== before?.path) this.leave();
    if (header.path !== before?.path || header.version !== before?.version) this.adopt(header.at ?? {});
    this.bar.showProgress(header.progress ?? null);
    say(this.advice, header.advice ?? "");
    const path = store.get(header.path);
    if (path && path !== this.path) this.arrived(path);
    this.mark("words", "plain", "codes");
  }

  // Another path: nothing of the one before is kept.
  leave() {
    this.playback.stop();
    clearTimeout(this.timer);
    Object.assign(this, { path: null, ready: 0, hover: null, selected: null, mask: null, ghost: null, moving: false, unsent: false });
    this.mark(...EVERYTHING);
  }

  adopt(at) {
    this.wanted = { lam: at.lam ?? 0, epoch: at.epoch ?? null };
    this.picked = at.sample ?? null;
    this.colour = inside(at.colour ?? "class");
    this.map = at.map === "umap" ? "umap" : "pca";
    this.adopted = true;
    this.go();
    this.mark(...EVERYTHING);
  }

  // A part of some path has come.
  arrived(path) {
    if (path.id !== this.header?.path) return;
    const first = this.path !== path;
    const following = this.ready > 0 && this.v >= this.ready - 1;
    this.path = path;
    if (first || !this.configured) this.configured = this.configure();
    if (!path.base) return;
    if (this.adopted || following || !this.ready) this.go(this.adopted || !this.ready);
    this.ready = path.ready;
    this.mark(...EVERYTHING);
    if (this.unsent && path.ready) this.send();
  }

  configure() {
    const { path } = this;
    if (!path.base) return false;
    this.bar.configure(path);
    for (const { card, yardstick } of this.panels) say(card.yardstick, yardstick(path.base));
    const floats = () => new Float32Array(2 * path.n);
    this.at = { plain: floats(), codes: floats(), ghost: floats(), inset: floats(), insetPlain: floats() };
    this.index = { plain: new Uint8Array(path.n), codes: new Uint8Array(path.n) };
    if (this.picked !== null && this.picked >= path.n) this.picked = null;
    return true;
  }

  // To the wanted place, as far as frames have come.
  go(lambdaToo = true) {
    const { path, wanted } = this;
    if (!path?.base) return;
    const { epochs } = path.base;
    if (lambdaToo) this.u = coordinateOf(path.lams, wanted.lam);
    const v = wanted.epoch === null ? epochs.length - 1 : frameOf(epochs, wanted.epoch);
    this.v = Math.max(0, Math.min(v, path.ready - 1));
    if (path.ready) this.adopted = v > path.ready - 1;
  }

  // ---- what a hand does

  move(axis, value, event) {
    if (!this.path?.ready) return;
    if (this.playback.running && this.playback.axis === axis) this.pause();
    this.begin();
    this.set(axis, value);
    this.note(axis === "u" ? "lambda" : "time", event);
  }

  type(axis, value, event) {
    if (!this.path?.ready) return;
    const { lams, base, ready } = this.path;
    this.move(axis, axis === "u" ? coordinateOf(lams, value) : Math.min(frameOf(base.epochs, value), ready - 1), event);
    this.settle(false);
  }

  set(axis, value) {
    const { path } = this;
    const was = nearestOf(path, this.u, this.v);
    this[axis] = value;
    this.adopted = false;
    // At the newest frame there is, what comes next is wanted too.
    this.wanted = { lam: lambdaAt(path.lams, this.u), epoch: this.v >= path.ready - 1 ? null : epochAt(path.base.epochs, this.v) };
    const is = nearestOf(path, this.u, this.v);
    this.mark("codes", "bar", "words", ...(axis === "v" ? ["plain"] : []));
    if (was.member !== is.member || was.frame !== is.frame) this.mark("panels", "sample");
  }

  // A movement begins: the place where it does is kept as a ghost until the next one.
  begin() {
    clearTimeout(this.timer);
    if (this.moving) return;
    this.moving = true;
    this.ghost = { u: this.u, v: this.v };
    this.mark("panels");
  }

  settle(later) {
    clearTimeout(this.timer);
    if (this.playback.running) return;
    if (later) {
      this.timer = setTimeout(() => this.settle(false), PAUSE);
      return;
    }
    this.moving = false;
    this.send();
  }

  toggle() {
    if (this.playback.running) {
      this.pause();
      this.settle(false);
      return;
    }
    if (!this.path?.ready) return;
    clearTimeout(this.timer);
    this.moving = false;
    this.begin();
    const { axis } = this.playback;
    this.set(axis, this.playback.start(this[axis], this.end()));
    this.mark("bar");
  }

  pause() {
    this.playback.stop();
    this.mark("bar");
  }

  end() {
    return (this.playback.axis === "u" ? this.path.lams.length : this.path.ready) - 1;
  }

  choose(name, value, event) {
    if (name === "axis") {
      const { running } = this.playback;
      if (running && this.playback.axis !== value) this.pause();
      this.playback.axis = value;
      if (running) this.settle(false);
    } else if (name === "speed") {
      this.playback.speed = value;
    } else if (name === "tool") {
      if (value === "none") this.choseMany(null, event);
      else this.tool = this.tool === value ? null : value;
      this.root.classList.toggle("cl-tooled", this.tool !== null);
    } else {
      this.chooseLook(name, value);
    }
    this.mark("bar");
  }

  // UMAP is blind to scale: there the norm is the colour that shows contraction, until another one is chosen.
  chooseLook(name, value) {
    if (name === "colour") {
      this.colour = inside(value);
      this.lent = null;
    } else if (value !== this.map) {
      this.map = value;
      if (value === "umap" && this.colour === "class") this.lent = this.colour = "norm";
      else if (value === "pca" && this.lent) [this.colour, this.lent] = ["class", null];
    }
    this.mark(...EVERYTHING);
    this.send();
  }

  // What a map calls.
  hands() {
    return {
      hover: (index, event) => this.point(index, event),
      pick: (index, event) => this.pick(index, event),
      select: (indices, event) => this.choseMany(indices.length ? indices : null, event),
      clear: (event) => this.choseMany(null, event),
      outline: (event) => this.note("select", event, "marks"),
      tool: () => this.tool,
      mask: () => this.mask,
      picked: () => this.picked,
      words: (index) => sampleWords(this.path, this.u, this.v, index),
    };
  }

  point(index, event) {
    if (index === this.hover) return;
    this.hover = index;
    this.note("hover", event, "marks", "sample", "linked");
  }

  pick(index, event) {
    this.picked = index;
    this.note("pick", event, "marks", "sample", "linked");
    this.send();
  }

  choseMany(indices, event) {
    if (indices === null && this.selected === null) return this.note("select", event, "marks");
    this.selected = indices && new Set(indices);
    this.mask = indices && new Uint8Array(this.path.n);
    for (const index of indices ?? []) this.mask[index] = 1;
    this.note("select", event, "plain", "codes", "marks", "panels", "bar");
  }

  // ---- telling the server

  send() {
    const { path } = this;
    this.unsent = !path?.ready;
    if (this.unsent || this.playback.running || this.moving) return;
    const at = isWhole(this.u) ? path.lams[Math.round(this.u)] : Number(lambdaAt(path.lams, this.u).toPrecision(6));
    const value = {
      lam: at, epoch: Math.round(epochAt(path.base.epochs, this.v)), sample: this.picked ?? path.base.gallery[0] ?? 0,
      colour: this.colour === "moved" ? "movement" : this.colour, map: this.map,
    };
    const text = JSON.stringify([path.id, this.header.version, value]);
    if (text === this.sent) return;
    this.sent = text;
    this.component.setTriggerValue("view", value);
  }

  // ---- drawing

  mark(...names) {
    for (const name of names) this.dirty.add(name);
    this.frame ??= requestAnimationFrame((now) => this.tick(now));
  }

  // The same for an input, whose time until it is drawn is told to whoever listens.
  note(what, event, ...names) {
    if (event && !this.cause) this.cause = { what, stamp: event.timeStamp };
    this.mark(...names);
  }

  tick(now) {
    this.frame = null;
    if (this.gone || !this.theme) return;
    if (this.playback.running) this.advance(now);
    this.paint();
    if (this.cause) {
      const { what, stamp } = this.cause;
      this.cause = null;
      this.root.dispatchEvent(new CustomEvent("cl-drawn", { bubbles: true, detail: { what, ms: performance.now() - stamp } }));
    }
    if (this.playback.running) this.mark();
  }

  advance(now) {
    const { axis } = this.playback;
    const next = this.playback.advance(this[axis], this.end(), now);
    if (next !== this[axis]) this.set(axis, next);
    if (!this.playback.running) {
      this.mark("bar");
      this.settle(false);
    }
  }

  takes(name) {
    return this.dirty.delete(name);
  }

  // UMAP where it is chosen and there.
  shownMap() {
    return this.map === "umap" && this.path?.umap ? "umap" : "pca";
  }

  state() {
    const { path, u, v, theme, hover, picked, selected, mask, ghost, colour } = this;
    return { path, u, v, ...nearestOf(path, u, v), theme, hover, picked, selected, mask, ghost, colour, map: this.shownMap() };
  }

  paint() {
    if (this.takes("words")) this.speak();
    this.measure();
    if (!this.path?.ready) return this.paintNothing();
    const state = this.state();
    if (this.takes("paper")) this.paintPaper(state);
    if (this.takes("plain")) this.paintMap(this.plainMap, "plain", state);
    if (this.takes("codes")) this.paintMap(this.codeMap, "codes", state);
    if (this.takes("marks")) for (const map of [this.plainMap, this.codeMap]) map.drawMarks(state);
    if (this.takes("sample")) this.paintSample(state);
    this.paintPanels(state);
    if (this.takes("bar")) this.paintBar(state);
    if (this.takes("legend")) this.bar.showLegend(this.path, this.colour, state.map, this.theme);
  }

  measure() {
    for (const map of [this.plainMap, this.codeMap]) if (map.measure(this.ratio)) for (const name of ["paper", "plain", "codes", "marks"]) this.dirty.add(name);
  }

  paintNothing() {
    for (const map of [this.plainMap, this.codeMap]) {
      map.empty();
      if (map.width) map.drawPaper(this.theme, 1, true, false);
    }
    this.plainMap.say(this.header?.status || "The first picture is on its way.");
    this.codeMap.say("");
    this.sampleCard.clear();
    for (const { panel } of this.panels) panel.draw({ path: null, theme: this.theme });
    this.bar.showPlay(this.playback);
    this.bar.showChoices({ map: this.map, colour: this.outside(), tool: this.tool, selected: false });
    this.dirty.clear();
  }

  paintPaper(state) {
    const { limits } = this.path;
    const umap = state.map === "umap";
    for (const map of [this.plainMap, this.codeMap]) {
      map.drawPaper(this.theme, umap ? limits.umapPosition : limits.position, !umap, true);
    }
  }

  paintMap(map, name, state) {
    const { path, at } = this;
    const plain = name === "plain";
    const u = plain ? 0 : this.u;
    const member = plain ? 0 : state.member;
    positions(at[name], path, u, this.v, state.map);
    const failed = path.frames[state.frame].failed[member];
    map.say(failed ? `Training stopped being finite in epoch ${failed}.` : "");
    map.drawPoints({
      positions: at[name], count: path.n, theme: this.theme, mask: this.mask, paint: this.paintOf(name, member, state),
      ghost: plain ? null : this.ghostOf(state), inset: state.map === "umap" ? this.insetOf(name, u) : null,
    });
    map.drawMarks(state);
    if (!plain) this.headCodes(state);
    else say(this.heads.plain, this.selected ? `${thousands(this.selected.size)} of ${thousands(path.n)} selected` : this.axesText(state));
  }

  axesText({ map }) {
    return map === "umap" ? "codes, UMAP" : "codes, PCA, same axes";
  }

  headCodes({ member, frame, map }) {
    const { path } = this;
    const lost = path.frames[frame].variance_lost[member];
    const text = lost >= 0.05 ? `${Math.round(100 * Math.min(1, lost))} % of variance lost` : map === "umap" ? "UMAP" : "same axes";
    say(this.heads.codes, `lambda ${lambdaText(lambdaAt(path.lams, this.u), path.lams)} · ${text}`);
    this.heads.codes.classList.toggle("cl-warning", lost >= 0.8);
  }

  paintOf(name, member, { frame, map }) {
    const index = this.index[name];
    const key = `${this.path.id} ${this.path.version} ${this.colour} ${member} ${frame} ${map}`;
    if (index.key !== key) {
      index.key = key;
      paint(index, this.path, this.colour, member, frame, map);
    }
    const colours = `${this.path.id} ${this.colour} ${this.look}`;
    if (this.paletteKey !== colours) {
      this.paletteKey = colours;
      this.palette = palette(this.path, this.colour, this.theme);
    }
    return { palette: this.palette, index, key: colours };
  }

  ghostOf({ map }) {
    const { ghost } = this;
    if (!ghost || (ghost.u === this.u && ghost.v === this.v)) return null;
    return positions(this.at.ghost, this.path, ghost.u, Math.min(ghost.v, this.path.ready - 1), map);
  }

  insetOf(name, u) {
    const out = positions(name === "plain" ? this.at.insetPlain : this.at.inset, this.path, u, this.path.ready - 1, "pca");
    return { positions: out, limit: this.path.limits.position };
  }

  paintSample(state) {
    say(this.heads.sample, this.sampleCard.draw(state) || "click any point");
  }

  paintPanels(state) {
    const all = this.takes("panels");
    const linked = this.takes("linked");
    for (const { panel } of this.panels) if (all || (linked && panel.linked)) panel.draw(state);
  }

  outside() {
    return this.colour === "moved" ? "movement" : this.colour;
  }

  paintBar() {
    this.bar.show({ path: this.path, u: this.u, v: this.v, ghost: this.ghost });
    this.bar.showPlay(this.playback);
    const coarse = matchMedia("(pointer: coarse)").matches;
    const tool = this.tool ?? (coarse ? null : "box");
    this.bar.showChoices({ map: this.map, colour: this.outside(), tool, selected: this.selected !== null });
  }

  // ---- words: at most twice a second, for those who hear them

  speak() {
    const ready = this.path?.ready > 0;
    const { header } = this;
    const between = ready ? readout(this.path, this.u, this.v) : "";
    say(this.aside, [between, header?.status].filter(Boolean).join(" · "));
    this.explain();
    const wait = (this.spoken ?? -Infinity) + SPEAK - performance.now();
    if (wait <= 0) this.utter();
    else this.speaking ??= setTimeout(() => this.utter(), wait);
  }

  utter() {
    this.speaking = clearTimeout(this.speaking) ?? null;
    this.spoken = performance.now();
    say(this.sentence, this.path?.ready ? sentence(this.path, this.u, this.v) : this.header?.status ?? "");
  }

  // What the chosen map cannot show, or why it is not there yet.
  explain() {
    const { header, path } = this;
    const umap = this.map === "umap";
    this.blind.hidden = !umap;
    if (!umap || !header) return;
    const state = header.umap ?? {};
    if (!path?.umap) {
      say(this.blind, state.text || "The UMAP is not made yet; the maps above are PCA.");
    } else {
      say(this.blind, `${header.blind ?? ""} The map is that of epoch ${path.umap.epoch}, whatever the time handle says; the small one is PCA, true to scale.`.trim());
    }
  }

  drop() {
    this.gone = true;
    clearTimeout(this.timer);
    clearTimeout(this.speaking);
    if (this.frame) cancelAnimationFrame(this.frame);
    this.observer.disconnect();
    this.bar.drop();
    this.root.remove();
  }
}
