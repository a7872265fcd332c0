// Parts of a path: from bytes to typed arrays, and the store that puts the parts of one path together.
//
// A part is 16 ASCII characters (digest of its content) and a zlib stream of
//   uint32 length of the header in bytes | header (JSON) | zero padding to a multiple of 8 | arrays, little endian,
// each at a multiple of 8 from the start of the arrays' area. Nothing here touches the page: node imports it too.

import { frameLimits, joinLimits, largestMovement } from "./numbers.js";

const DIGEST = 16;
const KEPT = 2; // paths that no mount holds any more, kept because Streamlit may mount the same parts again

const TYPES = {
  u1: Uint8Array, i1: Int8Array, u2: Uint16Array, i2: Int16Array, u4: Uint32Array, i4: Int32Array,
  f4: Float32Array, f8: Float64Array,
};

export function digest(bytes) {
  return String.fromCharCode(...bytes.subarray(0, DIGEST));
}

// The inflated content of a whole part, digest included.
async function inflate(bytes) {
  const stream = new Blob([bytes.subarray(DIGEST)]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).arrayBuffer();
}

// The arrays are views into the buffer, flat, in C order; each knows its shape.
export function parse(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const start = Math.ceil((4 + length) / 8) * 8;
  const arrays = {};
  for (const [name, { type, shape, offset }] of Object.entries(header.arrays ?? {})) {
    const size = shape.reduce((product, side) => product * side, 1);
    const array = new TYPES[type](buffer, start + offset, size);
    array.shape = shape;
    arrays[name] = array;
  }
  return { header, arrays };
}

export async function unpack(bytes) {
  return parse(await inflate(bytes));
}

// Norms and errors come as logarithms in equal steps: 0 is 0, 65535 is "no number".
export function logValue(q, { low, step }) {
  if (q === 0) return 0;
  return q === 65535 ? NaN : Math.exp(low + (q - 1) * step);
}

// One Float32Array of n values per member.
function perMember(quantised, code) {
  const [members, n] = quantised.shape;
  const values = new Float32Array(quantised.length);
  for (let i = 0; i < values.length; i += 1) values[i] = logValue(quantised[i], code);
  return Array.from({ length: members }, (_, m) => values.subarray(m * n, (m + 1) * n));
}

// Lists of one number per member in which null stands for "no number".
const LISTS = ["mean_norm", "reconstruction_error", "variance_lost", "relative_contraction"];

// A member whose training stopped being finite has no numbers: what comes of it is from before.
function erase({ arrays, norms, errors, ...lists }, member) {
  for (const name of LISTS) lists[name][member] = NaN;
  norms[member].fill(NaN);
  errors[member].fill(NaN);
  for (const array of [arrays.spectrum, arrays.ratio]) {
    const size = array?.shape[1] ?? 0;
    array?.fill(NaN, member * size, (member + 1) * size);
  }
}

function frameFrom({ header, arrays }) {
  const frame = { ...header, arrays };
  for (const name of LISTS) frame[name] = Float64Array.from(header[name] ?? [], (value) => (value === null ? NaN : value));
  frame.failed = header.failed ?? [];
  frame.norms = perMember(arrays.norm, header.norm);
  frame.errors = perMember(arrays.error, header.error);
  frame.failed.forEach((epoch, member) => epoch && erase(frame, member));
  frame.limits = frameLimits(frame);
  return frame;
}

// What is known of one path so far.
//   base    the base's header with `arrays`, or null
//   frames  by index, holes where none has come: the frame's header (lists as Float64Array, NaN for null) with
//           `arrays`, `norms[m]` and `errors[m]` (Float32Array of n, decoded)
//   umap    header with `arrays`, or null
//   ready   how many frames there are without a gap from 0 on; 0 without a base
//   limits  over all parts that are there, see numbers.js
//   version counts up with every part
export class Path {
  constructor(id) {
    this.id = id;
    this.base = null;
    this.frames = [];
    this.umap = null;
    this.ready = 0;
    this.version = 0;
    this.limits = joinLimits([], 0);
    this.lams = [];
    this.n = 0;
    this.digests = new Set();
  }

  get complete() {
    return this.base !== null && this.ready === this.base.epochs.length;
  }

  add(unpacked) {
    const { header, arrays } = unpacked;
    if (header.kind === "base") {
      this.base = { ...header, arrays };
      this.lams = header.members.map((member) => member.lam);
      this.n = header.n;
    } else if (header.kind === "frame") {
      this.frames[header.index] = frameFrom(unpacked);
    } else if (header.kind === "umap") {
      this.umap = { ...header, arrays };
    } else {
      throw new Error(`A part is a base, a frame or a umap. Got ${header.kind}.`);
    }
    this.ready = 0;
    while (this.base && this.frames[this.ready]) this.ready += 1;
    if (header.kind !== "base") {
      const { umap } = this;
      const moved = umap ? largestMovement(umap.arrays.point, umap.point_scale, this.frames.at(-1)?.failed ?? []) : 0;
      this.limits = joinLimits(this.frames.filter(Boolean).map((frame) => frame.limits), moved);
    }
    this.version += 1;
  }
}

// All paths, by id. A mount is whatever brought the bytes (an element); it holds its part until it is released.
export class PathStore {
  constructor(kept = KEPT) {
    this.kept = kept;
    this.paths = new Map();
    this.parts = new Map(); // digest -> {promise of the Path, mounts}
    this.held = new Map(); // mount -> digest
    this.released = []; // ids of paths without mounts, the longest released first
    this.listeners = new Set();
  }

  get(id) {
    return this.paths.get(id) ?? null;
  }

  subscribe(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  // Parts come in any order and may come again; the promise is the same for the same digest.
  put(bytes, mount = null) {
    const name = digest(bytes);
    if (mount !== null && this.held.get(mount) !== name) this.release(mount);
    let part = this.parts.get(name);
    if (!part) {
      part = { mounts: new Set(), path: null };
      this.parts.set(name, part);
      part.promise = this.decode(name, bytes, part);
    }
    if (mount !== null) {
      part.mounts.add(mount);
      this.held.set(mount, name);
      if (part.path) this.released = this.released.filter((id) => id !== part.path.id);
    }
    return part.promise;
  }

  async decode(name, bytes, part) {
    try {
      const unpacked = await unpack(bytes);
      const id = unpacked.header.path;
      if (this.parts.get(name) !== part) return null; // removed meanwhile
      let path = this.paths.get(id);
      if (!path) this.paths.set(id, (path = new Path(id)));
      path.add(unpacked);
      path.digests.add(name);
      part.path = path;
      if (this.isHeld(path)) this.released = this.released.filter((other) => other !== id);
      else this.letGo(path);
      for (const listener of this.listeners) listener(path);
      return path;
    } catch (error) {
      this.parts.delete(name); // the same bytes sent again are tried again
      throw error;
    }
  }

  isHeld(path) {
    return [...path.digests].some((name) => this.parts.get(name)?.mounts.size);
  }

  // The mount is gone. Its path stays while others hold it, and a while longer.
  release(mount) {
    const part = this.parts.get(this.held.get(mount));
    this.held.delete(mount);
    part?.mounts.delete(mount);
    if (part?.path && !this.isHeld(part.path)) this.letGo(part.path);
  }

  letGo(path) {
    this.released = [...this.released.filter((id) => id !== path.id), path.id];
    while (this.released.length > this.kept) this.remove(this.released[0]);
  }

  // Forgets a path at once, whoever holds it.
  remove(id) {
    const path = this.paths.get(id);
    this.paths.delete(id);
    this.released = this.released.filter((other) => other !== id);
    for (const name of path?.digests ?? []) {
      for (const mount of this.parts.get(name)?.mounts ?? []) this.held.delete(mount);
      this.parts.delete(name);
    }
  }
}
