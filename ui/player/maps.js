// The map of the codes of one model: points on a canvas, on axes whose unit has one length, the same for both maps.
//
// Two sheets lie on each other, so that little is drawn again: the points on their paper (grid, numbers), and marks (the
// sample under the pointer, the one picked, the outline of a selection).

import { make } from "../look.js";
import { PICKED } from "./colour.js";
import { Pointing } from "./pointing.js";
import { Disc, Inks, Raster } from "./raster.js";

// A round step that leaves about `room` pixels between lines.
export function gridStep(half, scale, room = 40) {
  const raw = room / scale;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= raw * 0.999) * power;
  return Number.isFinite(step) && step > 0 ? step : half || 1;
}

export class CodeMap {
  // owner: see pointing.js
  constructor(host, { label, owner }) {
    this.count = 0;
    this.node = make("div", "cl-map");
    this.node.tabIndex = 0;
    this.node.setAttribute("role", "application");
    this.node.setAttribute("aria-roledescription", "map");
    this.node.setAttribute("aria-label", `${label}. Arrow keys step through the samples, Enter picks one, Escape clears.`);
    this.points = new Raster();
    this.marks = make("canvas", "cl-sheet");
    this.pen = this.marks.getContext("2d");
    this.note = make("p", "cl-note");
    this.node.append(this.points.canvas, this.marks, this.note);
    host.append(this.node);
    this.pointing = new Pointing(this, owner);
  }

  say(text) {
    if (this.note.textContent !== text) this.note.textContent = text;
    this.note.hidden = !text;
  }

  // ---- geometry

  // Returns whether the size has changed.
  measure(ratio) {
    const width = this.node.clientWidth;
    const height = this.node.clientHeight;
    if (!width || (width === this.width && height === this.height && ratio === this.ratio)) return false;
    Object.assign(this, { width, height, ratio });
    this.points.resize(Math.round(width * ratio), Math.round(height * ratio));
    Object.assign(this.marks, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
    return true;
  }

  // view: {half, x, y}, the square that is seen in full: half its side, and its middle.
  fit({ half, x, y }) {
    this.half = half > 0 ? half : 1;
    this.scale = (Math.min(this.width, this.height) / 2 - 5) / this.half;
    this.left = this.width / 2 - x * this.scale;
    this.top = this.height / 2 + y * this.scale;
  }

  radius() {
    return this.width < 240 ? 2 : this.width > 520 ? 3.2 : 2.7;
  }

  // ---- sheets

  drawPaper(theme, view, grid, numbers) {
    this.fit(view);
    this.points.setPaper((context) => {
      context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
      context.fillStyle = theme.card;
      context.fillRect(0, 0, this.width, this.height);
      if (grid) this.drawGrid(context, theme, numbers);
    });
  }

  drawGrid(context, theme, numbers) {
    const { width, height, scale } = this;
    const step = gridStep(this.half, scale);
    const sharp = (value) => Math.round(value * this.ratio) / this.ratio + 0.5 / this.ratio;
    const digits = Math.max(0, -Math.floor(Math.log10(step)));
    const text = (line) => String(Number((line * step).toFixed(digits))).replace("-", "−");
    context.lineWidth = 1 / this.ratio;
    context.strokeStyle = theme.grid;
    context.beginPath();
    const across = Math.floor(width / 2 / scale / step);
    const along = Math.floor(height / 2 / scale / step);
    for (let line = -across; line <= across; line += 1) {
      const x = sharp(width / 2 + line * step * scale);
      context.moveTo(x, 0);
      context.lineTo(x, height);
    }
    for (let line = -along; line <= along; line += 1) {
      const y = sharp(height / 2 - line * step * scale);
      context.moveTo(0, y);
      context.lineTo(width, y);
    }
    context.stroke();
    if (numbers) this.drawNumbers(context, theme, { step, across, along, text });
  }

  drawNumbers(context, theme, { step, across, along, text }) {
    const { width, height, scale } = this;
    context.font = `10px ${theme.font}`;
    context.fillStyle = theme.muted;
    context.textBaseline = "bottom";
    context.textAlign = "center";
    for (let line = -across; line <= across; line += 1) {
      const x = width / 2 + line * step * scale;
      if (x > 24 && x < width - 12) context.fillText(text(line), x, height - 1);
    }
    context.textBaseline = "middle";
    context.textAlign = "left";
    for (let line = -along; line <= along; line += 1) {
      const y = height / 2 - line * step * scale;
      if (y > 8 && y < height - 18) context.fillText(text(line), 2, y);
    }
  }

  // scene: {positions, count, paint: {palette, index, key}, mask, ghost, inset: {positions, limit}|null, theme}; a paint's
  // index names a colour of its palette, and the last one is for samples without.
  drawPoints(scene) {
    const { positions, count, paint, mask, theme } = scene;
    const { ratio, left, top, scale } = this;
    this.count = count;
    this.paint = paint;
    if (!this.x || this.x.length !== count) {
      this.x = new Float32Array(count);
      this.y = new Float32Array(count);
    }
    const { x, y } = this;
    for (let i = 0; i < count; i += 1) {
      x[i] = left + positions[2 * i] * scale;
      y[i] = top - positions[2 * i + 1] * scale;
    }
    const { points } = this;
    const { inks, full, faint, ghost, plain } = this.tools(paint, theme);
    points.start();
    if (scene.ghost) {
      for (let i = 0; i < count; i += 1) {
        points.dot(ghost, plain, 0, ratio * (left + scene.ghost[2 * i] * scale), ratio * (top - scene.ghost[2 * i + 1] * scale));
      }
    }
    if (mask) {
      for (let i = 0; i < count; i += 1) if (!mask[i]) points.dot(faint, plain, 0, x[i] * ratio, y[i] * ratio);
    }
    for (let i = 0; i < count; i += 1) {
      if (!mask || mask[i]) points.dot(full, inks, paint.index[i], x[i] * ratio, y[i] * ratio);
    }
    if (scene.inset) this.drawInset(scene);
    points.finish();
  }

  // A small picture true to scale, beside one that is not.
  drawInset({ inset, count, paint, mask, theme }) {
    const { ratio, points } = this;
    const { inks, tiny, plain } = this.tools(paint, theme);
    const side = Math.round(this.insetSide() * ratio);
    const left = Math.round((this.width - 3) * ratio) - side;
    const top = Math.round(3 * ratio);
    points.box(left, top, side, Math.max(1, Math.round(ratio)), plain, 1, 2);
    const scale = (side / 2 - 2 * ratio) / inset.limit;
    for (let i = 0; i < count; i += 1) {
      const ink = mask && !mask[i] ? paint.palette.length - 1 : paint.index[i];
      points.dot(tiny, inks, ink, left + side / 2 + inset.positions[2 * i] * scale, top + side / 2 - inset.positions[2 * i + 1] * scale);
    }
  }

  // As large as there is room beside the square of the points, or a quarter of it where there is none.
  insetSide() {
    const beside = (this.width - this.height) / 2 - 6;
    return Math.round(Math.min(110, this.height * 0.45, Math.max(beside, this.width * 0.24)));
  }

  // Discs and inks, made again where the size, the palette or the theme has changed.
  tools(paint, theme) {
    const key = `${paint.key} ${this.ratio} ${this.radius()} ${theme.dark} ${theme.muted} ${theme.card}`;
    if (this.toolsKey !== key) {
      this.toolsKey = key;
      const radius = this.radius() * this.ratio;
      this.toolsMade = {
        inks: new Inks(paint.palette), plain: new Inks([theme.muted, theme.card, theme.line]),
        full: new Disc(radius, 0.88), faint: new Disc(radius * 0.85, 0.22),
        ghost: new Disc(Math.max(this.ratio, radius * 0.5), 0.32), tiny: new Disc(this.ratio, 0.9),
      };
    }
    return this.toolsMade;
  }

  empty() {
    this.count = 0;
    this.pointing.reset();
    this.clearMarks();
  }

  clearMarks() {
    const { pen, marks, ratio = 1 } = this;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, marks.width, marks.height);
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    return pen;
  }

  // The sample under the pointer, the one that is kept, and the outline of a selection on its way.
  drawMarks({ hover, picked, theme }) {
    const context = this.clearMarks();
    if (!this.count) return;
    const radius = this.radius();
    if (picked !== null && picked < this.count) this.ring(context, picked, radius + 4, PICKED, 2.5, theme);
    if (hover !== null && hover < this.count && hover !== picked) this.ring(context, hover, radius + 3, theme.ink, 2, theme);
    const { drag } = this.pointing;
    if (drag?.active) this.drawOutline(context, drag, theme);
  }

  ring(context, index, radius, colour, width, theme) {
    const x = this.x[index];
    const y = this.y[index];
    const circle = (size) => {
      context.beginPath();
      context.arc(x, y, size, 0, 2 * Math.PI);
    };
    circle(radius + 1);
    context.fillStyle = theme.card;
    context.fill();
    circle(this.radius() + 0.8);
    context.fillStyle = this.paint.palette[this.paint.index[index]];
    context.fill();
    circle(radius);
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke();
  }

  drawOutline(context, { path, tool }, theme) {
    context.beginPath();
    if (tool === "box") {
      const [[x0, y0]] = path;
      const [x1, y1] = path.at(-1);
      context.rect(Math.min(x0, x1), Math.min(y0, y1), Math.abs(x1 - x0), Math.abs(y1 - y0));
    } else {
      path.forEach(([x, y], i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
      context.closePath();
    }
    context.globalAlpha = 0.06;
    context.fillStyle = theme.ink;
    context.fill();
    context.globalAlpha = 1;
    context.setLineDash([4, 3]);
    context.lineWidth = 1;
    context.strokeStyle = theme.ink;
    context.stroke();
    context.setLineDash([]);
  }
}
