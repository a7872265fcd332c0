// What lies at a position (u, v): positions of points are interpolated, numbers are those of the nearest computed
// member and frame. Nothing here touches the page.

import { nearest } from "./scales.js";

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

// {member, frame}: indices of the nearest computed ones; the same object if given as `out`.
export function nearestOf(path, u, v, out = {}) {
  out.member = nearest(u, path.lams.length);
  out.frame = nearest(v, path.ready);
  return out;
}

// The two neighbours of x among `count` computed ones and the share of the right one. A neighbour that failed counts
// for nothing: nearer to it than to the other there is no position at all.
function between(x, count, isFailed) {
  const at = clamp(x, 0, count - 1);
  const left = Math.floor(at);
  const share = at - left;
  if (share === 0) return [left, left, 0, isFailed(left)];
  const [leftFailed, rightFailed] = [isFailed(left), isFailed(left + 1)];
  if (!leftFailed && !rightFailed) return [left, left + 1, share, false];
  const near = share < 0.5 ? left : left + 1;
  return [near, near, 0, isFailed(near)];
}

// Positions of all samples at (u, v), x and y in turn, into `out` (Float32Array of 2 n). `map` is "pca" or "umap"; UMAP is
// there for the last frame only, whatever v. NaN where the member failed. Returns out, or null if there is no such map yet.
export function positions(out, path, u, v, map = "pca") {
  if (map === "umap") {
    if (!path.umap) return null;
    const { arrays, point_scale: scale } = path.umap;
    const [left, right, share, failed] = between(u, path.lams.length, (m) => failedAt(path, m, path.ready - 1));
    if (failed) return out.fill(NaN);
    const size = 2 * path.n;
    return blend2(out, arrays.point, left * size, right * size, (1 - share) * scale, share * scale);
  }
  if (!path.ready) return null;
  const [early, late, time] = between(v, path.ready, () => false);
  const isFailed = (m) => path.frames[early].failed[m] > 0 || path.frames[late].failed[m] > 0;
  const [left, right, share, failed] = between(u, path.lams.length, isFailed);
  if (failed) return out.fill(NaN);
  const size = 2 * path.n;
  const [a, b] = [path.frames[early], path.frames[late]];
  const [p, q] = [a.arrays.point, b.arrays.point];
  const [leftAt, rightAt] = [left * size, right * size];
  const wa = (1 - time) * a.point_scale;
  const wb = time * b.point_scale;
  if (time === 0) return blend2(out, p, leftAt, rightAt, (1 - share) * wa, share * wa);
  if (share === 0) {
    for (let i = 0; i < size; i += 1) out[i] = wa * p[leftAt + i] + wb * q[leftAt + i];
    return out;
  }
  const [la, ra, lb, rb] = [(1 - share) * wa, share * wa, (1 - share) * wb, share * wb];
  for (let i = 0; i < size; i += 1) {
    out[i] = la * p[leftAt + i] + ra * p[rightAt + i] + lb * q[leftAt + i] + rb * q[rightAt + i];
  }
  return out;
}

function blend2(out, points, leftAt, rightAt, left, right) {
  const size = out.length;
  if (right === 0) for (let i = 0; i < size; i += 1) out[i] = left * points[leftAt + i];
  else for (let i = 0; i < size; i += 1) out[i] = left * points[leftAt + i] + right * points[rightAt + i];
  return out;
}

const failedAt = (path, member, frame) => (path.frames[frame]?.failed[member] ?? 0) > 0;

// The numbers of one computed member in one frame, or null if the frame has not come.
export function numbersOf(path, member, frame) {
  const from = path.frames[frame];
  if (!from) return null;
  return {
    member, frame,
    lam: path.lams[member] ?? null, // null: a mark
    epoch: from.epoch,
    failed: from.failed[member] ?? 0,
    meanNorm: from.mean_norm[member],
    error: from.reconstruction_error[member],
    varianceLost: from.variance_lost[member],
    relative: from.relative_contraction[member],
    saturation: from.saturation[member],
    spread: from.code_spread[member],
    explained: from.explained[member],
    norms: from.norms[member],
    errors: from.errors[member],
  };
}

// The numbers shown at (u, v).
export function values(path, u, v) {
  return numbersOf(path, nearest(u, path.lams.length), nearest(v, path.ready));
}
