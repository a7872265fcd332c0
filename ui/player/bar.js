// The bar of handles: play, lambda, time, what is typed, and the choices below them.

import { make } from "../look.js";
import { colourLimits, palette } from "./colour.js";
import { Choice, NumberField, Slider } from "./handles.js";
import { epochAt, isWhole, lambdaAt, lambdaText, niceNumber } from "./scales.js";

const SVG = "http://www.w3.org/2000/svg";
const SHAPES = { play: "M7 4.5v15l12-7.5z", pause: "M6.5 5h4v14h-4zM13.5 5h4v14h-4z" };

function icon() {
  const node = document.createElementNS(SVG, "svg");
  node.setAttribute("viewBox", "0 0 24 24");
  node.setAttribute("aria-hidden", "true");
  const shape = document.createElementNS(SVG, "path");
  node.append(shape);
  return { node, show: (name) => shape.setAttribute("d", SHAPES[name]) };
}

export class Bar {
  // owner: {move(axis, value, event), type(axis, value, event), settle(later), toggle(), choose(name, value, event)}
  constructor(owner) {
    this.owner = owner;
    this.node = make("section", "cl-pane cl-bar");
    this.node.setAttribute("aria-label", "Handles");
    this.handles = make("div", "cl-handles");
    this.options = make("div", "cl-options");
    this.progress = make("div", "cl-progress");
    this.filled = make("div", "cl-progress-filled");
    this.progress.append(this.filled);
    this.makeHandles();
    this.makeOptions();
    this.handles.append(this.progress);
    this.node.append(this.handles, this.options);
  }

  makeHandles() {
    const { owner } = this;
    const axis = (name) => ({
      move: (value, event) => owner.move(name, value, event),
      settle: (later) => owner.settle(later),
    });
    this.play = make("button", "cl-play");
    this.play.type = "button";
    this.icon = icon();
    this.play.append(this.icon.node);
    this.play.addEventListener("click", () => owner.toggle());
    this.lambda = new Slider({ label: "Lambda", className: "cl-lambda", owner: axis("u") });
    this.time = new Slider({ label: "Epoch", className: "cl-time", owner: axis("v") });
    this.lambdaField = new NumberField({
      label: "Lambda, typed", className: "cl-big", commit: (value, event) => owner.type("u", value, event),
    });
    this.epochField = new NumberField({
      label: "Epoch, typed", className: "cl-small", commit: (value, event) => owner.type("v", value, event),
    });
    this.lambdaField.follow(this.lambda);
    this.epochField.follow(this.time);
    this.share = make("span", "cl-per-input");
    const number = make("label", "cl-number-block");
    const name = make("span", "cl-number-name", "lambda");
    number.append(name, this.lambdaField.node, this.share);
    const epoch = make("label", "cl-epoch-block");
    epoch.append(make("span", "cl-number-name", "epoch"), this.epochField.node);
    this.handles.append(this.play, this.lambda.node, number, this.time.node, epoch);
  }

  makeOptions() {
    const choice = (name, caption, label, choices) =>
      new Choice({ label, caption, choices, choose: (value, event) => this.owner.choose(name, value, event) });
    this.choices = {
      axis: choice("axis", "Play over", "Play over", [["v", "time"], ["u", "lambda"]]),
      speed: choice("speed", "", "Speed", [["slow", "½×", "slow"], ["normal", "1×", "normal"], ["fast", "2×", "fast"]]),
      map: choice("map", "", "Map of the codes", [
        ["pca", "PCA", "True to scale: the two directions in which the codes spread most"],
        ["umap", "UMAP", "Neighbours kept together; blind to scale; last epoch only"],
      ]),
      colour: choice("colour", "Colour", "Colour by", [
        ["class", "class"], ["norm", "norm", "Norm of the encoder's Jacobian at the sample"],
        ["error", "error", "Reconstruction error of the sample"],
        ["movement", "moved", "Distance from the same sample's place at lambda 0"],
      ]),
      tool: choice("tool", "", "Select samples", [
        ["box", "box", "Drag a box in a map"], ["lasso", "lasso", "Draw around points in a map; or hold Alt or Shift"],
        ["none", "clear", "Give up the selection (Escape)", true],
      ]),
    };
    this.legend = make("div", "cl-legend");
    this.options.append(...Object.values(this.choices).map((each) => each.node), this.legend);
  }

  // ---- what it shows

  // Before a picture, or between one stop and itself, there is nothing to play.
  setReady(ready) {
    this.play.disabled = !ready;
  }

  configure(path) {
    const { base, lams } = path;
    const text = (lam) => lambdaText(lam, lams);
    this.lambda.configure({
      max: lams.length - 1, range: [lams[0], lams.at(-1)], ticks: lams.map((lam, at) => ({ at, text: text(lam) })),
    });
    const { epochs } = base;
    this.time.configure({
      max: epochs.length - 1, range: [epochs[0], epochs.at(-1)], ticks: epochs.map((epoch, at) => ({ at, text: String(epoch) })),
    });
    this.lambdaField.node.max = String(lams.at(-1));
    this.epochField.node.max = String(epochs.at(-1));
  }

  show({ path, u, v, ghost }) {
    const { lams, base } = path;
    const lam = lambdaAt(lams, u);
    const text = lambdaText(lam, lams);
    const name = (index) => lambdaText(lams[index], lams);
    const inner = isWhole(u) ? "" : `, between ${name(Math.floor(u))} and ${name(Math.floor(u) + 1)}`;
    this.lambda.show({ value: u, limit: lams.length - 1, ghost: ghost?.u, now: Number(text), text: `lambda ${text}${inner}` });
    const epoch = Math.round(epochAt(base.epochs, v));
    const step = Math.floor(v);
    const inside = isWhole(v) ? "" : `, between ${base.epochs[step]} and ${base.epochs[step + 1]}`;
    this.time.show({ value: v, limit: path.ready - 1, ghost: ghost?.v, now: epoch, text: `epoch ${epoch}${inside}` });
    this.lambdaField.show(text);
    this.epochField.show(String(epoch));
    this.say(this.share, `= ${niceNumber(lam / base.d)} per input`);
  }

  say(node, text) {
    if (node.textContent !== text) node.textContent = text;
  }

  showPlay({ running, axis, speed }) {
    this.icon.show(running ? "pause" : "play");
    this.play.setAttribute("aria-label", running ? "Pause" : `Play over ${axis === "v" ? "time" : "lambda"}`);
    this.choices.axis.show(axis);
    this.choices.speed.show(speed);
  }

  showChoices({ map, colour, tool, selected }) {
    this.choices.map.show(map);
    this.choices.colour.show(colour);
    this.choices.tool.show(tool);
    this.choices.tool.enable("none", selected);
  }

  showProgress(share) {
    this.progress.classList.toggle("cl-idle", share === null);
    this.filled.style.transform = `scaleX(${share ?? 0})`;
  }

  showLegend(path, colour, map, theme) {
    const limits = colourLimits(path, colour, map);
    const colours = palette(path, colour, theme);
    this.legend.replaceChildren();
    if (!limits) {
      const names = path.base.arrays.label ? path.base.class_names : [];
      if (!names.length) this.legend.append(make("span", "", "no classes"));
      names.forEach((name, i) => {
        const item = make("span", "cl-legend-item", name);
        item.style.setProperty("--cl-dot", colours[i]);
        this.legend.append(item);
      });
      return;
    }
    const strip = make("span", "cl-legend-strip");
    strip.style.background = `linear-gradient(to right, ${colours.slice(0, -1).filter((_, i) => i % 7 === 0).join(",")})`;
    const low = limits.low === 0 ? "0" : niceNumber(limits.low);
    this.legend.append(make("span", "", low), strip, make("span", "", `${niceNumber(limits.high)}${limits.log ? ", log" : ""}`));
  }

  drop() {
    this.lambda.drop();
    this.time.drop();
  }
}
