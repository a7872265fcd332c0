// What both models make of what is on the pad: reconstruction, norm, error, code and nearest training samples.

import { make } from "./look.js";
import { bytes, paintCells } from "./pad_parts.js";
import { cellColours } from "./player/colour.js";
import { niceNumber } from "./player/scales.js";

const MODELS = [["ae", "Plain"], ["cae", "Contractive"]];
const NEAREST = 5;

const number = (value) => niceNumber(value).replace("-", "−");

class Card {
  constructor([model, name]) {
    this.name = name;
    this.node = make("section", "cl-pad-card");
    this.node.dataset.model = model;
    this.title = make("h2", "cl-pad-title", name);
    this.title.dataset.model = model;
    this.about = make("span", "cl-pad-yardstick");
    const head = make("div", "cl-pad-head");
    head.append(this.title, this.about);
    this.picture = make("canvas", "cl-pad-pixels cl-pad-rebuilt");
    this.place = make("span", "cl-pad-place");
    const made = make("div", "cl-pad-made");
    made.append(make("span", "cl-pad-name", "Reconstruction"), this.picture, this.place);
    this.norm = this.figure("Norm ‖J‖");
    this.error = this.figure("Error");
    const numbers = make("div", "cl-pad-numbers");
    numbers.append(this.norm.node, this.error.node);
    const top = make("div", "cl-pad-top");
    top.append(made, numbers);
    this.code = make("canvas", "cl-pad-code");
    this.scale = make("span", "cl-pad-name");
    this.near = make("ol", "cl-pad-near");
    this.nearest = Array.from({ length: NEAREST }, () => {
      const one = { node: make("li"), picture: make("canvas", "cl-pad-pixels"), label: make("span", "cl-pad-label-text"), far: make("span", "cl-pad-far") };
      one.node.append(one.picture, one.label, one.far);
      return one;
    });
    this.near.append(...this.nearest.map((one) => one.node));
    this.node.append(head, top, this.scale, this.code, make("span", "cl-pad-name", "Nearest training samples, by distance of codes"), this.near);
  }

  figure(name) {
    const node = make("div", "cl-pad-figure");
    const value = make("span", "cl-pad-big", "–");
    const usual = make("span", "cl-pad-usual");
    node.append(make("span", "cl-pad-name", name), value, usual);
    return { node, value, usual };
  }

  show(header, result, m, colours) {
    this.about.textContent = header.names[m];
    this.norm.value.textContent = number(result.norm[m]);
    this.error.value.textContent = number(result.error[m]);
    this.norm.usual.textContent = `test median ${number(header.usual.norm[m])}`;
    this.error.usual.textContent = `test median ${number(header.usual.error[m])}`;
    this.showCode(result, m, colours.code);
    const image = header.kind === "image";
    this.node.classList.toggle("cl-pad-points", !image);
    if (image) this.showPictures(header, result, m, colours.image);
    else this.place.textContent = this.at(result.points[m]);
    this.nearest.forEach(({ node, label, far }, i) => {
      const one = result.near[m][i];
      node.hidden = !one;
      if (!one) return;
      const name = header.class_names[one.label] ?? "";
      label.textContent = [name, image ? "" : this.at(one.at)].filter(Boolean).join(" · ");
      label.title = `${name ? `${name}, ` : ""}training sample ${one.id}`;
      far.textContent = number(one.distance);
    });
  }

  at(place) {
    return `(${place.map(number).join(", ")})`;
  }

  showCode(result, m, colours) {
    const cells = bytes(result.codes[m]);
    const rows = Math.max(1, Math.round(Math.sqrt(cells.length / 16)));
    const columns = Math.ceil(cells.length / rows);
    paintCells(this.code, cells, 0, rows, columns, colours);
    this.scale.textContent = `Code: ${cells.length} units, ${number(result.code_low)} to ${number(result.code_high)}`;
  }

  showPictures({ shape: [rows, columns] }, result, m, colours) {
    paintCells(this.picture, bytes(result.rebuilt[m]), 0, rows, columns, colours);
    const all = bytes(result.pictures[m]);
    this.nearest.forEach(({ picture }, i) => {
      if (result.near[m][i]) paintCells(picture, all, i * rows * columns, rows, columns, colours);
    });
  }

  words(header, result, m) {
    const near = result.near[m].map(({ label }) => header.class_names[label]).filter(Boolean);
    const alike = near.length > 1 && new Set(near).size === 1;
    const classes = near.length ? `, nearest ${alike ? `all ${near[0]}` : near.join(", ")}` : "";
    return `${this.name}: norm ${number(result.norm[m])}, error ${number(result.error[m])}${classes}.`;
  }
}

export class Results {
  constructor() {
    this.cards = MODELS.map((model) => new Card(model));
    this.nodes = this.cards.map((card) => card.node);
  }

  show(header, theme) {
    const { result } = header;
    if (!result || !theme) return;
    const colours = {
      image: header.kind === "image" && cellColours({ value_low: header.low, value_high: header.high, signed: header.signed }, theme),
      code: cellColours({ value_low: result.code_low, value_high: result.code_high, signed: result.code_low < 0 }, theme),
    };
    this.cards.forEach((card, m) => card.show(header, result, m, colours));
  }

  words(header) {
    return this.cards.map((card, m) => card.words(header, header.result, m)).join(" ");
  }
}
