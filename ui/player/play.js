// Playing: moves one of the two handles on by itself, at one of three speeds.

export const RATES = { slow: 1.2, normal: 3, fast: 6 }; // stops a second

export class Playback {
  constructor() {
    this.axis = "v"; // "v": over time, "u": over lambda
    this.speed = "normal";
    this.running = false;
    this.calm = typeof matchMedia === "function" ? matchMedia("(prefers-reduced-motion: reduce)") : { matches: false };
  }

  // How many there are on the way.
  stops(path) {
    if (!path?.ready) return 0;
    return this.axis === "u" ? path.lams.length : path.ready;
  }

  // Where to begin: from the start again where the handle is at the end.
  start(value, end) {
    this.running = end > 0;
    this.last = null;
    this.kept = 0;
    return value >= end - 1e-6 ? 0 : value;
  }

  stop() {
    this.running = false;
  }

  // The handle's place at the time `now`; without motion it goes from stop to stop.
  advance(value, end, now) {
    const passed = this.last === null ? 0 : Math.min(250, now - this.last) / 1000; // a hidden page does not leap
    this.last = now;
    let next = value + passed * RATES[this.speed];
    if (this.calm.matches) {
      this.kept += passed * RATES[this.speed];
      const steps = Math.floor(this.kept);
      this.kept -= steps;
      next = steps ? Math.floor(value + 1e-6) + steps : value;
    }
    if (next < end) return next;
    this.running = false;
    return end;
  }
}
