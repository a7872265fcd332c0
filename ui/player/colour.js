// Colours: classes, continuous scales, and which sample has which. Nothing here touches the page.
//
// A map draws n points in few colours: `paint` gives every sample an index into `palette`, so that points of one colour
// are drawn together. The scales go from little (near the card) to much (far from it), ordered by lightness alone, so
// that they read without colour vision; they are green, neither model's colour.

import { frameOfMap, movement } from "./numbers.js";

export const AE = "#3b6fb6";
export const CAE = "#dd7427";
export const PICKED = "#c2377f";

// In the order of labels, as in cae_core/figures/parts.py.
export const CLASS_COLOURS = [
  "#8a5cf0", "#e45756", "#54a24b", "#b279a2", "#eeca3b", "#72b7b2", "#ff9da6", "#9d755d", "#7f7f7f", "#8fbf1f",
];

const LIGHT = ["#cdd3b4", "#9fbf95", "#69a386", "#398079", "#1c5a62", "#123742"];
const DARK = ["#4b6a63", "#4f8579", "#62a38b", "#8fc498", "#c8e0a8", "#f8f7d8"];
const PLUM = { light: "#7d3c7a", dark: "#d58bd0" };
const TEAL = { light: "#1f7465", dark: "#63c7b0" };
export const STEPS = 64;

// What the points can be coloured by.
export const COLOURINGS = [
  { id: "class", title: "class" },
  { id: "norm", title: "norm" },
  { id: "error", title: "error" },
  { id: "movement", title: "moved" },
];

// ---------------------------------------------------------------- colours as numbers

// [red, green, blue] of "#rrggbb" or "rgb(r, g, b)".
export function channels(text) {
  if (text[0] === "#") return [1, 3, 5].map((start) => parseInt(text.slice(start, start + 2), 16));
  return text.match(/[\d.]+/g).slice(0, 3).map(Number);
}

const mixed = (from, to, share) => from.map((part, i) => Math.round(part + (to[i] - part) * share));

export function withAlpha(colour, alpha) {
  return `rgba(${channels(colour).join(",")},${alpha})`;
}

// The colour at a share in [0, 1] of a list of colours at equal distances.
function along(stops, share) {
  const at = Math.min(Math.max(share, 0), 1) * (stops.length - 1);
  const left = Math.min(Math.floor(at), stops.length - 2);
  return mixed(channels(stops[left]), channels(stops[left + 1]), at - left);
}

export function scaleColour(share, dark) {
  return `rgb(${along(dark ? DARK : LIGHT, share).join(",")})`;
}

// ---------------------------------------------------------------- samples

// Limits of what the points are coloured by, fixed over the path; null for classes.
export function colourLimits(path, colour, map = "pca") {
  const { limits } = path;
  if (colour === "norm") return { low: 0, high: limits.norm.high, log: false };
  if (colour === "error") return { low: Math.max(limits.error.low, limits.error.high * 1e-4), high: limits.error.high, log: true };
  if (colour === "movement") return { low: 0, high: map === "umap" ? limits.umapMovement : limits.movement, log: false };
  return null;
}

// The colours that indices of `paint` stand for. The last one is for "no label" or "no number".
export function palette(path, colour, theme) {
  const none = theme.muted;
  if (colour === "class") {
    return [...(path.base?.class_names ?? []).map((_, i) => CLASS_COLOURS[i % CLASS_COLOURS.length]), none];
  }
  return [...Array.from({ length: STEPS }, (_, i) => scaleColour(i / (STEPS - 1), theme.dark)), none];
}

let moved = new Float32Array(0);

// The palette's index of every sample under one computed member and frame, or in the frame that the map is of, into `out`
// (Uint8Array of n). Returns out.
export function paint(out, path, colour, member, frame, map = "pca") {
  const at = path.frames[frameOfMap(path, frame, map)];
  if (colour === "class") {
    const { label } = path.base.arrays;
    const count = path.base.class_names.length;
    if (!label) return out.fill(count);
    for (let i = 0; i < out.length; i += 1) out[i] = Math.min(label[i], count);
    return out;
  }
  if (!at || at.failed[member]) return out.fill(STEPS);
  let values = colour === "error" ? at.errors[member] : at.norms[member];
  if (colour === "movement") {
    if (moved.length !== out.length) moved = new Float32Array(out.length);
    values = movement(moved, path, member, frame, map);
    if (!values) return out.fill(STEPS);
  }
  const { low, high, log } = colourLimits(path, colour, map);
  const start = log ? Math.log(low) : low;
  const factor = (STEPS - 1) / ((log ? Math.log(high) : high) - start);
  for (let i = 0; i < out.length; i += 1) {
    const value = values[i];
    const step = Math.round(((log ? Math.log(value) : value) - start) * factor);
    out[i] = value - value !== 0 ? STEPS : step > 0 ? Math.min(step, STEPS - 1) : 0;
  }
  return out;
}

// ---------------------------------------------------------------- cells of images and tables

// Pixels of the 256 values of a quantised cell (Uint32Array as ImageData has them, little endian): from the card to the ink,
// or from plum over the card to teal where values lie around 0, each end at the largest size of a value.
export function cellColours(base, theme) {
  const { value_low: low, value_high: high } = base;
  const [card, ink] = [theme.card, theme.ink];
  const side = theme.dark ? "dark" : "light";
  const stops = base.signed ? [PLUM[side], card, TEAL[side]] : [card, ink];
  const most = Math.max(Math.abs(low), Math.abs(high)) || 1;
  return Uint32Array.from({ length: 256 }, (_, q) => {
    const value = low + (q / 255) * (high - low);
    const share = base.signed ? 0.5 + value / most / 2 : q / 255;
    const [red, green, blue] = along(stops, share);
    return (255 << 24) | (blue << 16) | (green << 8) | red;
  });
}
