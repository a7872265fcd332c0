// Counting and measuring: limits over a whole path, histograms, movement. Nothing here touches the page.
//
// A member that failed (its training stopped being finite) and what is no number never enter a limit.

const COLLAPSED = 0.8; // share of the variance lost from which a member counts as collapsed

// A member collapsed if it has lost that share where the AE, member 0, has not: early in training all of them have.
export const hasLost = (frame, member) => frame.variance_lost[member] >= COLLAPSED;
export const isCollapsed = (frame, member) => hasLost(frame, member) && !hasLost(frame, 0);
export const isFailed = (frame, member) => frame.failed[member] > 0;

// ---------------------------------------------------------------- limits

const nothing = () => ({ low: Infinity, high: -Infinity });

function widen(limits, value) {
  if (!Number.isFinite(value)) return;
  if (value < limits.low) limits.low = value;
  if (value > limits.high) limits.high = value;
}

// Largest coordinate in one map; `failed` as in a frame.
function largestCoordinate(points, scale, failed) {
  const size = 2 * points.shape[1];
  let side = 0;
  for (let i = 0; i < points.length; i += 1) if (!failed[Math.floor(i / size)]) side = Math.max(side, Math.abs(points[i]));
  return side * scale;
}

// Largest distance of a sample from its place under member 0, in one map.
export function largestMovement(points, scale, failed) {
  const size = 2 * points.shape[1];
  let moved = 0;
  for (let i = 0; i < points.length && !failed[0]; i += 2) {
    if (failed[Math.floor(i / size)]) continue;
    const own = i % size;
    moved = Math.max(moved, (points[i] - points[own]) ** 2 + (points[i + 1] - points[own + 1]) ** 2);
  }
  return Math.sqrt(moved) * scale;
}

// Limits within one frame. `norm` and `error` are per sample and positive only (their scales are logarithmic or start
// at 0); all others hold any number.
export function frameLimits(frame) {
  const { arrays } = frame;
  const members = frame.norms.length;
  const out = {
    side: largestCoordinate(arrays.point, frame.point_scale, frame.failed),
    moved: largestMovement(arrays.point, frame.point_scale, frame.failed),
    norm: nothing(), error: nothing(), meanNorm: nothing(), meanError: nothing(), relative: nothing(),
    spectrum: nothing(), ratio: nothing(),
  };
  const [rank, radii] = [arrays.spectrum?.shape[1] ?? 0, arrays.ratio?.shape[1] ?? 0];
  for (let m = 0; m < members; m += 1) {
    if (isFailed(frame, m)) continue;
    for (const value of frame.norms[m]) if (value > 0) widen(out.norm, value);
    for (const value of frame.errors[m]) if (value > 0) widen(out.error, value);
    widen(out.meanNorm, frame.mean_norm[m]);
    if (frame.reconstruction_error[m] > 0) widen(out.meanError, frame.reconstruction_error[m]);
    widen(out.relative, frame.relative_contraction[m]);
    for (let i = m * rank; i < (m + 1) * rank; i += 1) if (arrays.spectrum[i] > 0) widen(out.spectrum, arrays.spectrum[i]);
    for (let i = m * radii; i < (m + 1) * radii; i += 1) widen(out.ratio, arrays.ratio[i]);
  }
  return out;
}

// Limits of a path from those of its frames and the largest movement in its UMAP, always usable:
//   position                 half the side of the square around 0 that holds all points, > 0
//   movement, umapMovement   largest distance of a sample from its place at lambda 0, > 0
//   norm, error, meanNorm, meanError, relative, spectrum, ratio   {low, high}, low < high
export function joinLimits(frames, umapMoved) {
  const out = {
    position: positive(Math.max(0, ...frames.map((frame) => frame.side))),
    movement: positive(Math.max(0, ...frames.map((frame) => frame.moved))),
    umapMovement: positive(umapMoved),
  };
  for (const name of ["norm", "error", "meanNorm", "meanError", "relative", "spectrum", "ratio"]) {
    const all = nothing();
    for (const frame of frames) {
      widen(all, frame[name].low);
      widen(all, frame[name].high);
    }
    out[name] = usable(all);
  }
  return out;
}

const positive = (value) => (value > 0 && Number.isFinite(value) ? value : 1);

// No number at all: 0.1 to 1. One number: from half of it to one and a half; 0 alone: 0 to 1.
function usable({ low, high }) {
  if (!(high >= low)) return { low: 0.1, high: 1 };
  if (high > low) return { low, high };
  if (low === 0) return { low: 0, high: 1 };
  return { low: low - Math.abs(low) / 2, high: high + Math.abs(high) / 2 };
}

// ---------------------------------------------------------------- histogram

// Counts of `values` in counts.length equal bins over [low, high], into `counts` (emptied first). The last bin holds its
// upper end; what lies beyond counts at the end; what is no number does not count. Returns how many counted.
export function histogram(counts, values, low, high, selected = null) {
  counts.fill(0);
  const last = counts.length - 1;
  const factor = counts.length / (high - low || 1);
  let total = 0;
  const count = (value) => {
    if (!(value - value === 0)) return; // NaN or infinite
    const bin = Math.floor((value - low) * factor);
    counts[bin < 0 ? 0 : bin > last ? last : bin] += 1;
    total += 1;
  };
  if (selected) for (const id of selected) count(values[id]);
  else for (let i = 0; i < values.length; i += 1) count(values[i]);
  return total;
}

export function largest(values) {
  let most = 0;
  for (let i = 0; i < values.length; i += 1) if (values[i] > most) most = values[i];
  return most;
}

// ---------------------------------------------------------------- movement

// The frame that a map is of: UMAP is there for the last one only, wherever the time handle stands.
export const frameOfMap = (path, frame, map) => (map === "umap" ? path.ready - 1 : frame);

// Distance of every sample in the plane of the map from its place at lambda 0, of one computed member and frame, into
// `out` (Float32Array of n), in the map's own units. NaN if a member failed. Returns out, or null without that map.
export function movement(out, path, member, frame, map = "pca") {
  const from = map === "umap" ? path.umap : path.frames[frame];
  if (!from) return null;
  const failed = path.frames[frameOfMap(path, frame, map)]?.failed ?? [];
  if (failed[0] || failed[member]) return out.fill(NaN);
  const { point } = from.arrays;
  const scale = from.point_scale;
  const start = 2 * member * out.length;
  for (let i = 0; i < out.length; i += 1) {
    const dx = point[start + 2 * i] - point[2 * i];
    const dy = point[start + 2 * i + 1] - point[2 * i + 1];
    out[i] = Math.sqrt(dx * dx + dy * dy) * scale;
  }
  return out;
}
