// Histogram of the Jacobian's norms: the AE's and the member's at lambda, of all samples or of the selected ones.

import { make } from "../look.js";
import { Chart, dot, ghostOf, mark, square } from "./chart.js";
import { AE, CAE, PICKED, withAlpha } from "./colour.js";
import { histogram, isFailed, largest } from "./numbers.js";
import { ceiling, linear, niceNumber, thousands, ticks, tickText } from "./scales.js";
import { countOf, inWords, nameOf } from "./words.js";

const BINS = 40;
const TALLER = 2.5; // how many times as high as the AE's highest bar a histogram is at most

const selectedOf = (state) => (state.selected?.size ? state.selected : null);

function meanOf(values, selected) {
  let [sum, count] = [0, 0];
  for (const id of selected ?? values.keys()) {
    if (!Number.isFinite(values[id])) continue;
    sum += values[id];
    count += 1;
  }
  return sum / count;
}

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
