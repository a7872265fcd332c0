// The map of the codes of one model: points on a canvas, on axes whose unit has one length, the same for both maps.
//
// Three sheets lie on each other, so that little is drawn again: paper (grid, numbers), points, and marks (the sample
// under the pointer, the one picked, the outline of a selection). Points are stamped from dots drawn beforehand, one for
// each colour and quarter of a pixel: a thousand are drawn in about a millisecond, and move without trembling.

import { make } from "../look.js";
import { PICKED } from "./colour.js";

const NEAR = { mouse: 12, pen: 16, touch: 24 };
const PHASES = 4;
const DRAG = 5; // pixels after which a click is a drag

// Dots of one size in every colour of a palette, at every phase of a pixel.
class Dots {
  constructor(palette, radius, ratio, alpha) {
    this.size = Math.ceil(2 * radius * ratio) + 3;
    const canvas = make("canvas");
    canvas.width = this.size * PHASES * PHASES;
    canvas.height = this.size * palette.length;
    const context = canvas.getContext("2d");
    context.globalAlpha = alpha;
    palette.forEach((colour, row) => {
      context.fillStyle = colour;
      for (let phase = 0; phase < PHASES * PHASES; phase += 1) {
        const x = phase * this.size + this.size / 2 + ((phase % PHASES) + 0.5) / PHASES - 0.5;
        const y = row * this.size + this.size / 2 + (Math.floor(phase / PHASES) + 0.5) / PHASES - 0.5;
        context.beginPath();
        context.arc(x, y, radius * ratio, 0, 2 * Math.PI);
        context.fill();
      }
    });
    this.canvas = canvas;
  }

  // x, y: device pixels.
  stamp(context, row, x, y) {
    const { size } = this;
    const left = x - size / 2 + 0.5;
    const top = y - size / 2 + 0.5;
    const column = Math.floor(left);
    const line = Math.floor(top);
    const phase = Math.floor((left - column) * PHASES) + PHASES * Math.floor((top - line) * PHASES);
    context.drawImage(this.canvas, phase * size, row * size, size, size, column, line, size, size);
  }
}

class Sheet {
  constructor(host) {
    this.canvas = make("canvas", "cl-sheet");
    this.context = this.canvas.getContext("2d");
    host.append(this.canvas);
  }

  resize(width, height, ratio) {
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
  }

  // An empty sheet, measured in CSS pixels unless `device`.
  clear(ratio, device = false) {
    this.context.setTransform(1, 0, 0, 1, 0, 0);
    this.context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    if (!device) this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    return this.context;
  }
}

// A round step that leaves about `room` pixels between lines.
export function gridStep(limit, scale, room = 46) {
  const raw = room / scale;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= raw * 0.999) * power;
  return Number.isFinite(step) && step > 0 ? step : limit || 1;
}

export function inside(polygon, x, y) {
  let within = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i, i += 1) {
    const [xi, yi] = polygon[i];
    const [xj, yj] = polygon[j];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) within = !within;
  }
  return within;
}

export class CodeMap {
  // owner: {hover(index, event), pick(index, event), select(indices, event), clear(event), tool(), words(index)}
  constructor(host, { label, owner }) {
    this.owner = owner;
    this.label = label;
    this.count = 0;
    this.at = -1; // the sample that the keyboard has reached
    this.node = make("div", "cl-map");
    this.node.tabIndex = 0;
    this.node.setAttribute("role", "application");
    this.node.setAttribute("aria-roledescription", "map");
    this.node.setAttribute("aria-label", `${label}. Arrow keys step through the samples, Enter picks one, Escape clears.`);
    this.paper = new Sheet(this.node);
    this.points = new Sheet(this.node);
    this.marks = new Sheet(this.node);
    this.note = make("p", "cl-note");
    this.live = make("span", "cl-hidden");
    this.live.setAttribute("aria-live", "polite");
    this.node.append(this.note, this.live);
    host.append(this.node);
    this.listen();
  }

  listen() {
    const { node } = this;
    node.addEventListener("pointerdown", (event) => this.onDown(event));
    node.addEventListener("pointermove", (event) => this.onMove(event));
    node.addEventListener("pointerup", (event) => this.onUp(event));
    node.addEventListener("pointercancel", () => this.abandon());
    node.addEventListener("pointerleave", (event) => {
      if (!this.drag) this.owner.hover(null, event);
    });
    node.addEventListener("keydown", (event) => this.onKey(event));
    node.addEventListener("blur", (event) => {
      if (this.at >= 0) this.owner.hover(null, event);
      this.at = -1;
    });
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
    for (const sheet of [this.paper, this.points, this.marks]) sheet.resize(width, height, ratio);
    return true;
  }

  fit(limit) {
    this.limit = limit > 0 ? limit : 1;
    this.scale = (Math.min(this.width, this.height) / 2 - 5) / this.limit;
  }

  radius() {
    return this.width < 240 ? 2 : this.width > 520 ? 3.2 : 2.7;
  }

  // ---- sheets

  drawPaper(theme, limit, grid, numbers) {
    this.fit(limit);
    const context = this.paper.clear(this.ratio);
    if (!grid) return;
    const { width, height, scale } = this;
    const step = gridStep(this.limit, scale);
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
    const { ratio, width, height, scale } = this;
    this.count = count;
    this.paint = paint;
    if (!this.x || this.x.length !== count) {
      this.x = new Float32Array(count);
      this.y = new Float32Array(count);
    }
    const { x, y } = this;
    for (let i = 0; i < count; i += 1) {
      x[i] = width / 2 + positions[2 * i] * scale;
      y[i] = height / 2 - positions[2 * i + 1] * scale;
    }
    const context = this.points.clear(ratio, true);
    context.imageSmoothingEnabled = false;
    const dots = this.dots(paint, theme);
    if (scene.ghost) {
      for (let i = 0; i < count; i += 1) {
        dots.small.stamp(context, 0, ratio * (width / 2 + scene.ghost[2 * i] * scale), ratio * (height / 2 - scene.ghost[2 * i + 1] * scale));
      }
    }
    if (mask) {
      for (let i = 0; i < count; i += 1) if (!mask[i]) dots.context.stamp(context, 0, x[i] * ratio, y[i] * ratio);
    }
    for (let i = 0; i < count; i += 1) {
      if (mask && !mask[i]) continue;
      dots.full.stamp(context, paint.index[i], x[i] * ratio, y[i] * ratio);
    }
    if (scene.inset) this.drawInset(context, scene, dots);
  }

  // A small picture true to scale, beside one that is not.
  drawInset(context, { inset, count, paint, mask, theme }, dots) {
    const { ratio } = this;
    const side = this.insetSide();
    const left = this.width - side - 4;
    const middle = [(left + side / 2) * ratio, (4 + side / 2) * ratio];
    const scale = ((side / 2 - 3) / inset.limit) * ratio;
    context.fillStyle = theme.card;
    context.strokeStyle = theme.line;
    context.lineWidth = ratio;
    context.fillRect(left * ratio, 4 * ratio, side * ratio, side * ratio);
    context.strokeRect(left * ratio, 4 * ratio, side * ratio, side * ratio);
    for (let i = 0; i < count; i += 1) {
      const row = mask && !mask[i] ? paint.palette.length - 1 : paint.index[i];
      const x = middle[0] + inset.positions[2 * i] * scale;
      const y = middle[1] - inset.positions[2 * i + 1] * scale;
      dots.tiny.stamp(context, row, x, y);
    }
  }

  insetSide() {
    return Math.round(Math.min(92, this.width * 0.26, this.height * 0.36));
  }

  dots(paint, theme) {
    const key = `${paint.key} ${this.ratio} ${this.radius()} ${theme.dark} ${theme.muted}`;
    if (this.dotsKey !== key) {
      this.dotsKey = key;
      const radius = this.radius();
      this.dotsMade = {
        full: new Dots(paint.palette, radius, this.ratio, 0.88),
        tiny: new Dots(paint.palette, 1, this.ratio, 0.9),
        context: new Dots([theme.muted], radius * 0.85, this.ratio, 0.22),
        small: new Dots([theme.muted], Math.max(1, radius * 0.5), this.ratio, 0.4),
      };
    }
    return this.dotsMade;
  }

  empty() {
    this.count = 0;
    this.at = -1;
    for (const sheet of [this.points, this.marks]) sheet.clear(this.ratio ?? 1);
  }

  // The sample under the pointer, the one that is kept, and the outline of a selection on its way.
  drawMarks({ hover, picked, theme }) {
    const context = this.marks.clear(this.ratio);
    if (!this.x) return;
    const radius = this.radius();
    if (picked !== null && picked < this.count) this.ring(context, picked, radius + 4, PICKED, 2.5, theme);
    if (hover !== null && hover < this.count) this.ring(context, hover, radius + 3, theme.ink, 2, theme);
    if (this.drag?.active) this.drawOutline(context, theme);
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

  drawOutline(context, theme) {
    const { path, tool } = this.drag;
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

  // ---- pointer

  where(event) {
    const box = this.node.getBoundingClientRect();
    return [event.clientX - box.left - this.node.clientLeft, event.clientY - box.top - this.node.clientTop];
  }

  // The point nearest to a place, or null where none is near. On a selection, context is not found.
  find(x, y, reach) {
    const mask = this.owner.mask();
    let best = reach * reach;
    let found = null;
    for (let i = 0; i < this.count; i += 1) {
      if (mask && !mask[i]) continue;
      const distance = (this.x[i] - x) ** 2 + (this.y[i] - y) ** 2;
      if (distance <= best) {
        best = distance;
        found = i;
      }
    }
    return found;
  }

  reach(event) {
    return NEAR[event.pointerType] ?? NEAR.mouse;
  }

  onDown(event) {
    if (event.button !== 0 || !this.count) return;
    const tool = event.altKey || event.shiftKey ? "lasso" : this.owner.tool();
    const touch = event.pointerType === "touch";
    this.drag = { id: event.pointerId, tool: tool ?? (touch ? null : "box"), active: false, path: [this.where(event)] };
    if (this.drag.tool) this.node.setPointerCapture(event.pointerId);
    if (!touch) event.preventDefault();
    this.node.focus({ preventScroll: true });
  }

  onMove(event) {
    const place = this.where(event);
    const { drag } = this;
    if (!drag) {
      if (event.pointerType !== "touch" && this.count) this.owner.hover(this.find(...place, this.reach(event)), event);
      return;
    }
    if (event.pointerId !== drag.id || !drag.tool) return;
    const [x, y] = drag.path[0];
    if (!drag.active && Math.hypot(place[0] - x, place[1] - y) < DRAG) return;
    drag.active = true;
    if (drag.tool === "box") drag.path[1] = place;
    else drag.path.push(place);
    this.owner.outline(event);
  }

  onUp(event) {
    const { drag } = this;
    if (event.pointerId !== drag?.id) return;
    this.drag = null;
    if (drag.active) return this.owner.select(this.within(drag), event);
    const found = this.find(...this.where(event), this.reach(event));
    this.at = found ?? -1;
    if (found === null) this.owner.clear(event);
    else this.owner.pick(found, event);
  }

  abandon() {
    if (!this.drag) return;
    this.drag = null;
    this.owner.outline(null);
  }

  within({ tool, path }) {
    const [[x0, y0]] = path;
    const [x1, y1] = path.at(-1);
    const box = (x, y) => (x - x0) * (x - x1) <= 0 && (y - y0) * (y - y1) <= 0;
    const holds = tool === "box" ? box : (x, y) => inside(path, x, y);
    const found = [];
    for (let i = 0; i < this.count; i += 1) if (holds(this.x[i], this.y[i])) found.push(i);
    return found;
  }

  // ---- keys

  onKey(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || !this.count) return;
    const steps = {
      ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, PageDown: 10, PageUp: -10,
      Home: -this.count, End: this.count,
    };
    if (event.key === "Escape") {
      this.abandon();
      this.at = -1;
      this.owner.clear(event);
    } else if ((event.key === "Enter" || event.key === " ") && this.at >= 0) {
      this.owner.pick(this.at, event);
    } else if (event.key in steps) {
      this.walk(steps[event.key], event);
    } else {
      return;
    }
    event.preventDefault();
  }

  walk(step, event) {
    const mask = this.owner.mask();
    const order = [];
    for (let i = 0; i < this.count; i += 1) if (!mask || mask[i]) order.push(i);
    if (!order.length) return;
    const from = order.indexOf(this.at < 0 ? (this.owner.picked() ?? -1) : this.at);
    const to = from < 0 ? (step < 0 && step > -this.count ? order.length - 1 : step === this.count ? order.length - 1 : 0) : from + step;
    this.at = order[Math.min(order.length - 1, Math.max(0, to))];
    this.owner.hover(this.at, event);
    this.live.textContent = `${this.owner.words(this.at)}; ${order.indexOf(this.at) + 1} of ${order.length}`;
  }
}
