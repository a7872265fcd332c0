// The player: one path of autoencoders over lambda, drawn in the browser from parts that come once.
//
// `part` takes a part of a path, `draw` the message of the player's own mount and every change of theme. An input sets the
// state and marks what is out of date; one callback per animation frame draws that and nothing else. The server hears
// of a position when it has settled, never on the way.

import { readTheme } from "../look.js";
import { COLOURINGS } from "./colour.js";
import { PathStore } from "./decode.js";
import { nearestOf } from "./interpolate.js";
import { EVERYTHING, Picture } from "./picture.js";
import { Playback } from "./play.js";
import { coordinateOf, epochAt, frameOf, isWhole, lambdaAt } from "./scales.js";
import { sampleWords } from "./words.js";

const PAUSE = 400; // ms after the last key or notch of the wheel

// UMAP is of the last frame, and takes its colours from it.
const hasUmap = (path) => Boolean(path?.umap && path.complete);

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

function read(data) {
  return JSON.parse(new TextDecoder().decode(data));
}

class Player {
  constructor(parent) {
    this.parent = parent;
    this.life = new AbortController(); // until drop
    this.header = null;
    this.picked = null;
    this.colour = "class";
    this.map = "pca";
    this.tool = null;
    this.dirty = new Set();
    this.playback = new Playback();
    this.picture = new Picture(this, this.hands());
    this.forget();
    parent.append(this.picture.root);
    this.observer = new ResizeObserver(() => this.mark("size", "marks", "sample"));
    for (const node of this.picture.sized()) this.observer.observe(node);
    this.watchRatio();
    // Who leaves the handles, perhaps for another page, has done with them.
    globalThis.addEventListener?.("pointerdown", (event) => {
      if (this.timer && !event.composedPath().includes(this.picture.root)) this.settle(false);
    }, { capture: true, signal: this.life.signal });
  }

  // A window that is moved to another screen, or zoomed.
  watchRatio() {
    this.ratio = globalThis.devicePixelRatio || 1;
    matchMedia(`(resolution: ${this.ratio}dppx)`).addEventListener("change", () => {
      this.watchRatio();
      this.mark(...EVERYTHING);
    }, { once: true, signal: this.life.signal });
  }

  // ---- what comes from the server

  update(component) {
    this.component = component;
    const theme = readTheme(this.parent);
    const look = JSON.stringify(theme);
    if (look !== this.look) {
      Object.assign(this, { look, theme });
      this.picture.restyle(theme);
      this.mark(...EVERYTHING);
    }
    if (component.data?.length) this.take(read(component.data));
  }

  take(header) {
    const before = this.header;
    this.header = header;
    const other = header.path !== before?.path;
    if (other) this.forget();
    if (other || header.version !== before.version) this.adopt(header.at ?? {});
    this.picture.bar.showProgress(header.progress ?? null);
    this.mark("words");
    const path = store.get(header.path);
    if (path && path !== this.path) this.arrived(path);
    else this.announce();
  }

  // Nothing is kept of a path when another one takes its place.
  forget() {
    this.playback.stop();
    clearTimeout(this.timer);
    this.path = this.hover = this.selected = this.mask = this.ghost = null;
    this.u = this.v = this.ready = 0;
    this.moving = this.unsent = this.configured = false;
    this.announce();
    this.mark(...EVERYTHING);
  }

  adopt(at) {
    this.wanted = { lam: at.lam ?? 0, epoch: at.epoch ?? null };
    this.picked = at.sample ?? null;
    this.colour = COLOURINGS.some(({ id }) => id === at.colour) ? at.colour : "class";
    this.map = at.map === "umap" ? "umap" : "pca";
    this.playback.stop();
    this.moving = false;
    this.go();
    this.mark(...EVERYTHING);
  }

  // A part of some path has come.
  arrived(path) {
    if (path.id !== this.header?.path) return;
    this.path = path;
    if (!path.base) return;
    if (!this.configured) {
      this.configured = true;
      this.picture.configure(path);
      if (this.picked >= path.n) this.picked = null;
    }
    this.go();
    this.ready = path.ready;
    this.announce();
    this.mark(...EVERYTHING);
    if (this.unsent && path.ready) this.send();
  }

  // How much has come, for whoever waits for it from outside.
  announce() {
    const { path, header } = this;
    const umap = hasUmap(path) ? "ready" : "none";
    Object.assign(this.picture.root.dataset, { ready: path?.ready ?? 0, frames: header?.frames ?? 0, umap });
  }

  // To the wanted place, in time as far as frames have come.
  go() {
    if (!this.path?.base || this.playback.running || this.moving) return;
    const { lams, base, ready } = this.path;
    const { lam, epoch } = this.wanted;
    this.u = coordinateOf(lams, lam);
    this.v = Math.max(0, Math.min(epoch === null ? Infinity : frameOf(base.epochs, epoch), ready - 1));
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
    // At the newest frame there is, the next one is wanted as soon as it comes.
    const epoch = this.v >= path.ready - 1 ? null : epochAt(path.base.epochs, this.v);
    this.wanted = { lam: lambdaAt(path.lams, this.u), epoch };
    const is = nearestOf(path, this.u, this.v);
    this.mark("codes", "bar", "words");
    if (axis === "v") this.mark("plain");
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

  // `later`: more of the same may follow.
  settle(later) {
    clearTimeout(this.timer);
    this.timer = 0;
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
    } else if (this.path?.ready && this.end() > 0) {
      this.moving = false;
      this.begin();
      const { axis } = this.playback;
      this.set(axis, this.playback.start(this[axis], this.end()));
    }
  }

  pause() {
    this.playback.stop();
    this.mark("bar");
  }

  end() {
    return this.playback.stops(this.path) - 1;
  }

  choose(name, value, event) {
    if (name === "axis" && this.playback.running && this.playback.axis !== value) {
      this.pause();
      this.settle(false);
    }
    if (name === "axis" || name === "speed") this.playback[name] = value;
    else if (name === "tool" && value === "none") this.selectMany(null, event);
    else if (name === "tool") this.tool = this.tool === value ? null : value;
    else this.chooseLook(name, value);
    this.mark("bar");
  }

  // UMAP is blind to scale: there the norm is the colour that shows contraction, until another one is chosen.
  chooseLook(name, value) {
    if (name === "colour") {
      this.colour = value;
      this.lent = false;
    } else if (value !== this.map) {
      this.map = value;
      if (value === "umap" && this.colour === "class") [this.colour, this.lent] = ["norm", true];
      else if (value === "pca" && this.lent) [this.colour, this.lent] = ["class", false];
    }
    this.mark(...EVERYTHING);
    this.send();
  }

  // What a map calls.
  hands() {
    return {
      hover: (index, event) => {
        if (index === this.hover) return;
        this.hover = index;
        this.note("hover", event, "marks", "sample", "linked");
      },
      pick: (index, event) => {
        this.picked = index;
        this.note("pick", event, "marks", "sample", "linked");
        this.send();
      },
      select: (indices, event) => this.selectMany(indices.length ? indices : null, event),
      clear: (event) => this.selectMany(null, event),
      outline: (event) => this.note("select", event, "marks"),
      tool: () => this.tool,
      mask: () => this.mask,
      picked: () => this.picked,
      words: (index) => sampleWords(this.path, this.u, this.v, index),
    };
  }

  selectMany(indices, event) {
    if (indices === null && this.selected === null) return this.note("select", event, "marks");
    this.selected = indices && new Set(indices);
    this.mask = indices && new Uint8Array(this.path.n);
    for (const index of indices ?? []) this.mask[index] = 1;
    this.note("select", event, "plain", "codes", "panels", "bar");
  }

  // ---- telling the server

  send() {
    const { path } = this;
    this.unsent = !path?.ready;
    if (this.unsent || this.playback.running || this.moving) return;
    const lam = isWhole(this.u) ? path.lams[Math.round(this.u)] : Number(lambdaAt(path.lams, this.u).toPrecision(6));
    const value = { lam, epoch: this.epochMeant(), sample: this.picked ?? path.base.gallery[0] ?? 0, colour: this.colour, map: this.map };
    const text = JSON.stringify([path.id, this.header.version, value]);
    if (text === this.sent) return;
    this.sent = text;
    this.component.setTriggerValue("view", value);
  }

  // Where the handle is bound for: while frames come, the newest one is only on the way.
  epochMeant() {
    const { base: { epochs }, ready } = this.path;
    const last = epochs.at(-1);
    return this.v < ready - 1 ? Math.round(epochAt(epochs, this.v)) : Math.min(this.wanted.epoch ?? last, last);
  }

  // ---- one frame

  mark(...names) {
    if (this.life.signal.aborted) return;
    for (const name of names) this.dirty.add(name);
    this.request ??= requestAnimationFrame((now) => this.tick(now));
  }

  // The same for an input; how long it took until it was drawn is told to whoever listens.
  note(what, event, ...names) {
    if (event && !this.cause) this.cause = { what, stamp: event.timeStamp };
    this.mark(...names);
  }

  tick(now) {
    this.request = null;
    if (!this.theme) return;
    if (this.playback.running) this.advance(now);
    const { dirty } = this;
    this.dirty = new Set();
    this.picture.paint(this.state(), dirty, this.ratio);
    this.report();
    if (this.playback.running) this.mark();
  }

  state() {
    const { path, u, v, theme, look, hover, picked, selected, mask, ghost, colour, tool, playback, header } = this;
    const map = this.map === "umap" && hasUmap(path) ? "umap" : "pca";
    const near = path?.ready ? nearestOf(path, u, v) : { member: 0, frame: 0 };
    return { path, u, v, ...near, theme, look, hover, picked, selected, mask, ghost, colour, map, wantedMap: this.map, tool, playback, header };
  }

  report() {
    if (!this.cause) return;
    const { what, stamp } = this.cause;
    this.cause = null;
    const detail = { what, ms: performance.now() - stamp };
    this.picture.root.dispatchEvent(new CustomEvent("cl-drawn", { bubbles: true, detail }));
  }

  advance(now) {
    const { axis } = this.playback;
    const next = this.playback.advance(this[axis], this.end(), now);
    if (next !== this[axis]) this.set(axis, next);
    if (this.playback.running) return;
    this.mark("bar");
    this.settle(false);
  }

  drop() {
    this.life.abort();
    clearTimeout(this.timer);
    if (this.request) cancelAnimationFrame(this.request);
    this.observer.disconnect();
    this.picture.drop();
  }
}
