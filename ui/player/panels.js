// The small charts below the maps: norms, trade-off, singular values, contraction ratio; reconstructions have a file of
// their own. All of them show computed members and frames only, on limits fixed over the path.

import { button, make } from "../look.js";
import { AE, CAE, PICKED, withAlpha } from "./colour.js";
import { Chart, diamond, dot, mark, square, trace } from "./chart.js";
import { hasLost, histogram, isCollapsed, isFailed, largest } from "./numbers.js";
import { ceiling, lambdaText, linear, log, logTicks, nearest, niceNumber, thousands, ticks, tickText } from "./scales.js";

export { Reconstructions } from "./reconstructions.js";

const BINS = 40;
const TALLER = 2.5; // how many times as high as the AE's highest bar a histogram is at most
const DECADES = 4; // singular values smaller than the largest by more are drawn at the floor

const nameOf = (path, member) => `λ ${lambdaText(path.lams[member], path.lams)}`;
const inWords = (path, member) => (member === 0 ? "the AE" : `lambda ${lambdaText(path.lams[member], path.lams)}`);
const countOf = (n) => `${thousands(n)} ${n === 1 ? "sample" : "samples"}`;
const selectedOf = (state) => (state.selected?.size ? state.selected : null);

// {member, frame} of the ghost, or null: also where it stands on what is shown anyway.
function ghostOf({ ghost, path, member, frame }) {
  if (!ghost) return null;
  const at = { member: nearest(ghost.u, path.lams.length), frame: nearest(ghost.v, path.ready) };
  return at.member === member && at.frame === frame ? null : at;
}

function meanOf(values, selected) {
  let [sum, count] = [0, 0];
  for (const id of selected ?? values.keys()) {
    if (!Number.isFinite(values[id])) continue;
    sum += values[id];
    count += 1;
  }
  return sum / count;
}

// ---------------------------------------------------------------- norms

// Histogram of ||J|| of all samples, or of the selected ones: bars of both models in equal bins from 0 to the path's
// largest norm. The height is fixed: it holds the last frame's highest bar, unless that is more than some times the AE's
// highest. A bar that is higher than the picture is cut off and says its count. A selection has a height of its own.
export class Norms extends Chart {
  constructor(host) {
    super(host, { title: "Jacobian norms", samples: true });
    this.plain = new Uint32Array(BINS);
    this.own = new Uint32Array(BINS);
    this.past = new Uint32Array(BINS);
    this.hatches = new Map();
  }

  // Of all samples; counted again only when the path has grown.
  usualHeight(path) {
    if (this.path === path && this.version === path.version) return this.usual;
    Object.assign(this, { path, version: path.version });
    const frame = path.frames[path.ready - 1];
    const peaks = path.lams.map((_, member) => {
      if (isFailed(frame, member)) return 0;
      histogram(this.past, frame.norms[member], 0, path.limits.norm.high);
      return largest(this.past);
    });
    this.usual = ceiling(Math.min(Math.max(...peaks), TALLER * peaks[0] || Infinity) || path.n);
    return this.usual;
  }

  paint(context, state) {
    const { path, member, frame, theme } = state;
    const at = path.frames[frame];
    const selected = selectedOf(state);
    const ghost = ghostOf(state);
    const { high } = path.limits.norm;
    const usual = this.usualHeight(path);
    const counted = histogram(this.own, at.norms[member], 0, high, selected);
    histogram(this.plain, at.norms[0], 0, high, selected);
    if (ghost) histogram(this.past, path.frames[ghost.frame].norms[ghost.member], 0, high, selected);
    else this.past.fill(0);
    this.setYardstick(selected ? `${thousands(selected.size)} selected ${selected.size === 1 ? "sample" : "samples"}` : countOf(path.n));

    const top = selected ? ceiling(Math.max(largest(this.own), largest(this.plain), largest(this.past))) : usual;
    const box = { left: 2, right: this.width - 6, top: 28, bottom: this.height - 20 };
    const x = linear([0, high], [box.left, box.right]);
    this.symbol(x, box, theme);
    this.xAxis(x, ticks(0, high, box.right / 55), tickText, box, theme);
    const bar = (box.right - box.left) / BINS;
    const unit = (box.bottom - box.top) / top;
    this.bars(context, this.plain, box, bar, unit);
    context.fillStyle = withAlpha(AE, 0.85);
    context.fill();
    this.bars(context, this.own, box, bar, unit);
    if (member > 0) {
      context.fillStyle = withAlpha(CAE, 0.4);
      context.fill();
      context.fillStyle = this.hatch(context);
      context.fill();
    }
    context.strokeStyle = CAE;
    context.lineWidth = 1;
    if (member > 0) context.stroke();
    if (ghost) this.outline(context, box, bar, unit, theme);
    context.fillStyle = theme.line;
    context.fillRect(box.left, box.bottom, box.right - box.left, 1);
    this.keys(state, x, selected);
    this.cut(this.own, top, box, bar, theme);
    this.cut(this.plain, top, box, bar, theme);
    this.marks(context, state, x, box);
    if (isFailed(at, member)) this.note("training stopped being finite", box, theme, 0.4);
    else if (!counted) this.note("no norms to count", box, theme, 0.4);
  }

  // "‖J‖" at the right end of the axis.
  symbol(x, box, theme) {
    this.labels.write("‖J‖", this.width - this.labels.measure("‖J‖") - 1, box.bottom + 10, theme.muted, 6);
  }

  bars(context, counts, box, bar, unit) {
    context.beginPath();
    for (let i = 0; i < BINS; i += 1) {
      if (!counts[i]) continue;
      const height = Math.min(Math.max(1, counts[i] * unit), box.bottom - box.top);
      context.rect(box.left + i * bar + 0.5, box.bottom - height, Math.max(1, bar - 1), height);
    }
  }

  outline(context, box, bar, unit, theme) {
    context.beginPath();
    let level = box.bottom;
    context.moveTo(box.left, level);
    for (let i = 0; i <= BINS; i += 1) {
      const next = i < BINS ? box.bottom - Math.min(this.past[i] * unit, box.bottom - box.top) : box.bottom;
      if (next !== level) {
        context.lineTo(box.left + i * bar, level);
        context.lineTo(box.left + i * bar, next);
      }
      level = next;
    }
    context.strokeStyle = theme.muted;
    context.stroke();
  }

  // Diagonal lines, one device pixel pattern for each pixel ratio.
  hatch(context) {
    const { ratio } = this;
    if (!this.hatches.has(ratio)) {
      const side = Math.max(4, Math.round(5 * ratio));
      const tile = make("canvas");
      tile.width = tile.height = side;
      const pen = tile.getContext("2d");
      pen.strokeStyle = CAE;
      pen.lineWidth = 1.5 * ratio;
      pen.beginPath();
      for (const shift of [-side, 0, side]) {
        pen.moveTo(shift - 1, side + 1);
        pen.lineTo(shift + side + 1, -1);
      }
      pen.stroke();
      const pattern = context.createPattern(tile, "repeat");
      pattern.setTransform?.(new DOMMatrix([1 / ratio, 0, 0, 1 / ratio, 0, 0]));
      this.hatches.set(ratio, pattern);
    }
    return this.hatches.get(ratio);
  }

  // The models' names above the middle of their norms, side by side where those are close.
  keys({ path, member, frame, theme }, x, selected) {
    const { labels, context } = this;
    const { norms } = path.frames[frame];
    const entries = [["ae", "AE", 0]];
    if (member > 0) entries.push(["cae", nameOf(path, member), member]);
    const placed = entries.map(([model, text, m]) => {
      const width = 13 + labels.measure(text);
      return { model, text, width, middle: x(meanOf(norms[m], selected)) };
    }).filter(({ middle }) => Number.isFinite(middle)).sort((a, b) => a.middle - b.middle);
    const total = placed.reduce((sum, { width }) => sum + width + 10, -10);
    placed.forEach((entry) => {
      entry.left = Math.min(Math.max(0, entry.middle - entry.width / 2), this.width - entry.width - 1);
    });
    if (placed.length === 2 && placed[0].left + placed[0].width + 10 > placed[1].left) {
      const middle = (placed[0].middle + placed[1].middle) / 2;
      placed[0].left = Math.min(Math.max(0, middle - total / 2), this.width - total - 1);
      placed[1].left = placed[0].left + placed[0].width + 10;
    }
    for (const { model, text, left, width } of placed) {
      mark(context, model, left + 4, 7, 4);
      labels.block(left, 0, left + width, 14);
      context.fillStyle = theme.ink;
      context.fillText(text, left + 13, 7);
    }
  }

  // A bar that is higher than the picture says its count.
  cut(counts, top, box, bar, theme) {
    const { labels } = this;
    for (let i = 0; i < BINS; i += 1) {
      if (counts[i] <= top) continue;
      const text = `↑ ${thousands(counts[i])}`;
      const width = labels.measure(text);
      const left = Math.min(Math.max(0, box.left + (i + 0.5) * bar - width / 2), this.width - width - 1);
      if (!labels.write(text, left, 21, theme.muted)) labels.write(text, left + width + 6, 21, theme.muted);
    }
  }

  // The hovered and the picked sample's norms on the axis.
  marks(context, { path, member, frame, hover, picked, theme }, x, box) {
    const { norms } = path.frames[frame];
    for (const [id, colour] of [[picked, PICKED], [hover, theme.ink]]) {
      if (!Number.isInteger(id) || id >= path.n) continue;
      context.strokeStyle = colour;
      context.lineWidth = 2;
      context.beginPath();
      for (const m of member > 0 ? [0, member] : [0]) {
        const place = x(norms[m][id]);
        if (!Number.isFinite(place)) continue;
        if (m === 0) dot(context, place, box.bottom, 3.5);
        else square(context, place, box.bottom, 3.2);
      }
      context.fillStyle = theme.card;
      context.fill();
      context.stroke();
    }
  }

  words(state) {
    const { path, member, frame } = state;
    const { norms } = path.frames[frame];
    const selected = selectedOf(state);
    const of = (m) => `mean ${niceNumber(meanOf(norms[m], selected))} for ${inWords(path, m)}`;
    const own = member > 0 ? `, ${of(member)}` : "";
    const who = selected ? `${thousands(selected.size)} selected samples` : countOf(path.n);
    return `Histogram of Jacobian norms of ${who}, from 0 to ${niceNumber(path.limits.norm.high)}: ${of(0)}${own}.`;
  }
}

// ---------------------------------------------------------------- trade-off

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

  // Names of the marks on the picture, the most wanted first; they keep off the models' marks and off the dots.
  names({ path, member, theme }, at, K, M) {
    const { labels, places } = this;
    for (let m = 0; m < M; m += 1) {
      const half = m === member ? 7 : m === 0 || m >= K ? 6 : 2;
      const [x, y] = [places[2 * m], places[2 * m + 1]];
      if (Number.isFinite(x)) labels.block(x - half, y - half, x + half, y + half, half === 2);
    }
    const beside = (m, text, radius, colour, needed = true) =>
      Number.isFinite(places[2 * m]) && labels.beside(text, places[2 * m], places[2 * m + 1], radius, colour, needed);
    beside(member, isCollapsed(at, member) ? "you are here: collapsed" : "you are here", 7, theme.ink);
    if (member > 0) beside(0, "AE", 6, theme.ink);
    for (let m = K; m < M; m += 1) beside(m, path.base.marks[m - K]?.label ?? "", 6, theme.muted);
    const collapsed = Array.from({ length: K }, (_, m) => m).filter((m) => m !== member && isCollapsed(at, m));
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

// ---------------------------------------------------------------- two lines over one axis

// A chart of one line per model, from an array (M, length) of the frame; a ghost's line thin and grey.
class Lines extends Chart {
  constructor(host, options) {
    super(host, options);
    this.xy = new Float32Array(0);
  }

  // The screen's points of one member's row; positive values only where `floor` is one.
  row(array, member, x, y) {
    const length = array.shape[1];
    if (this.xy.length !== 2 * length) this.xy = new Float32Array(2 * length);
    for (let i = 0; i < length; i += 1) {
      this.xy[2 * i] = x(i);
      this.xy[2 * i + 1] = y(array[member * length + i]);
    }
    return length;
  }

  lines(context, state, name, x, y) {
    const { path, member, frame, theme } = state;
    const ghost = ghostOf(state);
    const all = [["ae", frame, 0]];
    if (ghost) all.unshift(["ghost", ghost.frame, ghost.member]);
    if (member > 0) all.push(["cae", frame, member]);
    for (const [model, f, m] of all) {
      if (isFailed(path.frames[f], m)) continue;
      const length = this.row(path.frames[f].arrays[name], m, x, y);
      this.line(model, theme);
      trace(context, this.xy, length);
      context.stroke();
      context.setLineDash([]);
      if (length > 12 || model === "ghost") continue;
      for (let i = 0; i < length; i += 1) mark(context, model, this.xy[2 * i], this.xy[2 * i + 1], 3.5);
    }
  }
}

// Mean singular values of the encoder's Jacobian, largest first, on a log axis over four decades from the path's largest
// value; what is smaller lies on the floor.
export class Spectrum extends Lines {
  constructor(host) {
    super(host, { title: "Singular values" });
  }

  paint(context, state) {
    const { path, member, frame, theme } = state;
    const rank = path.frames[frame].arrays.spectrum.shape[1];
    this.setYardstick(`mean of ${countOf(path.base.spectrum_samples)}`);
    const { low, high } = path.limits.spectrum;
    const floor = Math.max(low, high * 10 ** -DECADES);
    const yTicks = logTicks(floor, high, Math.max(2, (this.height - 56) / 26));
    const box = { left: 12 + this.widest(yTicks, tickText), right: this.width - 8, top: 20, bottom: this.height - 34 };
    const inset = rank <= 12 ? 8 : 2;
    const x = linear([1, rank], [box.left + inset, box.right - inset]);
    const y = log([floor, high], [box.bottom - 2, box.top + 4]);
    const steps = ticks(1, rank, (box.right - box.left) / 45).filter((value) => Number.isInteger(value) && value >= 1);
    this.legend(member > 0 ? nameOf(path, member) : null, theme, true);
    this.yAxis(y, yTicks, tickText, box, theme);
    this.xAxis(x, [1, ...steps.filter((value) => value > 1)], tickText, box, theme, "rank →");
    this.lines(context, state, "spectrum", (i) => x(i + 1), y);
    if (isFailed(path.frames[frame], member)) this.note("training stopped being finite", box, theme);
  }

  words({ path, member, frame }) {
    const { spectrum } = path.frames[frame].arrays;
    const rank = spectrum.shape[1];
    const of = (m) => `from ${niceNumber(spectrum[m * rank])} to ${niceNumber(spectrum[(m + 1) * rank - 1])} for ${inWords(path, m)}`;
    const own = member > 0 ? `, ${of(member)}` : "";
    return `Mean singular values of the encoder's Jacobian over ${countOf(path.base.spectrum_samples)}, rank 1 to ${rank}: ${of(0)}${own}.`;
  }
}

// Mean contraction ratio ||f(x0) - f(x1)|| / ||x0 - x1|| over pairs at a distance, against that distance (the radius); the
// samples' median and largest distance are marked.
export class Ratio extends Lines {
  constructor(host) {
    super(host, { title: "Contraction ratio", yardstick: "against radius" });
  }

  paint(context, state) {
    const { path, member, frame, theme } = state;
    const { radii, median_distance: median, largest_distance: most } = path.base;
    const { high } = path.limits.ratio;
    const yTicks = ticks(0, high, Math.max(2, (this.height - 60) / 34));
    const box = { left: 12 + this.widest(yTicks, tickText), right: this.width - 8, top: 34, bottom: this.height - 34 };
    const domain = [radii[0], Math.max(radii.at(-1), most || 0)];
    const x = log(domain, [box.left + 4, box.right - 4]);
    const y = linear([0, high], [box.bottom - 2, box.top + 4]);
    this.legend(member > 0 ? nameOf(path, member) : null, theme, true);
    this.distances(context, x(median), x(most), box, theme);
    this.yAxis(y, yTicks, tickText, box, theme);
    this.xAxis(x, logTicks(...domain, Math.max(2, (box.right - box.left) / 45)), tickText, box, theme, "radius →");
    this.lines(context, state, "ratio", (i) => x(radii[i]), y);
    if (isFailed(path.frames[frame], member)) this.note("training stopped being finite", box, theme);
  }

  // Lines at both distances, named together before the first or after the second.
  distances(context, median, most, box, theme) {
    const { labels } = this;
    context.fillStyle = withAlpha(theme.muted, 0.6);
    for (const place of [median, most]) {
      if (Number.isFinite(place)) context.fillRect(Math.round(place), 17, 1, box.bottom - 17);
    }
    for (const text of ["median | largest distance", "median | largest"]) {
      if (labels.write(text, median - 5 - labels.measure(text), 24, theme.muted)) return;
      if (labels.write(text, most + 6, 24, theme.muted)) return;
    }
  }

  words({ path, member, frame }) {
    const { radii, median_distance: median, largest_distance: most, ratio_samples: count } = path.base;
    const { ratio } = path.frames[frame].arrays;
    const last = radii.length - 1;
    const at = (m, i) => niceNumber(ratio[m * radii.length + i]);
    const of = (m) => `${at(m, 0)} at radius ${niceNumber(radii[0])} and ${at(m, last)} at ${niceNumber(radii[last])} for ${inWords(path, m)}`;
    const own = member > 0 ? `, ${of(member)}` : "";
    const marks = `Median distance of samples ${niceNumber(median)}, largest ${niceNumber(most)}.`;
    return `Mean contraction ratio of ${countOf(count)}: ${of(0)}${own}. ${marks}`;
  }
}
