// The pad for points of the plane: points of up to five classes are placed on it, and a probe goes through both models.

import { button, make } from "./look.js";
import { choice, row } from "./pad_parts.js";
import { Points } from "./pad_points.js";
import { AE, CAE, CLASS_COLOURS, PICKED } from "./player/colour.js";
import { linear, ticks, tickText } from "./player/scales.js";

const CLASSES = 5;
const TOOLS = [
  ["point", "Point", "Each click places a point"],
  ["spray", "Spray", "Each click places eight points about it"],
  ["move", "Move", "Drag a point"],
  ["remove", "Remove", "Click a point away"],
  ["probe", "Probe", "Any place under both models; a click keeps it"],
];
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const FINGER = 18; // pixels within which a point is meant
const KEYS = 40; // steps of the cursor across the plane

export class PlanePad {
  constructor(header, changed, say) {
    const { low, high, most } = header;
    Object.assign(this, { header, changed, say, tool: "point", label: 0, context: true });
    this.points = new Points(low, high, most);
    this.probe = this.kept = null;
    this.cursor = [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2];
    this.stage = make("div", "cl-pad-stage cl-pad-plane");
    this.stage.tabIndex = 0;
    this.stage.setAttribute("role", "application");
    this.stage.setAttribute(
      "aria-label",
      "Plane of points. Arrow keys move the cursor, Space does what the chosen tool does, 1 to 5 choose the class, Z undoes.",
    );
    this.canvas = make("canvas", "cl-pad-sheet");
    this.stage.append(this.canvas);
    this.node = make("div", "cl-pad-surface");
    this.node.append(this.stage, this.tools());
    this.listen();
    this.observer = new ResizeObserver(() => this.paint());
    this.observer.observe(this.stage);
  }

  get title() {
    return ["Place points", this.count];
  }

  get count() {
    const { length } = this.points.all;
    return `${length} ${length === 1 ? "point" : "points"}`;
  }

  tools() {
    this.toolRow = choice("Tool", TOOLS, this.tool, (id) => this.setTool(id));
    const classes = Array.from({ length: CLASSES }, (_, i) => [i, String(i + 1), `Class ${i + 1}`]);
    this.classRow = choice("Class", classes, 0, (id) => this.setClass(id));
    this.classRow.node.classList.add("cl-pad-classes");
    this.classRow.buttons.forEach((one, i) => {
      one.style.setProperty("--cl-dot", CLASS_COLOURS[i]);
      one.setAttribute("aria-label", `Class ${i + 1}`);
    });
    const name = make("span", "cl-pad-label", "Class");
    const node = make("div", "cl-pad-tools");
    this.train = button("Train on these points", "Both models anew, on the points placed here", () => {
      this.training = true;
      this.changed();
    });
    this.train.classList.add("cl-pad-main");
    node.append(
      row(this.toolRow.node),
      row(name, this.classRow.node, button("Undo", "Take the last step back", () => this.undo()),
        button("Clear", "Remove all points", () => this.edit(() => this.points.replace([])))),
      row(
        button("Start from this dataset's points", "Its test samples, to be changed", () => this.fromDataset()),
        button("Blank plane", "No points, and nothing behind them", () => this.blank()),
      ),
      row(this.train),
    );
    return node;
  }

  setTool(id) {
    this.tool = id;
    this.held = undefined;
    this.toolRow.show(id);
    this.paint();
  }

  setClass(id) {
    this.label = id;
    this.classRow.show(id);
    if (!["point", "spray"].includes(this.tool)) this.setTool("point");
  }

  fromDataset() {
    this.context = true;
    const { context, labels, most } = this.header;
    this.edit(() => this.points.replace(context.slice(0, most).map(([x, y], i) => [x, y, Math.max(0, labels[i]) % CLASSES])));
  }

  blank() {
    this.context = false;
    this.edit(() => this.points.replace([]));
  }

  // ---- hands

  listen() {
    const { stage } = this;
    const here = (event) => {
      const box = this.canvas.getBoundingClientRect();
      return this.points.within([this.scales.x.invert(event.clientX - box.left), this.scales.y.invert(event.clientY - box.top)]);
    };
    stage.addEventListener("pointerdown", (event) => {
      if (event.button > 0) return;
      stage.setPointerCapture(event.pointerId);
      stage.classList.add("cl-by-pointer");
      this.cursor = here(event);
      this.act(this.cursor);
    });
    stage.addEventListener("pointermove", (event) => {
      const place = here(event);
      if (this.held !== undefined) {
        this.points.move(this.held, place);
        this.touched();
      } else if (this.tool === "probe") this.look(place, event.buttons > 0);
    });
    for (const name of ["pointerup", "pointercancel"]) stage.addEventListener(name, () => (this.held = undefined));
    stage.addEventListener("pointerleave", () => this.tool === "probe" && this.kept && this.look(this.kept, true));
    stage.addEventListener("keydown", (event) => this.key(event));
    stage.addEventListener("blur", () => stage.classList.remove("cl-by-pointer"));
  }

  get reach() {
    return Math.abs(this.scales.x.invert(FINGER) - this.scales.x.invert(0));
  }

  // What the tool does at a place.
  act(place) {
    const { points, tool, label } = this;
    const { low, high } = this.header;
    if (tool === "point") this.edit(() => points.add(place, label));
    else if (tool === "spray") this.edit(() => points.spray(place, label, 0.025 * (high[0] - low[0])));
    else if (tool === "remove") this.edit(() => points.remove(points.near(place, this.reach)));
    else if (tool === "probe") this.look(place, true);
    else this.grab(points.near(place, this.reach));
  }

  grab(index) {
    this.held = index < 0 ? undefined : index;
    if (index >= 0) this.points.keep();
  }

  look(place, keep) {
    this.probe = place;
    if (keep) this.kept = place;
    this.touched();
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { key } = event;
    const { low, high } = this.header;
    if (ARROWS[key]) {
      this.cursor = this.points.within(this.cursor.map((at, i) => at + (ARROWS[key][i] * (high[i] - low[i])) / KEYS));
      if (this.held !== undefined) this.edit(() => this.points.move(this.held, this.cursor));
      else if (this.tool === "probe") this.look(this.cursor, true);
    } else if (key === " " || key === "Enter") {
      if (this.held !== undefined) this.held = undefined;
      else this.act(this.cursor);
    } else if (key >= "1" && key <= String(CLASSES)) this.setClass(Number(key) - 1);
    else if (key === "z" || key === "Z") this.undo();
    else return;
    event.preventDefault();
    this.stage.classList.remove("cl-by-pointer");
    this.paint();
    const [x, y] = this.cursor.map((value) => value.toFixed(2));
    this.say(`Cursor at ${x}, ${y}. Tool ${this.tool}, class ${this.label + 1}. ${this.count}.`);
  }

  undo() {
    this.held = undefined;
    this.edit(() => this.points.undo());
  }

  edit(change) {
    change();
    this.touched();
  }

  touched() {
    this.paint();
    this.changed();
  }

  // ---- server

  adopt({ points, probe }) {
    this.points.take(points);
    this.probe = this.kept = probe;
    this.cursor = probe ?? this.cursor;
    this.paint();
  }

  compose() {
    const short = (values) => values.map((value) => Number(value.toFixed(5)));
    const message = { points: this.points.all.map(short), probe: short(this.probe) };
    if (this.training) message.train = true;
    this.training = false;
    return message;
  }

  restyle(theme) {
    this.theme = theme;
    this.paint();
  }

  show(result) {
    this.result = result;
    this.paint();
  }

  drop() {
    this.observer.disconnect();
  }

  // ---- the picture

  paint() {
    const { theme, stage, canvas, header } = this;
    const [width, height] = [stage.clientWidth, stage.clientHeight];
    if (!theme || !width) return;
    const ratio = globalThis.devicePixelRatio || 1;
    if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
    if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
    const x = linear([header.low[0], header.high[0]], [0, width]);
    const y = linear([header.low[1], header.high[1]], [height, 0]);
    this.scales = { x, y };
    const context = canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    this.grid(context, width, height);
    const dot = ([px, py], radius, colour) => {
      context.beginPath();
      context.arc(x(px), y(py), radius, 0, 2 * Math.PI);
      context.fillStyle = colour;
      context.fill();
    };
    context.globalAlpha = 0.3;
    if (this.context) for (const place of header.context) dot(place, 1.7, theme.muted);
    context.globalAlpha = 1;
    for (const [px, py, label] of this.points.all) dot([px, py], 3.6, CLASS_COLOURS[label]);
    this.arrows(context);
    this.cross(context, this.cursor, theme.muted);
    this.mounted?.(this.count);
  }

  grid(context, width, height) {
    const { theme, header, scales } = this;
    context.strokeStyle = theme.grid;
    context.fillStyle = theme.muted;
    context.lineWidth = 1;
    context.font = `11px ${theme.font}`;
    for (const value of ticks(header.low[0], header.high[0], 5)) {
      context.beginPath();
      context.moveTo(scales.x(value), 0);
      context.lineTo(scales.x(value), height);
      context.stroke();
      context.fillText(tickText(value).replace("-", "−"), scales.x(value) + 3, height - 5);
    }
    for (const value of ticks(header.low[1], header.high[1], 5)) {
      context.beginPath();
      context.moveTo(0, scales.y(value));
      context.lineTo(width, scales.y(value));
      context.stroke();
      if (scales.y(value) < height - 24) context.fillText(tickText(value).replace("-", "−"), 4, scales.y(value) - 4);
    }
  }

  // From the probe to where each model puts it; both are those of the last answer, so that they belong together.
  arrows(context) {
    const { result, scales, probe } = this;
    if (!probe) return;
    const from = result?.at ?? probe;
    const start = [scales.x(from[0]), scales.y(from[1])];
    [[AE, "arc"], [CAE, "rect"]].forEach(([colour], m) => {
      const to = result?.points?.[m];
      if (!to) return;
      const end = [scales.x(to[0]), scales.y(to[1])];
      context.strokeStyle = context.fillStyle = colour;
      context.lineWidth = 2.5;
      context.beginPath();
      context.moveTo(...start);
      context.lineTo(...end);
      context.stroke();
      context.beginPath();
      if (m === 0) context.arc(...end, 5, 0, 2 * Math.PI);
      else context.rect(end[0] - 4.5, end[1] - 4.5, 9, 9);
      context.fill();
    });
    context.strokeStyle = PICKED;
    context.lineWidth = 2;
    context.beginPath();
    context.arc(...start, 6, 0, 2 * Math.PI);
    context.stroke();
  }

  cross(context, place, colour) {
    const [x, y] = [this.scales.x(place[0]), this.scales.y(place[1])];
    context.strokeStyle = colour;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(x - 8, y);
    context.lineTo(x + 8, y);
    context.moveTo(x, y - 8);
    context.lineTo(x, y + 8);
    context.stroke();
  }
}
