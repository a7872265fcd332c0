// What contraction costs: the error of every member against its norm, with "you are here".

import { button, make } from "../look.js";
import { Chart, diamond, dot, ghostOf, mark, square, trace } from "./chart.js";
import { hasLost, isCollapsed, isFailed } from "./numbers.js";
import { linear, log, logTicks, niceNumber, ticks, tickText } from "./scales.js";
import { inWords } from "./words.js";

const APART = 20; // pixels from "you are here" within which what collapsed is not named: it would seem to be meant

const SHARE = { norm: ["mean norm", "meanNorm", "mean_norm"], relative: ["relative contraction", "relative", "relative_contraction"] };

// Reconstruction error against mean norm, or against relative contraction: every member of the frame, joined in the order
// of lambda. What has lost 80 % of the variance is hollow.
export class TradeOff extends Chart {
  // options.against: "norm" or "relative"; options.onChange(against).
  constructor(host, { against = "norm", onChange = () => {} } = {}) {
    super(host, { title: "Trade-off", yardstick: "error against" });
    this.places = new Float64Array(0);
    this.against = against;
    this.switch = make("div", "cl-switch");
    this.switch.setAttribute("role", "group");
    this.switch.setAttribute("aria-label", "Error against");
    this.buttons = Object.entries(SHARE).map(([key, [name]]) => {
      const node = button(key, `Show the ${name}`, () => {
        this.setAgainst(key);
        onChange(key);
      });
      node.dataset.against = key;
      return node;
    });
    this.switch.append(...this.buttons);
    this.head.append(this.switch);
    this.setAgainst(against);
  }

  setAgainst(key) {
    this.against = SHARE[key] ? key : "norm";
    for (const node of this.buttons) node.setAttribute("aria-pressed", String(node.dataset.against === this.against));
    this.stamp += 1;
  }

  paint(context, state) {
    const { path, member, frame, theme } = state;
    const { labels } = this;
    const at = path.frames[frame];
    const [name, limit, list] = SHARE[this.against];
    const values = at[list];
    const errors = at.reconstruction_error;
    const { low, high } = path.limits.meanError;
    const top = path.limits[limit].high;
    const yTicks = ticks(0, top, Math.max(2, (this.height - 60) / 36));
    const box = { left: 12 + this.widest(yTicks, tickText), right: this.width - 10, top: 22, bottom: this.height - 34 };
    const wide = high / low > 5;
    const x = wide ? log([low, high], [box.left + 8, box.right - 8]) : linear([low, high], [box.left + 8, box.right - 8]);
    const y = linear([0, top], [box.bottom - 2, box.top + 6]);
    const count = Math.max(2, (box.right - box.left) / 45);
    this.yAxis(y, yTicks, tickText, box, theme);
    this.xAxis(x, wide ? logTicks(low, high, count) : ticks(low, high, count), tickText, box, theme, "reconstruction error →");
    labels.write(`↑ ${name}`, 0, 7, theme.muted);

    const K = path.lams.length;
    const M = values.length;
    if (this.places.length !== 2 * M) this.places = new Float64Array(2 * M);
    const { places } = this;
    for (let m = 0; m < M; m += 1) {
      const sound = !isFailed(at, m) && Number.isFinite(values[m]) && Number.isFinite(errors[m]);
      places[2 * m] = sound ? x(errors[m]) : NaN;
      places[2 * m + 1] = sound ? y(values[m]) : NaN;
    }
    this.path(context, path, at, theme);
    for (let m = K; m < M; m += 1) this.mark(context, m, theme);

    const ghost = ghostOf(state);
    if (ghost) {
      const past = path.frames[ghost.frame];
      const [px, py] = [x(past.reconstruction_error[ghost.member]), y(past[list][ghost.member])];
      context.beginPath();
      if (Number.isFinite(px + py)) square(context, px, py, 5);
      context.strokeStyle = theme.muted;
      context.lineWidth = 1;
      context.stroke();
    }
    this.models(context, member, theme);
    this.names(state, at, K, M);
    if (isFailed(at, member)) this.note("training stopped being finite", box, theme);
    else if (!Number.isFinite(places[2 * member])) this.note("collapsed: no relative contraction", box, theme);
  }

  // The line through all lambdas and a dot for each, hollow where the variance is lost.
  path(context, path, at, theme) {
    const { places } = this;
    const K = path.lams.length;
    context.beginPath();
    trace(context, places, K);
    context.strokeStyle = theme.muted;
    context.lineWidth = 1;
    context.stroke();
    for (const hollow of [false, true]) {
      context.beginPath();
      for (let m = 1; m < K; m += 1) {
        if (hasLost(at, m) === hollow && Number.isFinite(places[2 * m])) dot(context, places[2 * m], places[2 * m + 1], hollow ? 3.2 : 2.6);
      }
      context.fillStyle = hollow ? theme.card : theme.muted;
      context.fill();
      if (hollow) context.stroke();
    }
  }

  mark(context, m, theme) {
    const { places } = this;
    if (!Number.isFinite(places[2 * m])) return;
    context.beginPath();
    diamond(context, places[2 * m], places[2 * m + 1], 5);
    context.fillStyle = theme.card;
    context.fill();
    context.strokeStyle = theme.ink;
    context.lineWidth = 1.5;
    context.stroke();
  }

  models(context, member, theme) {
    const { places } = this;
    context.lineWidth = 4;
    context.strokeStyle = theme.card;
    const order = [["cae", member, 6.5], ["ae", 0, member === 0 ? 4 : 5]];
    for (const [model, m, radius] of order) {
      if (!Number.isFinite(places[2 * m])) continue;
      context.beginPath();
      if (model === "ae") dot(context, places[2 * m], places[2 * m + 1], radius);
      else square(context, places[2 * m], places[2 * m + 1], radius * 0.9);
      if (model === "cae" || member > 0) context.stroke();
      mark(context, model, places[2 * m], places[2 * m + 1], radius);
    }
  }

  // Names of the marks on the picture, the most wanted first; they keep off the models' marks, and off the dots and the line
  // where they can.
  names({ path, member, theme }, at, K, M) {
    const { labels, places } = this;
    for (let m = 0; m < M; m += 1) {
      const half = m === member ? 7 : m === 0 || m >= K ? 6 : 3;
      const [x, y] = [places[2 * m], places[2 * m + 1]];
      if (!Number.isFinite(x)) continue;
      labels.block(x - half, y - half, x + half, y + half, half === 3);
      if (m > 0 && m < K && Number.isFinite(places[2 * m - 2])) labels.blockLine(places[2 * m - 2], places[2 * m - 1], x, y);
    }
    const beside = (m, text, radius, colour, needed = true) =>
      Number.isFinite(places[2 * m]) && labels.beside(text, places[2 * m], places[2 * m + 1], radius, colour, needed);
    const here = isCollapsed(at, member) ? ["you are here: collapsed", "collapsed"] : ["you are here"];
    here.some((text) => beside(member, text, 7, theme.ink, false)) || beside(member, here.at(-1), 7, theme.ink);
    if (member > 0) beside(0, "AE", 6, theme.ink);
    for (let m = K; m < M; m += 1) beside(m, path.base.marks[m - K]?.label ?? "", 6, theme.muted);
    const apart = (m) => !(Math.hypot(places[2 * m] - places[2 * member], places[2 * m + 1] - places[2 * member + 1]) < APART);
    const collapsed = Array.from({ length: K }, (_, m) => m).filter((m) => apart(m) && isCollapsed(at, m));
    if (!isCollapsed(at, member)) collapsed.reverse().some((m) => beside(m, "collapsed", 4, theme.muted, false));
  }

  words({ path, member, frame }) {
    const at = path.frames[frame];
    const [name, , list] = SHARE[this.against];
    const of = (m) => `error ${niceNumber(at.reconstruction_error[m])}, ${name} ${niceNumber(at[list][m])}`;
    const plain = member > 0 ? ` The AE: ${of(0)}.` : "";
    const count = path.lams.filter((_, m) => isCollapsed(at, m)).length;
    const lost = count ? ` ${count} of ${path.lams.length} lambdas collapsed.` : "";
    return `Reconstruction error against ${name} of all lambdas. You are at ${inWords(path, member)}: ${of(member)}.${plain}${lost}`;
  }
}
