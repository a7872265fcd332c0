// An image that is drawn on, in its own pixels and values. Nothing here touches the page.
//
// A stroke covers a pixel by how far its centre lies within the brush, which gives soft edges as of a scanned pen:
//     cover = min(1, max(0, radius + 1/2 - distance of the centre to the stroke)),   pixel = before + cover (value - before)
// Within one stroke a pixel is covered once, however often the pen passes.

const KEPT = 60; // pictures that can be undone

export class Ink {
  constructor(rows, columns, low, high) {
    Object.assign(this, { rows, columns, low, high, past: [] });
    this.blank = Math.min(Math.max(0, low), high);
    this.values = new Float64Array(rows * columns).fill(this.blank);
  }

  // What follows can be undone at once.
  begin() {
    this.before = this.values.slice();
    this.cover = new Float64Array(this.values.length);
    this.past.push(this.before);
    if (this.past.length > KEPT) this.past.shift();
  }

  // From one place to another, [x, y] in pixels from the left upper corner.
  stroke(from, to, radius, value) {
    const { rows, columns, cover, before, values } = this;
    const reach = radius + 0.5;
    const [x, y] = [0, 1].map((i) => [Math.min(from[i], to[i]) - reach, Math.max(from[i], to[i]) + reach]);
    const within = ([low, high], count) => [Math.max(0, Math.floor(low)), Math.min(count - 1, Math.floor(high))];
    const [left, right] = within(x, columns);
    const [top, bottom] = within(y, rows);
    for (let r = top; r <= bottom; r += 1) {
      for (let c = left; c <= right; c += 1) {
        const i = r * columns + c;
        const covered = Math.min(1, Math.max(0, reach - distance(c + 0.5, r + 0.5, from, to)));
        if (covered <= cover[i]) continue;
        cover[i] = covered;
        values[i] = this.within(before[i] + covered * (value - before[i]));
      }
    }
  }

  // One pixel, as by keyboard.
  set(row, column, value) {
    this.begin();
    this.values[row * this.columns + column] = this.within(value);
  }

  at(row, column) {
    return this.values[row * this.columns + column];
  }

  within(value) {
    return Math.min(this.high, Math.max(this.low, value));
  }

  clear() {
    this.begin();
    this.values.fill(this.blank);
  }

  // Another picture; what was drawn before is forgotten.
  take(values) {
    this.values = Float64Array.from(values);
    this.past = [];
  }

  undo() {
    const before = this.past.pop();
    if (before) this.values = before;
    return Boolean(before);
  }
}

// Distance of a point to a segment.
export function distance(x, y, [ax, ay], [bx, by]) {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const t = length ? Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / length)) : 0;
  return Math.hypot(x - ax - t * dx, y - ay - t * dy);
}
