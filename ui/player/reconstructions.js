// Reconstructions of twelve samples: input, by the AE, by the member at lambda. Images in rows, rows of a table as strips of
// coloured cells; for points the plane, with all samples and where both models put them.

import { make } from "../look.js";
import { AE, CAE, PICKED, cellColours, channels } from "./colour.js";
import { Chart, dot, square } from "./chart.js";
import { isFailed } from "./numbers.js";
import { Disc, Inks, Raster } from "./raster.js";
import { linear, niceNumber, tickText } from "./scales.js";
import { inWords, inputName, nameOf } from "./words.js";

const GAP = 4; // pixels between blocks, and between rows of images
const APART = 10; // pixels between groups of three rows
const NAMES = ["input", "AE", "at λ"];

// A disc's square sister: the contractive model's mark.
class Tile extends Disc {
  mask(radius, alpha, phase) {
    const { size } = this;
    const part = (i, place) => {
      const middle = size / 2 + (place + 0.5) / 4 - 0.5;
      return Math.max(0, Math.min(i + 1, middle + radius) - Math.max(i, middle - radius));
    };
    return Uint16Array.from({ length: size * size }, (_, i) => (
      Math.round(256 * alpha * part(i % size, phase % 4) * part(Math.floor(i / size), Math.floor(phase / 4)))
    ));
  }
}

export class Reconstructions extends Chart {
  constructor(host) {
    super(host, { title: "Reconstructions", samples: true });
    this.source = make("canvas"); // one pixel a cell: the inputs, the AE's, the member's, one below the other
  }

  paint(context, state) {
    const { base } = state.path;
    const kind = base.sample_kind;
    const failed = isFailed(state.path.frames[state.frame], state.member);
    if (kind === "points") this.plane(context, state, failed);
    else if (kind === "image" && base.image_shape) this.images(context, state, failed);
    else this.strips(context, state, failed);
  }

  // ---- cells

  // Fills `source` with rows * 3 lines of pixels: line by line as `line(block, sample)` gives an array and where to start.
  // Returns the canvas; block b of a sample i starts at pixel row (b * count + i) * height.
  cells({ path, member, frame, theme }, width, height) {
    const { base } = path;
    const { gallery, d } = base;
    const key = [path, path.version, frame, member, theme];
    if (key.every((part, i) => part === this.key?.[i])) return this.source;
    if (path !== this.key?.[0] || path.version !== this.key?.[1] || theme !== this.key?.[4]) this.colours = cellColours(base, theme);
    this.key = key;
    const { source, colours } = this;
    const size = width * height;
    if (source.width !== width || source.height !== 3 * gallery.length * height) {
      source.width = width;
      source.height = 3 * gallery.length * height;
      this.image = null;
    }
    const pen = source.getContext("2d");
    this.image ??= pen.createImageData(source.width, source.height);
    this.pixels = new Uint32Array(this.image.data.buffer);
    const { pixels } = this;
    const made = path.frames[frame].arrays.gallery;
    const { inputs } = base.arrays;
    gallery.forEach((id, i) => {
      const starts = [[inputs, id * d], [made, i * d], [made, (member * made.shape[1] + i) * d]];
      starts.forEach(([from, start], block) => {
        const to = (block * gallery.length + i) * size;
        for (let j = 0; j < size; j += 1) pixels[to + j] = colours[from[start + j]];
      });
    });
    pen.putImageData(this.image, 0, 0);
    return source;
  }

  // Copies one block's sample onto the picture, at whole device pixels.
  place(context, source, block, i, count, width, height, x, y, right, bottom) {
    const { ratio } = this;
    const snap = (value) => Math.round(value * ratio) / ratio;
    const [left, top] = [snap(x), snap(y)];
    context.imageSmoothingEnabled = (right - x) * ratio < width;
    context.drawImage(source, 0, (block * count + i) * height, width, height, left, top, snap(right) - left, snap(bottom) - top);
  }

  // The largest images for which all fit, in 12, 6, 4, 3 or 2 columns; fewer groups where they are not much smaller.
  layout(count, aspect, side) {
    let best = null;
    for (const columns of [12, 6, 4, 3, 2]) {
      const groups = Math.ceil(count / columns);
      const room = (this.height - 4 - (groups - 1) * APART) / (3 * groups) - GAP;
      const cell = Math.max(2, Math.min((this.width - side) / columns - 2, room / aspect));
      if (!best || cell > 1.3 * best.cell) best = { columns, cell };
    }
    return best;
  }

  images(context, state, failed) {
    const { base } = state.path;
    const { gallery } = base;
    const [height, width] = base.image_shape;
    const count = gallery.length;
    const { labels } = this;
    const { theme } = state;
    const side = Math.max(...NAMES.map((name) => labels.measure(name))) + 8;
    const aspect = height / width;
    const { columns, cell } = this.layout(count, aspect, side);
    const source = this.cells(state, width, height);
    const line = cell * aspect + GAP;
    this.setYardstick(`${count} samples`);
    for (let i = 0; i < count; i += 1) {
      const [group, column] = [Math.floor(i / columns), i % columns];
      const x = side + column * (cell + 2);
      for (let block = 0; block < 3; block += 1) {
        const y = 2 + group * (3 * line + APART) + block * line;
        if (column === 0) labels.write(NAMES[block], 0, Math.max(7, y + (line - GAP) / 2), theme.muted);
        if (block === 2 && failed) continue;
        this.place(context, source, block, i, count, width, height, x, y, x + cell, y + line - GAP);
      }
      const ringed = gallery[i] === state.picked ? PICKED : gallery[i] === state.hover ? theme.ink : null;
      if (!ringed) continue;
      context.strokeStyle = ringed;
      context.lineWidth = 1.5;
      context.strokeRect(x - 1, 1 + group * (3 * line + APART), cell + 2, 3 * line - GAP + 2);
    }
  }

  strips(context, state, failed) {
    const { base } = state.path;
    const { gallery, d, value_low: low, value_high: high } = base;
    const { theme } = state;
    const count = gallery.length;
    const source = this.cells(state, d, 1);
    const width = (this.width - 8 - 2 * GAP) / 3;
    const line = Math.max(1, Math.min(20, (this.height - 18) / count));
    this.setYardstick(`${count} samples · ${tickText(Number(low.toPrecision(2))).replace("-", "−")} to ${tickText(Number(high.toPrecision(2)))}`);
    for (let block = 0; block < 3; block += 1) {
      const x = 8 + block * (width + GAP);
      this.labels.write(NAMES[block], x, 7, theme.muted);
      if (block === 2 && failed) continue;
      for (let i = 0; i < count; i += 1) {
        this.place(context, source, block, i, count, d, 1, x, 16 + i * line, x + width, 16 + (i + 1) * line - (line > 6 ? 1 : 0));
      }
    }
    gallery.forEach((id, i) => {
      const colour = id === state.picked ? PICKED : id === state.hover ? theme.ink : null;
      if (!colour) return;
      context.fillStyle = colour;
      context.fillRect(0, 16 + i * line, 4, Math.max(1, line - 1));
    });
  }

  // ---- points

  // x and y of the plane among the coordinates: x and z of three, because a Swiss roll is rolled in them.
  axes({ d }) {
    return [0, d > 2 ? 2 : d - 1];
  }

  // Scales of equal unit that hold the data with a margin.
  fit(path) {
    const { n, d, arrays } = path.base;
    const [a, b] = this.axes(path.base);
    const [low, high] = [[Infinity, Infinity], [-Infinity, -Infinity]];
    for (let i = 0; i < n; i += 1) {
      [arrays.inputs[i * d + a], arrays.inputs[i * d + b]].forEach((value, k) => {
        low[k] = Math.min(low[k], value);
        high[k] = Math.max(high[k], value);
      });
    }
    const [width, height] = [this.width - 4, this.height - 20];
    const unit = Math.min(width / (high[0] - low[0] || 1), height / (high[1] - low[1] || 1)) / 1.16;
    const middle = [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2];
    const half = [width / 2 / unit, height / 2 / unit];
    return {
      x: linear([middle[0] - half[0], middle[0] + half[0]], [2, 2 + width]),
      y: linear([middle[1] - half[1], middle[1] + half[1]], [2 + height, 2]),
    };
  }

  // Sets a mark at every point of an array (n, d) from `start` on; its values are whole multiples of `scale`.
  setAll(path, array, start, scale, mask, ink) {
    const { n, d } = path.base;
    const [a, b] = this.axes(path.base);
    const { ratio, raster, inks } = this;
    const { x, y } = this.scales;
    for (let i = start; i < start + n * d; i += d) {
      raster.dot(mask, inks, ink, x(array[i + a] * scale) * ratio, y(array[i + b] * scale) * ratio);
    }
  }

  // The paper: data and the AE's reconstructions, set again only when the frame, the theme or the size has changed.
  lay({ path, frame, theme }) {
    const key = [path, path.version, frame, theme, this.width, this.height, this.ratio];
    if (key.every((part, i) => part === this.key?.[i])) return;
    this.key = key;
    const { canvas, ratio } = this;
    this.raster ??= new Raster();
    const { raster } = this;
    if (raster.width !== canvas.width || raster.height !== canvas.height) raster.resize(canvas.width, canvas.height);
    const radius = Math.max(1.2, 1.6 * ratio);
    if (radius !== this.radius) {
      this.radius = radius;
      this.masks = { data: new Disc(radius, 0.35), ae: new Disc(radius, 0.75), cae: new Tile(radius, 0.85) };
    }
    this.inks = new Inks([theme.muted, AE, CAE]);
    this.scales = this.fit(path);
    const [red, green, blue] = channels(theme.card);
    raster.pixels.fill(((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0);
    this.setAll(path, path.base.arrays.inputs, 0, 1, this.masks.data, 0);
    const at = path.frames[frame];
    if (!isFailed(at, 0)) this.setAll(path, at.arrays.gallery, 0, at.gallery_scale, this.masks.ae, 1);
    raster.paper = raster.pixels.slice();
  }

  plane(context, state, failed) {
    const { path, member, frame, theme } = state;
    this.lay(state);
    const { raster } = this;
    raster.start();
    if (member > 0 && !failed) {
      const at = path.frames[frame];
      this.setAll(path, at.arrays.gallery, member * path.n * path.base.d, at.gallery_scale, this.masks.cae, 2);
    }
    raster.finish();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(raster.canvas, 0, 0);
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    this.setYardstick("data in grey");
    for (const [id, colour] of [[state.picked, PICKED], [state.hover, theme.ink]]) {
      if (Number.isInteger(id) && id < path.n) this.follow(context, state, id, colour, failed);
    }
    const [a, b] = this.axes(path.base).map((i) => inputName(path.base, i));
    this.labels.write(`${a}, ${b}`, 2, this.height - 8, theme.muted);
    this.keys(path, member, theme);
  }

  // A line from a sample to where each model puts it.
  follow(context, { path, member, frame }, id, colour, failed) {
    const { x, y } = this.scales;
    const { d, arrays } = path.base;
    const [a, b] = this.axes(path.base);
    const made = path.frames[frame];
    const from = [x(arrays.inputs[id * d + a]), y(arrays.inputs[id * d + b])];
    context.strokeStyle = colour;
    context.lineWidth = 1.5;
    context.beginPath();
    dot(context, ...from, 4);
    for (const m of member > 0 && !failed ? [0, member] : [0]) {
      if (isFailed(made, m)) continue;
      const at = (m * path.n + id) * d;
      const to = [x(made.arrays.gallery[at + a] * made.gallery_scale), y(made.arrays.gallery[at + b] * made.gallery_scale)];
      context.moveTo(...from);
      context.lineTo(...to);
      if (m === 0) dot(context, ...to, 3);
      else square(context, ...to, 3);
    }
    context.stroke();
  }

  keys(path, member, theme) {
    const { labels, context } = this;
    const entries = [["AE", AE, dot]];
    if (member > 0) entries.push([nameOf(path, member), CAE, square]);
    let left = this.width - 2 - entries.reduce((sum, [text]) => sum + 13 + labels.measure(text) + 10, -10);
    for (const [text, colour, put] of entries) {
      context.beginPath();
      put(context, left + 5, this.height - 8, 3.5);
      context.fillStyle = colour;
      context.fill();
      labels.write(text, left + 13, this.height - 8, theme.ink);
      left += 13 + labels.measure(text) + 10;
    }
  }

  words({ path, member, frame }) {
    const { base } = path;
    const own = member > 0 ? `, and by ${inWords(path, member)}` : "";
    const at = path.frames[frame];
    const errors = `Mean error ${niceNumber(at.reconstruction_error[0])} by the AE${member > 0 ? `, ${niceNumber(at.reconstruction_error[member])} at lambda` : ""}.`;
    if (base.sample_kind !== "points") return `${base.gallery.length} samples: input, reconstruction by the AE${own}. ${errors}`;
    const [a, b] = this.axes(base).map((i) => inputName(base, i));
    return `Plane of ${a} and ${b}: the data in grey, their reconstructions by the AE${own}. ${errors}`;
  }
}
