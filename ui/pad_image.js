// The pad for images: drawn on by mouse, pen, finger or keyboard, in the image's own pixels.

import { button, make } from "./look.js";
import { Ink } from "./pad_ink.js";
import { choice, paintCells, row } from "./pad_parts.js";
import { cellColours } from "./player/colour.js";

const SIZES = { thin: 0.65, medium: 1, thick: 1.6 };
const STEPS = 10; // of the value, by key
const ARROWS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

export class ImagePad {
  // `changed` is called when there is something to tell the server, `say` with what a keyboard has done.
  constructor(header, changed, say) {
    const [rows, columns] = header.shape;
    Object.assign(this, { header, changed, say, rows, columns, tool: "draw", size: "medium" });
    this.ink = new Ink(rows, columns, header.low, header.high);
    this.value = header.high;
    this.cursor = [Math.floor(rows / 2), Math.floor(columns / 2)];
    this.stage = make("div", "cl-pad-stage");
    this.stage.tabIndex = 0;
    this.stage.setAttribute("role", "application");
    this.stage.setAttribute(
      "aria-label",
      `Drawing pad, ${rows} by ${columns} pixels. Arrow keys move, Space paints, plus and minus change the value, Z undoes.`,
    );
    this.stage.style.aspectRatio = `${columns} / ${rows}`;
    this.canvas = make("canvas", "cl-pad-pixels");
    this.mark = make("div", "cl-pad-cursor");
    Object.assign(this.mark.style, { width: `${100 / columns}%`, height: `${100 / rows}%` });
    this.stage.append(this.canvas, this.mark);
    this.node = make("div", "cl-pad-surface");
    this.node.append(this.stage, this.tools());
    this.listen();
    this.place();
  }

  get title() {
    return ["Draw here", `${this.rows}×${this.columns} pixels`];
  }

  tools() {
    const { header } = this;
    const tool = choice("Tool", [["draw", "Draw", "Draw with the value below"], ["erase", "Erase", "Back to the blank"]], "draw", (id) => {
      this.tool = id;
    });
    const size = choice("Brush", Object.keys(SIZES).map((id) => [id, id[0].toUpperCase() + id.slice(1), `A ${id} brush`]), "medium", (id) => {
      this.size = id;
    });
    this.slider = make("input");
    Object.assign(this.slider, { type: "range", min: header.low, max: header.high, step: (header.high - header.low) / 100, value: this.value });
    this.slider.addEventListener("input", () => this.setValue(Number(this.slider.value)));
    this.shown = make("output", "cl-pad-value");
    const value = make("label", "cl-pad-label", "Value");
    value.append(this.slider, this.shown);
    this.number = make("input", "cl-pad-number");
    Object.assign(this.number, { type: "number", min: 0, max: header.samples - 1, step: 1, value: header.sample });
    this.number.addEventListener("keydown", (event) => event.key === "Enter" && this.takeSample());
    const number = make("label", "cl-pad-label", `Sample, 0 to ${header.samples - 1}`);
    number.append(this.number);
    this.setValue(this.value);
    const node = make("div", "cl-pad-tools");
    node.append(
      row(tool.node, size.node),
      row(value, button("Undo", "Take the last stroke back", () => this.undo()), button("Clear", "A blank picture", () => this.clear())),
      row(number, button("Take sample", "Draw on this test sample", () => this.takeSample())),
    );
    return node;
  }

  setValue(value) {
    this.value = this.ink.within(value);
    this.slider.value = this.value;
    this.shown.textContent = this.value.toFixed(2);
  }

  takeSample() {
    const id = Math.round(Number(this.number.value));
    this.number.value = Math.min(this.header.samples - 1, Math.max(0, Number.isFinite(id) ? id : 0));
    this.wanted = Number(this.number.value);
    this.changed();
  }

  // ---- hands

  listen() {
    const { stage } = this;
    const here = (event) => {
      const box = this.canvas.getBoundingClientRect();
      return [((event.clientX - box.left) / box.width) * this.columns, ((event.clientY - box.top) / box.height) * this.rows];
    };
    stage.addEventListener("pointerdown", (event) => {
      if (event.button > 0 || this.pen !== undefined) return;
      this.pen = event.pointerId;
      stage.setPointerCapture(event.pointerId);
      stage.classList.add("cl-by-pointer");
      this.ink.begin();
      this.last = here(event);
      this.brush(this.last);
    });
    stage.addEventListener("pointermove", (event) => {
      if (event.pointerId !== this.pen) return;
      const passed = event.getCoalescedEvents?.() ?? [];
      for (const one of passed.length ? passed : [event]) this.brush(here(one));
    });
    for (const name of ["pointerup", "pointercancel"]) {
      stage.addEventListener(name, (event) => {
        if (event.pointerId === this.pen) this.pen = undefined;
      });
    }
    stage.addEventListener("keydown", (event) => this.key(event));
    stage.addEventListener("blur", () => stage.classList.remove("cl-by-pointer"));
  }

  brush(to) {
    const radius = SIZES[this.size] * 0.5 * (1 + 0.05 * Math.min(this.rows, this.columns));
    this.ink.stroke(this.last, to, radius, this.tool === "erase" ? this.ink.blank : this.value);
    this.last = to;
    this.touched();
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { key } = event;
    const step = (this.header.high - this.header.low) / STEPS;
    if (ARROWS[key]) {
      const limits = [this.rows, this.columns];
      this.cursor = this.cursor.map((at, i) => Math.min(limits[i] - 1, Math.max(0, at + ARROWS[key][i])));
      this.place();
    } else if (key === " " || key === "Enter") {
      this.ink.set(...this.cursor, this.tool === "erase" ? this.ink.blank : this.value);
      this.touched();
    } else if (key === "+" || key === "=") this.setValue(this.value + step);
    else if (key === "-") this.setValue(this.value - step);
    else if (key === "z" || key === "Z") this.undo();
    else return;
    event.preventDefault();
    this.stage.classList.remove("cl-by-pointer");
    const [r, c] = this.cursor;
    this.say(`Row ${r + 1}, column ${c + 1}: ${this.ink.at(r, c).toFixed(2)}. Brush value ${this.value.toFixed(2)}.`);
  }

  place() {
    const [r, c] = this.cursor;
    Object.assign(this.mark.style, { left: `${(100 * c) / this.columns}%`, top: `${(100 * r) / this.rows}%` });
  }

  undo() {
    if (this.ink.undo()) this.touched();
  }

  clear() {
    this.ink.clear();
    this.touched();
  }

  // ---- server

  adopt({ values, sample }) {
    this.ink.take(values);
    if (Number.isInteger(sample)) this.number.value = sample;
    this.paint();
  }

  compose() {
    const take = this.wanted;
    this.wanted = undefined;
    return take === undefined ? { values: Array.from(this.ink.values, (value) => Number(value.toFixed(5))) } : { take };
  }

  touched() {
    this.paint();
    this.changed();
  }

  restyle(theme) {
    const { low, high, signed } = this.header;
    this.colours = cellColours({ value_low: low, value_high: high, signed }, theme);
    this.paint();
  }

  show() {}

  paint() {
    if (!this.colours) return;
    const { low, high } = this.header;
    const cells = Uint8Array.from(this.ink.values, (value) => Math.round(((value - low) / (high - low)) * 255));
    paintCells(this.canvas, cells, 0, this.rows, this.columns, this.colours);
  }

  drop() {}
}
