// Synthetic parts in the binary format of a path, for tests: codes shrink and errors grow with lambda.

import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";

const LARGEST = 2047; // positions are whole multiples of a scale, up to so many

const ARRAYS = { u1: Uint8Array, u2: Uint16Array, i2: Int16Array, f4: Float32Array, f8: Float64Array };

// A part: digest, then deflated length, header, padding and arrays. `arrays` is {name: [type, shape, numbers]}.
export function pack(header, arrays) {
  const described = {};
  const chunks = [];
  let offset = 0;
  for (const [name, [type, shape, numbers]] of Object.entries(arrays)) {
    const bytes = new Uint8Array(ARRAYS[type].from(numbers).buffer);
    described[name] = { type, shape, offset };
    const padded = new Uint8Array(Math.ceil(bytes.length / 8) * 8);
    padded.set(bytes);
    chunks.push(padded);
    offset += padded.length;
  }
  const text = new TextEncoder().encode(JSON.stringify({ ...header, arrays: described }));
  const start = Math.ceil((4 + text.length) / 8) * 8;
  const body = new Uint8Array(start + offset);
  new DataView(body.buffer).setUint32(0, text.length, true);
  body.set(text, 4);
  let at = start;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  const name = createHash("sha256").update(body).digest("hex").slice(0, 16);
  return new Uint8Array(Buffer.concat([Buffer.from(name, "ascii"), deflateSync(body)]));
}

// Equally good random numbers on every machine (mulberry32).
export function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const flat = (count, make) => Array.from({ length: count }, (_, i) => make(i));

// Logarithms in equal steps: 0 stands for 0, 65535 for NaN.
function logged(values) {
  const sound = values.filter((value) => value > 0 && Number.isFinite(value));
  const low = sound.length ? Math.log(Math.min(...sound.slice(0, 1e5))) : 0;
  const high = sound.length ? Math.log(Math.max(...sound.slice(0, 1e5))) : 0;
  const step = (high - low) / 65533 || 1e-6;
  const q = values.map((value) => (value === 0 ? 0 : !(value > 0) ? 65535 : 1 + Math.round((Math.log(value) - low) / step)));
  return { code: { low, step }, q };
}

// Everything of a path: {base, frames, umap} as bytes, and `truth` with the numbers before quantisation.
//   K lambdas, marks: their labels, F frames, n samples, kind "image" | "table" | "points"
//   classes: how many (0: no labels); constant: all samples alike; failed: {member: frame from which on it has failed};
//   nan: one norm and one error of the last frame are no numbers
export function makePath({
  id = "path", K = 5, marks = [], F = 4, n = 40, kind = "image", d = kind === "points" ? 2 : 16, classes = 3, constant = false,
  failed = {}, nan = false, seed = 1, radii = 8, top = 10,
} = {}) {
  const next = random(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const lams = flat(K, (k) => (k === 0 ? 0 : K === 2 ? top : (top / 1000) * 1000 ** ((k - 1) / (K - 2))));
  const epochs = flat(F, (f) => (f === 0 ? 0 : 2 ** (f - 1)));
  const M = K + marks.length;
  const label = flat(n, (i) => (classes ? i % classes : 0));
  const spread = constant ? 0 : 1;
  const home = flat(n, (i) => [
    spread * (Math.cos(label[i]) * 2 + 0.4 * normal()), spread * (Math.sin(label[i] * 2) * 2 + 0.4 * normal()),
  ]);
  const noise = flat(n, () => spread * 0.06 * normal());
  const sides = kind === "image" ? [Math.round(Math.sqrt(d)), Math.round(d / Math.round(Math.sqrt(d)))] : null;
  const gallery = flat(12, (i) => i % n);
  const cell = (i, j) => Math.round(127 + spread * 120 * Math.sin(label[i] + j * 0.7 + 0.1 * i));
  const plane = flat(n * d, (i) => spread * (home[Math.floor(i / d)][i % d] ?? normal()));
  const range = kind === "image" ? { value_low: 0, value_high: 1, signed: false } : { value_low: -3, value_high: 3, signed: true };

  const base = pack(
    {
      kind: "base", path: id, sample_kind: kind, image_shape: sides,
      feature_names: flat(d, (j) => `x${j}`), class_names: flat(classes, (c) => String(c)), n, d,
      members: lams.map((lam) => ({ lam, label: `lambda ${lam}` })), marks: marks.map((text) => ({ label: text })), epochs,
      gallery, ...range, radii: flat(radii, (r) => 0.05 * 240 ** (r / Math.max(1, radii - 1))), median_distance: 4,
      largest_distance: 7.5, spectrum_samples: Math.min(100, n), ratio_samples: Math.min(200, n),
    },
    {
      ...(classes ? { label: ["u1", [n], label] } : {}),
      inputs: kind === "points" ? ["f4", [n, d], plane] : ["u1", [n, d], flat(n * d, (i) => cell(Math.floor(i / d), i % d))],
    },
  );

  const truth = { lams, epochs, points: [], norms: [], errors: [] };
  const frames = epochs.map((epoch, f) => {
    const grown = (f + 1) / F;
    const strength = flat(M, (m) => (m < K ? 1 / (1 + lams[m]) : 0.7));
    const isFailed = flat(M, (m) => (failed[m] !== undefined && f >= failed[m] ? Math.max(1, epochs[failed[m]]) : 0));
    const points = flat(M * n * 2, (i) => {
      const m = Math.floor(i / (2 * n));
      const sample = Math.floor(i / 2) % n;
      return isFailed[m] ? 0 : home[sample][i % 2] * grown * strength[m];
    });
    const norms = flat(M * n, (i) => {
      const m = Math.floor(i / n);
      return isFailed[m] ? NaN : 3 * grown * strength[m] * Math.exp(noise[i % n]);
    });
    const errors = flat(M * n, (i) => {
      const m = Math.floor(i / n);
      return isFailed[m] ? NaN : (0.05 + 3 * (1 - strength[m]) + 3 * (1 - grown)) * Math.exp(4 * noise[i % n]);
    });
    if (nan && f === F - 1) norms[0] = errors[1 % n] = NaN;
    truth.points.push(points);
    truth.norms.push(norms);
    truth.errors.push(errors);
    const pointScale = Math.max(1e-9, ...points.map(Math.abs)) / LARGEST;
    const [norm, error] = [logged(norms), logged(errors)];
    const orNull = (m, value) => (isFailed[m] ? null : value);
    const mean = (values, m) => values.slice(m * n, (m + 1) * n).filter(Number.isFinite).reduce((a, b, _, all) => a + b / all.length, 0);
    const galleryScale = 6 / LARGEST;
    const rank = Math.min(d, 8);
    return pack(
      {
        kind: "frame", path: id, index: f, epoch, point_scale: pointScale, norm: norm.code, error: error.code,
        gallery_scale: galleryScale, mean_norm: flat(M, (m) => orNull(m, mean(norms, m))),
        reconstruction_error: flat(M, (m) => orNull(m, mean(errors, m))),
        variance_lost: flat(M, (m) => orNull(m, Math.min(0.99, (1 - strength[m]) + 1 - grown))),
        relative_contraction: flat(M, (m) => (strength[m] < 0.1 ? null : orNull(m, 0.9 * strength[m] ** 0.5))),
        failed: isFailed,
      },
      {
        point: ["i2", [M, n, 2], points.map((value) => Math.round(value / pointScale))],
        norm: ["u2", [M, n], norm.q],
        error: ["u2", [M, n], error.q],
        gallery: kind === "points"
          ? ["i2", [M, n, d], flat(M * n * d, (i) => {
            const m = Math.floor(i / (n * d));
            return Math.round((plane[i % (n * d)] * (0.3 + 0.7 * strength[m])) / galleryScale);
          })]
          : ["u1", [M, 12, d], flat(M * 12 * d, (i) => {
            const [m, which, j] = [Math.floor(i / (12 * d)), Math.floor(i / d) % 12, i % d];
            return Math.round(127 + (cell(gallery[which], j) - 127) * strength[m] * grown);
          })],
        spectrum: ["f4", [M, rank], flat(M * rank, (i) => {
          const m = Math.floor(i / rank);
          return isFailed[m] ? NaN : 2 * strength[m] * grown * Math.exp(-(i % rank) * (0.3 + 2 * (1 - strength[m])));
        })],
        ratio: ["f4", [M, radii], flat(M * radii, (i) => {
          const m = Math.floor(i / radii);
          return isFailed[m] ? NaN : 0.5 * strength[m] * grown * (1 - 0.3 * (i % radii) / radii * strength[m]);
        })],
      },
    );
  });

  const umap = pack(
    { kind: "umap", path: id, epoch: epochs.at(-1), point_scale: 0.002 },
    { point: ["i2", [M, n, 2], flat(M * n * 2, (i) => Math.round(500 * (home[Math.floor(i / 2) % n][i % 2] + 0.1 * Math.floor(i / (2 * n)))))] },
  );
  return { base, frames, umap, truth };
}
