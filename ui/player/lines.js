// Charts of one line a model: mean singular values against rank, contraction ratio against radius.

import { Chart, ghostOf, mark, trace } from "./chart.js";
import { withAlpha } from "./colour.js";
import { isFailed } from "./numbers.js";
import { linear, log, logTicks, niceNumber, ticks, tickText } from "./scales.js";
import { countOf, inWords, nameOf } from "./words.js";

const DECADES = 4; // singular values smaller than the largest by more are drawn at the floor

// A chart of one line per model, from an array (M, length) of the frame; a ghost's line thin and grey.
class Lines extends Chart {
  constructor(host, options) {
    super(host, options);
    this.xy = new Float32Array(0);
  }

  // The screen's points of one member's row into `xy`; returns how many.
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
