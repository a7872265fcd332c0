// The card of one sample: its input, and what both models make of it, with the norm and error of computed members.
//
// The message holds reconstructions of a dozen images (or rows of a table), and of every sample where samples are points.

import { make } from "../look.js";
import { AE, CAE, cellColours } from "./colour.js";
import { niceNumber } from "./scales.js";
import { className, inputName } from "./words.js";

const MODELS = [["plain", AE], ["contractive", CAE]];

class Row {
  constructor(name, colour) {
    this.node = make("div", "cl-sample-row");
    this.picture = make("div", "cl-picture");
    this.canvas = make("canvas");
    this.hint = make("span", "cl-picture-hint");
    this.picture.append(this.canvas, this.hint);
    const text = make("div", "cl-sample-text");
    this.name = make("span", "cl-sample-name", name);
    this.first = make("span", "cl-sample-first");
    this.second = make("span", "cl-sample-second");
    this.third = make("span", "cl-sample-third");
    text.append(this.name, this.first, this.second, this.third);
    this.node.append(this.picture, text);
    if (colour) {
      this.name.dataset.model = name === "plain" ? "ae" : "cae";
      this.bar = make("div", "cl-bar-line");
      this.bar.style.background = colour;
      text.append(this.bar);
    }
  }

  say(first, second, third = "") {
    this.first.textContent = first;
    this.second.textContent = second;
    this.third.textContent = third;
  }
}

export class SampleCard {
  constructor(host) {
    this.node = make("div", "cl-sample");
    this.input = new Row("input", null);
    this.models = MODELS.map(([name, colour]) => new Row(name, colour));
    this.empty = make("p", "cl-note", "Point at a sample, or click one to keep it.");
    this.rows = make("div", "cl-sample-rows");
    this.rows.append(this.input.node, ...this.models.map((row) => row.node));
    this.node.append(this.rows, this.empty);
    host.append(this.node);
  }

  // Returns the yardstick: which sample it is.
  draw({ path, hover, picked, member, frame, theme }) {
    const id = hover ?? picked;
    const shown = id !== null && path?.ready > 0 && id < path.n;
    this.empty.hidden = shown;
    this.rows.classList.toggle("cl-away", !shown);
    if (!shown) return "";
    const { base } = path;
    this.node.dataset.kind = base.sample_kind;
    const name = className(path, id);
    this.input.say(name ? `class ${name}` : `sample ${id}`, "", this.coordinates(base, base.arrays.inputs, id * base.d, 1));
    this.models.forEach((row, which) => this.drawModel(row, path, id, which ? member : 0, frame));
    this.drawPictures(path, id, member, frame, theme, id === picked);
    return name ? `sample ${id}` : "";
  }

  clear() {
    this.empty.hidden = true;
    this.rows.classList.add("cl-away");
  }

  drawModel(row, path, id, member, frame) {
    const at = path.frames[frame];
    const failed = at.failed[member] > 0;
    const norm = at.norms[member][id];
    const { gallery } = at.arrays;
    const third = this.coordinates(path.base, gallery, (member * path.n + id) * path.base.d, at.gallery_scale);
    row.say(`‖J‖ ${niceNumber(norm)}`, failed ? "training failed" : `error ${niceNumber(at.errors[member][id])}`, failed ? "" : third);
    const share = Math.min(1, norm / path.limits.norm.high) || 0;
    row.bar.style.transform = `scaleX(${share})`;
  }

  coordinates(base, values, start, scale) {
    if (base.sample_kind !== "points") return "";
    return Array.from({ length: base.d }, (_, i) => `${inputName(base, i)} ${niceNumber(values[start + i] * scale).replace("-", "−")}`).join(" · ");
  }

  // ---- pictures

  drawPictures(path, id, member, frame, theme, kept) {
    const { base } = path;
    if (base.sample_kind === "points") return;
    this.paint(this.input, base, base.arrays.inputs, id * base.d, theme);
    const slot = base.gallery.indexOf(id);
    const { gallery } = path.frames[frame].arrays;
    this.models.forEach((row, which) => {
      const failed = path.frames[frame].failed[which ? member : 0];
      const there = slot >= 0 && !failed;
      row.canvas.hidden = !there;
      row.hint.textContent = there ? "" : failed ? "–" : kept ? "see below" : "click";
      if (there) this.paint(row, base, gallery, ((which ? member : 0) * base.gallery.length + slot) * base.d, theme);
    });
  }

  paint(row, base, values, start, theme) {
    if (base.image_shape) this.paintImage(row.canvas, base, values, start, theme);
    else this.paintBars(row.canvas, base, values, start, theme);
  }

  paintImage(canvas, base, values, start, theme) {
    const [rows, columns] = base.image_shape;
    if (canvas.width !== columns) canvas.width = columns;
    if (canvas.height !== rows) canvas.height = rows;
    const colours = this.cells(base, theme);
    const context = canvas.getContext("2d");
    const image = context.createImageData(columns, rows);
    const pixels = new Uint32Array(image.data.buffer);
    for (let i = 0; i < base.d; i += 1) pixels[i] = colours[values[start + i]];
    context.putImageData(image, 0, 0);
  }

  cells(base, theme) {
    const key = `${theme.card} ${theme.ink}`;
    if (this.base !== base || this.key !== key) Object.assign(this, { base, key, colours: cellColours(base, theme) });
    return this.colours;
  }

  // A table's row: one bar per feature, from 0 up or down.
  paintBars(canvas, base, values, start, theme) {
    const ratio = globalThis.devicePixelRatio || 1;
    const width = Math.round((canvas.parentElement.clientWidth || 120) * ratio);
    const height = Math.round((canvas.parentElement.clientHeight || 60) * ratio);
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const context = canvas.getContext("2d");
    context.clearRect(0, 0, width, height);
    const { value_low: low, value_high: high, d } = base;
    const y = (value) => height - ((value - low) / (high - low)) * height;
    const zero = y(Math.min(Math.max(0, low), high));
    const step = width / d;
    context.fillStyle = theme.muted;
    for (let i = 0; i < d; i += 1) {
      const top = y(low + (values[start + i] / 255) * (high - low));
      context.fillRect(i * step + step * 0.1, Math.min(top, zero), step * 0.8, Math.max(1, Math.abs(top - zero)));
    }
    context.fillStyle = theme.line;
    context.fillRect(0, Math.round(zero), width, Math.max(1, Math.round(ratio)));
  }
}
