// Points of the plane, each [x, y, class], that are placed, moved and removed. Nothing here touches the page.

const KEPT = 60; // steps that can be undone
export const SPRAY = 8; // points of one click

export class Points {
  constructor(low, high, most) {
    Object.assign(this, { low, high, most, all: [], past: [] });
  }

  keep() {
    this.past.push(this.all);
    if (this.past.length > KEPT) this.past.shift();
  }

  // Inside the plane.
  within([x, y]) {
    const { low, high } = this;
    return [Math.min(high[0], Math.max(low[0], x)), Math.min(high[1], Math.max(low[1], y))];
  }

  get full() {
    return this.all.length >= this.most;
  }

  add(place, label) {
    if (this.full) return false;
    this.keep();
    this.all = [...this.all, [...this.within(place), label]];
    return true;
  }

  // A few points about a place, normally distributed.
  spray(place, label, radius, random = Math.random) {
    const count = Math.min(SPRAY, this.most - this.all.length);
    if (count <= 0) return false;
    this.keep();
    const more = Array.from({ length: count }, () => {
      const [size, angle] = [radius * Math.sqrt(-2 * Math.log(1 - random())), 2 * Math.PI * random()];
      return [...this.within([place[0] + size * Math.cos(angle), place[1] + size * Math.sin(angle)]), label];
    });
    this.all = [...this.all, ...more];
    return true;
  }

  // The point next to a place, at most `reach` away; -1 where there is none.
  near([x, y], reach) {
    let [best, found] = [reach, -1];
    this.all.forEach(([px, py], i) => {
      const apart = Math.hypot(px - x, py - y);
      if (apart <= best) [best, found] = [apart, i];
    });
    return found;
  }

  // `keep` comes before the first of a series of moves.
  move(index, place) {
    this.all = this.all.map((point, i) => (i === index ? [...this.within(place), point[2]] : point));
  }

  remove(index) {
    if (index < 0) return false;
    this.keep();
    this.all = this.all.filter((_, i) => i !== index);
    return true;
  }

  replace(points) {
    this.keep();
    this.all = points.map(([x, y, label]) => [...this.within([x, y]), label]);
  }

  // What the server remembers; what was done before is forgotten.
  take(points) {
    this.all = points;
    this.past = [];
  }

  undo() {
    const before = this.past.pop();
    if (before) this.all = before;
    return Boolean(before);
  }
}
