// The plane under three models side by side: norm as heat, the field r(x) - x, its grid, ellipses of J. Everything is in one
// message; the handle of lambda switches between computed models here, and the server hears of nothing. It hears of points
// that were dragged or added, trains on them, and sends a new message; the old picture stays until then.

import { button, make, readTheme } from "./look.js";
import { Points } from "./pad_points.js";
import { ellipse, arrayOf, gridLines, streamlines } from "./plane_parts.js";
import { AE, CAE, CLASS_COLOURS, scaleColour, channels, withAlpha } from "./player/colour.js";
import { linear, ticks, tickText } from "./player/scales.js";

const DENOISING = "#8a5cf0";
const LAYERS = [
  ["heat", "Norm", "How far the code moves, as heat"],
  ["field", "Field", "Where reconstruction moves a point: r(x) − x, as streamlines"],
  ["grid", "Grid", "A straight grid as reconstruction bends it"],
  ["ellipses", "Ellipses", "The directions that the code notices most and least, by how far it moves along each"],
  ["points", "Points", "Test samples"],
];
const OPEN = { heat: true, field: true, grid: false, ellipses: false, points: true };
const FINGER = 14; // pixels within which a point is meant
const planes = new Map();

// Two digits after the point, or a dash where a model diverged.
const short = (value, digits = 2) => (value === null ? "–" : value.toFixed(digits));

export function draw(component) {
  const parent = component.parentElement;
  if (!planes.has(parent)) planes.set(parent, new Plane(parent));
  planes.get(parent).update(component);
}

export function drop(parent) {
  planes.get(parent)?.drop();
  planes.delete(parent);
}

class Plane {
  constructor(parent) {
    this.parent = parent;
    this.root = make("div", "cl-plane");
    this.on = { ...OPEN };
    this.at = 0;
    this.slider = make("input", "cl-plane-slider");
    Object.assign(this.slider, { type: "range", min: 0, step: 1 });
    this.slider.addEventListener("input", () => this.move(Number(this.slider.value)));
    this.told = make("output", "cl-plane-lambda");
    const label = make("label", "cl-plane-label", "Lambda");
    label.append(this.slider, this.told);
    const tools = make("div", "cl-plane-tools");
    this.toggles = LAYERS.map(([id, text, title]) => {
      const one = button(text, title, () => this.toggle(id));
      one.dataset.layer = id;
      return one;
    });
    const group = make("div", "cl-plane-toggles");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", "What is drawn");
    group.append(...this.toggles);
    this.edit = button("Move or add points", "Drag a point, or click where one shall be; the models are then trained on them", () => {
      this.editing = !this.editing;
      if (this.editing) this.on.points = true;
      this.show();
    });
    this.edit.classList.add("cl-plane-edit");
    this.scale = make("div", "cl-plane-scale");
    this.ramp = make("canvas");
    this.ramp.width = 256;
    this.ramp.height = 1;
    this.topmost = make("span");
    this.scale.append(make("span", "", "‖J‖ 0"), this.ramp, this.topmost);
    tools.append(label, group, this.edit, this.scale);
    this.cards = ["plain", "contractive", "denoising"].map((key) => this.card(key));
    const layout = make("div", "cl-plane-layout");
    layout.append(...this.cards.map(({ node }) => node));
    this.words = make("p", "cl-plane-words");
    this.words.setAttribute("role", "status");
    this.root.append(tools, layout, this.words);
    parent.append(this.root);
    this.observer = new ResizeObserver(() => this.paint());
    this.observer.observe(layout);
  }

  card(key) {
    const node = make("section", "cl-plane-card");
    node.dataset.model = key;
    const title = make("h2", "cl-plane-title");
    const yardstick = make("span", "cl-plane-yardstick");
    const head = make("div", "cl-plane-head");
    head.append(title, yardstick);
    const canvas = make("canvas", "cl-plane-sheet");
    canvas.setAttribute("role", "img");
    this.listen(canvas);
    node.append(head, canvas);
    return { key, node, title, yardstick, canvas };
  }

  update(component) {
    this.component = component;
    this.theme = readTheme(this.parent);
    for (const name of ["ink", "muted", "line", "card"]) this.root.style.setProperty(`--cl-${name}`, this.theme[name]);
    if (component.data?.length) {
      const text = new TextDecoder().decode(component.data);
      if (text !== this.text) this.take(JSON.parse(text));
      this.text = text;
    }
    this.show();
  }

  take(message) {
    const arrays = Object.fromEntries(Object.entries(message.arrays).map(([name, one]) => [name, arrayOf(one)]));
    const lams = this.plane?.lams;
    this.plane = { ...message, ...arrays };
    this.slider.max = message.lams.length - 1;
    const same = lams?.length === message.lams.length && lams.every((lam, i) => lam === message.lams[i]);
    this.move(same ? this.at : message.start, false);
    // What was sent and is not answered yet, or is still in a hand, is newer than the message.
    if (this.id === message.id && (this.held !== undefined || message.seen < this.sent)) return;
    this.id = message.id;
    this.sent = message.seen;
    this.points = new Points(message.low, message.high, message.most);
    const { x, y } = this.plane;
    this.points.take(Array.from(y, (label, i) => [x[2 * i], x[2 * i + 1], label]));
  }

  // ---- points that are dragged and added

  listen(canvas) {
    const here = (event) => {
      const box = canvas.getBoundingClientRect();
      const share = [(event.clientX - box.left) / box.width, 1 - (event.clientY - box.top) / box.height];
      const { low, high } = this.plane;
      return this.points.within(share.map((at, c) => low[c] + at * (high[c] - low[c])));
    };
    canvas.addEventListener("pointerdown", (event) => {
      if (!this.editing || event.button > 0 || !this.points) return;
      canvas.setPointerCapture(event.pointerId);
      const [low, high] = [this.plane.low[0], this.plane.high[0]];
      const place = here(event);
      this.held = this.points.near(place, (FINGER / canvas.clientWidth) * (high - low));
      this.touched = this.held < 0;
      if (this.held < 0) {
        const next = this.points.near(place, Infinity);
        this.points.add(place, next < 0 ? 0 : this.points.all[next][2]);
        this.held = this.points.all.length - 1;
      }
      this.paint();
    });
    canvas.addEventListener("pointermove", (event) => {
      if (this.held === undefined) return;
      this.points.move(this.held, here(event));
      this.touched = true;
      this.paint();
    });
    for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => this.letGo());
  }

  letGo() {
    if (this.held === undefined) return;
    this.held = undefined;
    if (!this.touched) return;
    this.sent += 1;
    const short = ([x, y, label]) => [Number(x.toFixed(5)), Number(y.toFixed(5)), Math.max(0, label) % this.plane.classes];
    this.component.setTriggerValue("points", { id: this.id, n: this.sent, points: this.points.all.map(short) });
  }

  toggle(id) {
    this.on[id] = !this.on[id];
    this.show();
  }

  move(at, drawn = true) {
    this.at = Math.min(Math.max(0, at), this.plane.lams.length - 1);
    this.slider.value = this.at;
    if (drawn) this.show();
  }

  // Members of the three cards: the plain one, the one at lambda, the denoising one.
  get members() {
    return [0, this.at, this.plane.lams.length];
  }

  show() {
    if (!this.plane) return;
    const { lams, on_data: data, over_plane: plane, lost, noise } = this.plane;
    const lam = tickText(lams[this.at]);
    this.told.textContent = lam;
    this.slider.setAttribute("aria-valuetext", `lambda ${lam}`);
    for (const one of this.toggles) one.setAttribute("aria-pressed", String(this.on[one.dataset.layer]));
    this.edit.setAttribute("aria-pressed", String(Boolean(this.editing)));
    this.root.classList.toggle("cl-plane-editing", Boolean(this.editing));
    this.scale.style.visibility = this.on.heat ? "visible" : "hidden";
    this.topmost.textContent = short(this.plane.top);
    const titles = ["Plain", `Contractive, λ ${lam}`, `Denoising, noise ${tickText(noise)}`];
    this.cards.forEach((card, i) => {
      const k = this.members[i];
      card.title.textContent = titles[i];
      card.yardstick.textContent = `norm ${short(data[k])} on the data, ${short(plane[k])} over the plane`;
      const share = lost[k] === null ? "–" : `${short(100 * lost[k], 1)} %`;
      card.canvas.setAttribute("aria-label", `${titles[i]}: mean ${card.yardstick.textContent}; ${share} of the variance lost.`);
    });
    this.words.textContent = this.sentence(lam);
    this.paint();
  }

  sentence(lam) {
    const { on_data: data, over_plane: plane, lost } = this.plane;
    const k = this.at;
    if (data[k] === null || data[0] === null) return `Lambda ${lam}: a model has diverged and has no numbers.`;
    const ratio = (m) => short(plane[m] > 0 ? data[m] / plane[m] : null);
    const change = data[0] > 0 ? Math.round(100 * (1 - data[k] / data[0])) : 0;
    const beside = k === 0 ? "" : `, ${Math.abs(change)} % ${change >= 0 ? "below" : "above"} the plain autoencoder's`;
    return (
      `Lambda ${lam}: the mean norm on the data is ${short(data[k])}${beside}, and ${ratio(k)} times that over the whole plane ` +
      `(plain ${ratio(0)}); ${short(100 * lost[k], 1)} % of the variance is lost.`
    );
  }

  // ---- the pictures

  paint() {
    if (!this.plane || !this.theme) return;
    this.shade(this.theme.dark);
    this.cards.forEach((card, i) => this.picture(card, this.members[i], [AE, CAE, DENOISING][i]));
    this.root.dataset.drawn = Number(this.root.dataset.drawn ?? 0) + 1;
  }

  picture({ canvas }, k, colour) {
    const { plane, theme, on } = this;
    const size = canvas.clientWidth;
    if (!size) return;
    const ratio = globalThis.devicePixelRatio || 1;
    if (canvas.width !== Math.round(size * ratio)) canvas.width = canvas.height = Math.round(size * ratio);
    const context = canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = theme.card;
    context.fillRect(0, 0, size, size);
    const x = linear([plane.low[0], plane.high[0]], [0, size]);
    const y = linear([plane.low[1], plane.high[1]], [size, 0]);
    if (on.heat) this.heat(context, k, size);
    this.axes(context, x, y, size);
    const trace = (points) => {
      context.beginPath();
      points.forEach(([px, py], i) => (i ? context.lineTo(x(px), y(py)) : context.moveTo(x(px), y(py))));
      context.stroke();
    };
    if (on.points) this.dots(context, x, y);
    if (on.grid) {
      context.strokeStyle = colour;
      context.lineWidth = 1;
      gridLines(plane, k).forEach(trace);
    }
    if (on.field) {
      context.strokeStyle = context.fillStyle = theme.ink;
      context.lineWidth = 1.1;
      for (const line of streamlines(plane, k)) {
        trace(line);
        tip(context, line.slice(-2).map(([px, py]) => [x(px), y(py)]));
      }
    }
    if (on.ellipses) {
      context.strokeStyle = colour;
      context.fillStyle = withAlpha(colour, 0.25);
      context.lineWidth = 1.8;
      const scale = (0.06 * (plane.high[0] - plane.low[0])) / (plane.longest || 1);
      for (let m = 0; m < plane.ellipses; m += 1) {
        trace(ellipse(plane, k, m, scale));
        context.fill();
      }
    }
  }

  // The colours of the heat, from the theme, and the scale that shows them.
  shade(dark) {
    if (this.shades === dark) return;
    this.shades = dark;
    this.colours = Uint32Array.from({ length: 256 }, (_, q) => {
      const [red, green, blue] = channels(scaleColour(q / 255, dark));
      return (255 << 24) | (blue << 16) | (green << 8) | red;
    });
    const image = this.ramp.getContext("2d").createImageData(256, 1);
    new Uint32Array(image.data.buffer).set(this.colours);
    this.ramp.getContext("2d").putImageData(image, 0, 0);
  }

  heat(context, k, size) {
    const { plane } = this;
    const { side, norm } = plane;
    this.cells ??= make("canvas");
    this.cells.width = this.cells.height = side;
    const image = this.cells.getContext("2d").createImageData(side, side);
    const pixels = new Uint32Array(image.data.buffer);
    for (let j = 0; j < side; j += 1) {
      for (let i = 0; i < side; i += 1) pixels[(side - 1 - j) * side + i] = this.colours[norm[(k * side + j) * side + i]];
    }
    this.cells.getContext("2d").putImageData(image, 0, 0);
    context.globalAlpha = 0.75;
    context.drawImage(this.cells, 0, 0, size, size);
    context.globalAlpha = 1;
  }

  axes(context, x, y, size) {
    const { plane, theme } = this;
    context.fillStyle = theme.ink;
    context.font = `11px ${theme.font}`;
    for (const value of ticks(plane.low[0], plane.high[0], 4)) context.fillText(tickText(value).replace("-", "−"), x(value) - 4, size - 5);
    for (const value of ticks(plane.low[1], plane.high[1], 4)) {
      if (y(value) < size - 24 && y(value) > 12) context.fillText(tickText(value).replace("-", "−"), 4, y(value) + 4);
    }
  }

  dots(context, x, y) {
    context.lineWidth = 0.8;
    context.strokeStyle = this.theme.card;
    this.points.all.forEach(([px, py, label], i) => {
      context.fillStyle = label < 0 ? this.theme.muted : CLASS_COLOURS[label % CLASS_COLOURS.length];
      context.beginPath();
      context.arc(x(px), y(py), i === this.held ? 5 : 2.6, 0, 2 * Math.PI);
      context.fill();
      context.stroke();
    });
  }

  drop() {
    this.observer.disconnect();
  }
}

// The head of an arrow at the end of a segment.
function tip(context, [[ax, ay], [bx, by]]) {
  const angle = Math.atan2(by - ay, bx - ax);
  context.beginPath();
  context.moveTo(bx, by);
  for (const turn of [2.6, -2.6]) context.lineTo(bx + 4.5 * Math.cos(angle + turn), by + 4.5 * Math.sin(angle + turn));
  context.fill();
}
