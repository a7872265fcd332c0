// What lies at a position (u, v): positions of points are interpolated, numbers are those of the nearest computed
// member and frame. Nothing here touches the page.

import { frameOfMap } from "./numbers.js";
import { nearest } from "./scales.js";

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

// {member, frame}: indices of the nearest computed ones; the same object if given as `out`.
export function nearestOf(path, u, v, out = {}) {
  out.member = nearest(u, path.lams.length);
  out.frame = nearest(v, path.ready);
  return out;
}

// Where x lies among `count` computed ones: the one below, the one above, the share of that one.
function around(x, count) {
  const at = clamp(x, 0, count - 1);
  const below = Math.floor(at);
  return [below, Math.min(below + 1, count - 1), at - below];
}

// The share of the second of two, of which nothing is blended with one that failed: all of the nearer one.
const shareOf = (share, firstFailed, secondFailed) => (firstFailed === secondFailed ? share : Number(share >= 0.5));

// Positions of all samples at (u, v), x and y in turn, into `out` (Float32Array of 2 n). `map` is "pca" or "umap"; UMAP is
// there for the last frame only, whatever v. NaN where the nearest member failed in the nearest frame. Returns out, or null
// if there is no such map yet.
export function positions(out, path, u, v, map = "pca") {
  if (map === "umap" ? !path.umap : !path.ready) return null;
  const [early, late, time] = around(frameOfMap(path, v, map), path.ready);
  const [left, right, along] = around(u, path.lams.length);
  const times = [left, right].map((m) => shareOf(time, failedAt(path, m, early), failedAt(path, m, late)));
  const failed = [left, right].map((m, side) => failedAt(path, m, times[side] < 0.5 ? early : late));
  const share = shareOf(along, ...failed);
  if (failed[share < 0.5 ? 0 : 1]) return out.fill(NaN);
  out.fill(0);
  const [first, second] = map === "umap" ? [path.umap, path.umap] : [path.frames[early], path.frames[late]];
  add(out, first, left, (1 - share) * (1 - times[0]));
  add(out, second, left, (1 - share) * times[0]);
  add(out, first, right, share * (1 - times[1]));
  add(out, second, right, share * times[1]);
  return out;
}

// Adds a share of a member's points in one map.
function add(out, { arrays, point_scale: scale }, member, share) {
  if (share === 0) return;
  const { point } = arrays;
  const weight = share * scale;
  const start = member * out.length;
  for (let i = 0; i < out.length; i += 1) out[i] += weight * point[start + i];
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
  };
}
