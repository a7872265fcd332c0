// What all small charts share: a titled canvas, axes, labels that never lie on each other.
//
// A chart draws only when something that it shows has changed: path, member, frame, theme, ghost, selection, hovered or
// picked sample, by identity. Between computed members nothing of it changes, so most handle events cost nothing here.

import { make } from "../look.js";
import { AE, CAE } from "./colour.js";
import { nearest } from "./scales.js";

const SIZE = 11; // pixels of text
const LINE = 14; // pixels from line to line
const STRIDE = 4; // pixels between the boxes that keep a line free
const TOUCH = 8; // square pixels of a line or a dot that a name may lie on where it need not be there
const FARTHER = 2; // square pixels that a name may lie on rather than stand at the next of its places

// ---------------------------------------------------------------- labels

// Texts on one drawing; each is placed where nothing lies yet, or left out.
export class Labels {
  constructor() {
    this.boxes = [];
    this.soft = []; // what may be written over where there is no better place
    this.widths = new Map();
  }

  start(context, width, height, font) {
    Object.assign(this, { context, width, height });
    this.boxes.length = this.soft.length = 0;
    if (font !== this.font) this.widths.clear();
    this.font = font;
    context.font = `${SIZE}px ${font}`;
    context.textBaseline = "middle";
    context.textAlign = "left";
  }

  measure(text) {
    let width = this.widths.get(text);
    if (width === undefined) {
      if (this.widths.size > 500) this.widths.clear();
      this.widths.set(text, (width = this.context.measureText(text).width));
    }
    return width;
  }

  // Keeps a box free of labels; a soft one only as long as there is a better place.
  block(left, top, right, bottom, soft = false) {
    (soft ? this.soft : this.boxes).push([left, top, right, bottom]);
  }

  // The same for a line from place to place, soft.
  blockLine(fromX, fromY, toX, toY) {
    const steps = Math.ceil(Math.hypot(toX - fromX, toY - fromY) / STRIDE);
    for (let i = 1; i < steps; i += 1) {
      const [x, y] = [fromX + ((toX - fromX) * i) / steps, fromY + ((toY - fromY) * i) / steps];
      this.block(x - 1, y - 1, x + 1, y + 1, true);
    }
  }

  // Square pixels of soft boxes that a text lies on; Infinity where it lies on another one, or beyond the edge.
  covered(text, left, middle) {
    const [top, right, bottom] = [middle - LINE / 2, left + this.measure(text), middle + LINE / 2];
    if (left < 0 || top < 0 || right > this.width || bottom > this.height) return Infinity;
    const shared = ([x0, y0, x1, y1]) =>
      Math.max(0, Math.min(right, x1) - Math.max(left, x0)) * Math.max(0, Math.min(bottom, y1) - Math.max(top, y0));
    if (this.boxes.some((box) => shared(box) > 0)) return Infinity;
    return this.soft.reduce((sum, box) => sum + shared(box), 0);
  }

  // Writes with the left end at x and the middle at y if there is room; `pad` pixels are kept free at both ends. over: how
  // many square pixels of soft boxes it may lie on.
  write(text, x, y, colour, pad = 3, over = 0) {
    const covered = this.covered(text, x, y);
    if (covered === Infinity || covered > over) return false;
    const right = x + this.measure(text);
    this.block(x - pad, y - LINE / 2, right + pad, y + LINE / 2);
    this.context.fillStyle = colour;
    this.context.fillText(text, x, y);
    return true;
  }

  // Near a mark of a radius at (x, y): right of it, left, above, below, or farther off where it would lie on soft boxes; on
  // those only if it is needed.
  beside(text, x, y, radius, colour, needed = true) {
    const width = this.measure(text);
    const gap = radius + 4;
    const places = [
      [x + gap, y], [x - gap - width, y], [x - width / 2, y - gap - 4], [x - width / 2, y + gap + 4],
      [x + gap, y - 12], [x - gap - width, y + 12], [x + gap, y + 12], [x - gap - width, y - 12],
      [x - width, y - gap - 4], [x, y + gap + 4], [x + gap, y - 20], [x - gap - width, y + 20],
      [x - width / 2, y - 28], [x - width, y - 28], [x, y + 28],
    ];
    let best = null;
    places.forEach(([left, middle], i) => {
      const covered = this.covered(text, left, middle);
      if (covered === Infinity || (covered > TOUCH && !needed)) return;
      const cost = covered + FARTHER * i;
      if (!best || cost < best.cost) best = { cost, left, middle };
    });
    return best !== null && this.write(text, best.left, best.middle, colour, 3, Infinity);
  }
}

// ---------------------------------------------------------------- marks

export function dot(context, x, y, radius) {
  context.moveTo(x + radius, y);
  context.arc(x, y, radius, 0, 2 * Math.PI);
}

export function square(context, x, y, half) {
  context.rect(x - half, y - half, 2 * half, 2 * half);
}

export function diamond(context, x, y, radius) {
  context.moveTo(x, y - radius);
  context.lineTo(x + radius, y);
  context.lineTo(x, y + radius);
  context.lineTo(x - radius, y);
  context.closePath();
}

// The mark of a model: blue circle or orange square.
export function mark(context, model, x, y, radius) {
  context.beginPath();
  if (model === "ae") dot(context, x, y, radius);
  else square(context, x, y, radius * 0.9);
  context.fillStyle = model === "ae" ? AE : CAE;
  context.fill();
}

// A line through points in `xy` (x and y in turn), broken where one is no number.
export function trace(context, xy, count) {
  let down = false;
  for (let i = 0; i < 2 * count; i += 2) {
    const sound = xy[i] - xy[i] === 0 && xy[i + 1] - xy[i + 1] === 0;
    if (sound && down) context.lineTo(xy[i], xy[i + 1]);
    else if (sound) context.moveTo(xy[i], xy[i + 1]);
    down = sound;
  }
}

// ---------------------------------------------------------------- the chart

// {member, frame} of the ghost, or null: also where it stands on what is shown anyway.
export function ghostOf({ ghost, path, member, frame }) {
  if (!ghost) return null;
  const at = { member: nearest(ghost.u, path.lams.length), frame: nearest(ghost.v, path.ready) };
  return at.member === member && at.frame === frame ? null : at;
}

export class Chart {
  // host: an element that becomes the panel; options: {title, yardstick, samples: whether hover and pick are shown}.
  constructor(host, { title, yardstick = "", samples = false }) {
    this.host = host;
    this.samples = samples;
    this.stamp = 0; // counts up with whatever the chart itself changes
    this.seen = new Array(12).fill(undefined);
    this.width = this.height = 0;
    this.head = make("div", "cl-head");
    this.title = make("h3", "cl-title", title);
    this.yardstick = make("span", "cl-yardstick", yardstick);
    this.head.append(this.title, this.yardstick);
    this.plot = make("div", "cl-plot");
    this.canvas = make("canvas", "cl-canvas");
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", title);
    this.canvas.style.display = "block";
    this.plot.append(this.canvas);
    host.append(this.head, this.plot);
    this.context = this.canvas.getContext("2d");
    this.labels = new Labels();
  }

  // The canvas's size in CSS pixels. Draws nothing: call draw afterwards.
  resize(width, height) {
    const ratio = globalThis.devicePixelRatio || 1;
    if (width === this.width && height === this.height && ratio === this.ratio) return;
    Object.assign(this, { width, height, ratio });
    this.canvas.width = Math.max(1, Math.round(width * ratio));
    this.canvas.height = Math.max(1, Math.round(height * ratio));
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${height}px`;
    this.stamp += 1;
  }

  // Draws the state if it differs from what is seen; returns whether it did.
  draw(state) {
    if (!this.width || !this.height || !this.changed(state)) return false;
    const { context, ratio } = this;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    if (!state.path?.ready || !state.path.frames[state.frame]) return true;
    this.labels.start(context, this.width, this.height, state.theme.font);
    this.paint(context, state);
    return true;
  }

  changed(state) {
    const { path, ghost } = state;
    const now = [
      path, path?.version, state.member, state.frame, state.theme, state.selected, this.stamp,
      ghost ? nearest(ghost.u, path?.lams.length) : -1, ghost ? nearest(ghost.v, path?.ready) : -1,
      this.samples ? state.hover : null, this.samples ? state.picked : null, state.selected?.size,
    ];
    if (now.every((value, i) => value === this.seen[i])) return false;
    this.seen = now;
    return true;
  }

  // What the picture shows, for who cannot see it; when things have settled.
  describe(state) {
    const text = state.path?.ready && state.path.frames[state.frame] ? this.words(state) : `${this.title.textContent}: nothing to show yet.`;
    if (text !== this.canvas.getAttribute("aria-label")) this.canvas.setAttribute("aria-label", text);
  }

  setYardstick(text) {
    if (text !== this.yardstick.textContent) this.yardstick.textContent = text;
  }

  // ---- axes

  // Ticks along the bottom: grid lines and texts, as many as do not touch. `name` stands at the right end below them.
  xAxis(scale, values, text, box, theme, name = "") {
    const { context, labels } = this;
    context.strokeStyle = theme.grid;
    context.lineWidth = 1;
    context.beginPath();
    for (const value of values) {
      const x = Math.round(scale(value)) + 0.5;
      context.moveTo(x, box.top);
      context.lineTo(x, box.bottom);
    }
    context.stroke();
    if (name) labels.write(name, this.width - labels.measure(name) - 2, box.bottom + 10 + LINE, theme.muted);
    for (const value of values) {
      const label = text(value);
      const half = labels.measure(label) / 2;
      const middle = Math.min(Math.max(scale(value), half), this.width - half - 1);
      labels.write(label, middle - half, box.bottom + 10, theme.muted, 4);
    }
  }

  // Ticks along the left: grid lines and texts, right-aligned at the box.
  yAxis(scale, values, text, box, theme) {
    const { context, labels } = this;
    context.strokeStyle = theme.grid;
    context.lineWidth = 1;
    context.beginPath();
    for (const value of values) {
      const y = Math.round(scale(value)) + 0.5;
      context.moveTo(box.left, y);
      context.lineTo(box.right, y);
    }
    context.stroke();
    for (const value of values) {
      const label = text(value);
      labels.write(label, Math.max(0, box.left - 6 - labels.measure(label)), scale(value), theme.muted);
    }
  }

  // The widest of the texts of an axis.
  widest(values, text) {
    return Math.max(0, ...values.map((value) => this.labels.measure(text(value))));
  }

  // "● AE  ■ λ 0.72" in the top row, as far to the right as it goes.
  legend(own, theme, dashed = false) {
    const { labels } = this;
    const entries = own === null ? [["ae", "AE"]] : [["ae", "AE"], ["cae", own]];
    const key = dashed ? 20 : 10;
    let x = this.width - 2 - entries.reduce((sum, [, text]) => sum + key + 4 + labels.measure(text) + 10, -10);
    for (const [model, text] of entries) {
      if (dashed) this.stroke(model, x, LINE / 2, x + key, LINE / 2);
      else mark(this.context, model, x + key / 2, LINE / 2, 4);
      labels.block(x, 0, x + key, LINE);
      labels.write(text, x + key + 4, LINE / 2, theme.ink);
      x += key + 4 + labels.measure(text) + 10;
    }
  }

  // A straight line in a model's look.
  stroke(model, fromX, fromY, toX, toY) {
    this.line(model);
    this.context.moveTo(fromX, fromY);
    this.context.lineTo(toX, toY);
    this.context.stroke();
    this.context.setLineDash([]);
  }

  // Begins a path in the look of a model's line: solid, dashed, or the ghost's thin grey.
  line(model, theme = null) {
    const { context } = this;
    context.beginPath();
    context.setLineDash(model === "cae" ? [5, 3] : []);
    context.lineWidth = model === "ghost" ? 1 : 2;
    context.lineJoin = "round";
    context.strokeStyle = model === "ae" ? AE : model === "cae" ? CAE : theme.muted;
  }

  // A sentence where a member has nothing to draw, at a share of the height or the next place that is free.
  note(text, box, theme, share = 0.75) {
    const { labels } = this;
    const left = Math.max(0, (box.left + box.right - labels.measure(text)) / 2);
    for (const over of [0, Infinity]) {
      for (const at of [share, 0.9, 0.55, 0.3, 0.1]) {
        if (labels.write(text, left, box.top + at * (box.bottom - box.top), theme.muted, 3, over)) return;
      }
    }
  }
}
