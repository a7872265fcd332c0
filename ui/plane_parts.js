// The plane of one model in numbers: what to look up, and the lines to draw. Nothing here touches the page.

// A message's arrays: {dtype, data} in base64, as `ui.plane.packed` writes them.
const KINDS = { u1: Uint8Array, f4: Float32Array, i4: Int32Array };

export function arrayOf({ dtype, data }) {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  return new KINDS[dtype](bytes.buffer);
}

// The field r(x) - x of member k at a place, between the points of the lattice; [0, 0] outside.
export function fieldAt(plane, k, [x, y]) {
  const { low, high, lattice, moved } = plane;
  const u = ((x - low[0]) / (high[0] - low[0])) * (lattice - 1);
  const v = ((y - low[1]) / (high[1] - low[1])) * (lattice - 1);
  if (!(u >= 0 && v >= 0 && u <= lattice - 1 && v <= lattice - 1)) return [0, 0];
  const [i, j] = [Math.min(Math.floor(u), lattice - 2), Math.min(Math.floor(v), lattice - 2)];
  const [a, b] = [u - i, v - j];
  return [0, 1].map((axis) => {
    const at = (di, dj) => moved[((k * lattice + j + dj) * lattice + i + di) * 2 + axis];
    const below = at(0, 0) * (1 - a) + at(1, 0) * a;
    const above = at(0, 1) * (1 - a) + at(1, 1) * a;
    return below * (1 - b) + above * b - (axis ? y : x);
  });
}

// Streamlines of the field of member k: from points of a coarse lattice along it, all of the same length at most, shorter
// where the field is too weak to have a direction.
export function streamlines(plane, k, { every = 3, steps = 10, still = 0.004 } = {}) {
  const { low, high, lattice } = plane;
  const side = high[0] - low[0];
  const step = (0.8 * every * side) / (lattice - 1) / steps;
  const lines = [];
  for (let j = 1; j < lattice - 1; j += every) {
    for (let i = 1; i < lattice - 1; i += every) {
      let place = [low[0] + (side * i) / (lattice - 1), low[1] + ((high[1] - low[1]) * j) / (lattice - 1)];
      const line = [place];
      for (let s = 0; s < steps; s += 1) {
        const [dx, dy] = fieldAt(plane, k, place);
        const size = Math.hypot(dx, dy);
        if (size < still * side) break;
        const go = Math.min(step, size);
        place = [place[0] + (dx / size) * go, place[1] + (dy / size) * go];
        line.push(place);
      }
      if (line.length > 1) lines.push(line);
    }
  }
  return lines;
}

// Lines of the straight grid as r bends them: every second row and column of the lattice.
export function gridLines(plane, k, every = 2) {
  const { lattice, moved } = plane;
  const at = (i, j) => {
    const start = ((k * lattice + j) * lattice + i) * 2;
    return [moved[start], moved[start + 1]];
  };
  const along = Array.from({ length: lattice }, (_, i) => i);
  const lines = [];
  for (let fixed = 0; fixed < lattice; fixed += every) {
    lines.push(along.map((i) => at(i, fixed)), along.map((j) => at(fixed, j)));
  }
  return lines;
}

// The ellipse of sample m under member k: points about it, `scale` data units a unit of gain.
export function ellipse(plane, k, m, scale, count = 32) {
  const { axes, rank, at, ellipses } = plane;
  const axis = (r) => (r < rank ? [0, 1].map((c) => axes[((k * ellipses + m) * rank + r) * 2 + c]) : [0, 0]);
  const [first, second] = [axis(0), axis(1)];
  return Array.from({ length: count + 1 }, (_, i) => {
    const angle = (2 * Math.PI * i) / count;
    return [0, 1].map((c) => at[2 * m + c] + scale * (Math.cos(angle) * first[c] + Math.sin(angle) * second[c]));
  });
}
