// What the pictures show, in words. Numbers are those of computed members and frames only. A lower norm is never called
// better: with it goes reconstruction, and at the end everything that tells samples apart.

import { nearestOf, numbersOf } from "./interpolate.js";
import { hasLost, isCollapsed } from "./numbers.js";
import { isWhole, lambdaText, niceNumber, thousands } from "./scales.js";

const percent = (share) => `${Math.round(100 * share)} %`;

// A share of variance lost; a bad model's error may be larger than the variance.
export const lostText = (share) => (share > 1.005 ? "over 100 %" : percent(share));

// The text of a factor: "5.6", "12", "1,200".
function times(factor) {
  if (factor < 10) return factor.toFixed(1);
  return factor < 100 ? String(Math.round(factor)) : thousands(Number(factor.toPrecision(2)));
}

// A member's name in a legend and in a sentence, and how many samples there are.
export const nameOf = (path, member) => `λ ${lambdaText(path.lams[member], path.lams)}`;
export const inWords = (path, member) => (member === 0 ? "the AE" : `lambda ${lambdaText(path.lams[member], path.lams)}`);
// What an input of tables or points is called.
export const inputName = (base, i) => base.feature_names?.[i] ?? "xyz"[i] ?? String(i);

export const countOf = (n) => `${thousands(n)} ${n === 1 ? "sample" : "samples"}`;

// A mean norm beside the AE's: ", 28 % below the AE".
function besideNorm(norm, plain) {
  const share = norm / plain - 1;
  if (!Number.isFinite(share)) return "";
  if (Math.abs(share) < 0.005) return ", as large as the AE's";
  if (share >= 1) return `, ${times(norm / plain)} times the AE's`;
  return `, ${share < -0.995 ? "over 99 %" : percent(Math.abs(share))} ${share < 0 ? "below" : "above"} the AE`;
}

// An error beside the AE's: "error 5.6 times as large".
function besideError(error, plain) {
  const factor = error / plain;
  if (!Number.isFinite(factor)) return `error ${niceNumber(error)}`;
  if (Math.abs(factor - 1) < 0.005) return "error as large";
  if (factor >= 2) return `error ${times(factor)} times as large`;
  return `error ${percent(Math.abs(factor - 1))} ${factor < 1 ? "smaller" : "larger"}`;
}

// One sentence on where the handles stand.
export function sentence(path, u, v) {
  if (!path?.ready) return "";
  const { member, frame } = nearestOf(path, u, v);
  const [at, plain] = [numbersOf(path, member, frame), numbersOf(path, 0, frame)];
  const lam = `lambda ${lambdaText(at.lam, path.lams)}`;
  const last = frame === path.base.epochs.length - 1;
  const where = last ? lam : `${lam} at epoch ${at.epoch}`;
  if (at.failed) return `${where}: training stopped being finite in epoch ${at.failed}; there is nothing to show.`;
  if (at.epoch === 0) return `Before training all models are the same: mean norm ${niceNumber(at.meanNorm)}.`;
  if (member === 0 || plain.failed) {
    const name = member === 0 ? `${where}, the plain autoencoder (AE)` : where;
    return `${name}: mean norm ${niceNumber(at.meanNorm)}; error ${niceNumber(at.error)}.${lost(path, at)}`;
  }
  const norm = `mean norm ${niceNumber(at.meanNorm)}${besideNorm(at.meanNorm, plain.meanNorm)}`;
  return `${where}: ${norm}; ${besideError(at.error, plain.error)}.${lost(path, at)}`;
}

// The share of variance lost is the measure of collapse. Below 5 % it says nothing; what the AE has lost as well, it has
// not learned yet.
function lost(path, at) {
  if (!(at.varianceLost >= 0.05)) return "";
  const share = `Variance lost ${lostText(at.varianceLost)}`;
  const frame = path.frames[at.frame];
  if (isCollapsed(frame, at.member)) return ` ${share}: collapsed, it has let go of nearly all that tells samples apart.`;
  return hasLost(frame, at.member) && at.frame < path.base.epochs.length - 1 ? ` ${share}: not learned yet.` : ` ${share}.`;
}

// What a UMAP is of, and what it takes its colours from.
export const ofUmap = ({ umap }) =>
  `The map is that of epoch ${umap.epoch}, its colours too, wherever the epoch handle stands; the small one is PCA, true to scale.`;

// Where the handles stand between computed members or frames; "" where they are on one of each. UMAP is not interpolated
// over time.
export function readout(path, u, v, map = "pca") {
  if (!path?.ready) return "";
  const { member, frame } = nearestOf(path, u, v);
  const name = (m) => lambdaText(path.lams[m], path.lams);
  const { epochs } = path.base;
  const inner = [
    !isWhole(u) && u < path.lams.length - 1 ? `lambda ${name(Math.floor(u))} and ${name(Math.floor(u) + 1)}` : "",
    !isWhole(v) && v < path.ready - 1 ? `epochs ${epochs[Math.floor(v)]} and ${epochs[Math.floor(v) + 1]}` : "",
  ];
  if (!inner[0] && !inner[1]) return "";
  const of = inner[1] ? (inner[0] ? `lambda ${name(member)}, epoch ${epochs[frame]}` : `epoch ${epochs[frame]}`) : name(member);
  const positions = inner[0] || map !== "umap" ? "positions interpolated, " : "";
  return `between ${inner.filter(Boolean).join(", ")}: ${positions}numbers of ${of}`;
}

// The class of a sample as text, "" without labels.
export function className(path, id) {
  const label = path.base?.arrays.label;
  return label ? path.base.class_names[label[id]] ?? String(label[id]) : "";
}

// One sample under both models: "sample 12, class 4: norm 3.18 (AE) and 1.07, error 0.0500 (AE) and 1.04".
export function sampleWords(path, u, v, id) {
  if (!path?.ready || !Number.isInteger(id) || id >= path.n) return "";
  const { member, frame } = nearestOf(path, u, v);
  const { norms, errors } = path.frames[frame];
  const kind = className(path, id);
  const pair = (values) =>
    member === 0 ? niceNumber(values[0][id]) : `${niceNumber(values[0][id])} (AE) and ${niceNumber(values[member][id])}`;
  return `sample ${id}${kind && `, class ${kind}`}: norm ${pair(norms)}, error ${pair(errors)}`;
}
