// What a pointer and the keyboard do on a map: light up the nearest sample, keep one, draw a box or a lasso around many.

import { make } from "../look.js";

const NEAR = { mouse: 12, pen: 16, touch: 24 }; // pixels
const DRAG = 5; // pixels after which a click is a drag

export function inside(polygon, x, y) {
  let within = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i, i += 1) {
    const [xi, yi] = polygon[i];
    const [xj, yj] = polygon[j];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) within = !within;
  }
  return within;
}

export class Pointing {
  // map: a CodeMap, with node, count, x and y (pixels of all samples); owner: {hover(index or null, event), pick(index, event),
  // select(indices, event), clear(event), outline(event), tool(): "box", "lasso" or null, mask(), picked(), words(index)}.
  constructor(map, owner) {
    Object.assign(this, { map, owner });
    this.at = -1; // the sample that the keyboard has reached
    this.live = make("span", "cl-hidden");
    this.live.setAttribute("aria-live", "polite");
    map.node.append(this.live);
    this.listen();
  }

  listen() {
    const { node } = this.map;
    node.addEventListener("pointerdown", (event) => this.onDown(event));
    node.addEventListener("pointermove", (event) => this.onMove(event));
    node.addEventListener("pointerup", (event) => this.onUp(event));
    node.addEventListener("pointercancel", () => this.abandon());
    node.addEventListener("pointerleave", (event) => {
      if (!this.drag) this.owner.hover(null, event);
    });
    node.addEventListener("keydown", (event) => this.onKey(event));
    node.addEventListener("blur", (event) => {
      node.classList.remove("cl-by-pointer");
      if (this.at >= 0) this.owner.hover(null, event);
      this.at = -1;
    });
  }

  reset() {
    this.at = -1;
    this.drag = null;
  }

  // ---- pointer

  where(event) {
    const box = this.map.node.getBoundingClientRect();
    return [event.clientX - box.left - this.map.node.clientLeft, event.clientY - box.top - this.map.node.clientTop];
  }

  // The point nearest to a place, or null where none is near. On a selection, context is not found.
  find(x, y, reach) {
    const mask = this.owner.mask();
    let best = reach * reach;
    let found = null;
    for (let i = 0; i < this.map.count; i += 1) {
      if (mask && !mask[i]) continue;
      const distance = (this.map.x[i] - x) ** 2 + (this.map.y[i] - y) ** 2;
      if (distance <= best) {
        best = distance;
        found = i;
      }
    }
    return found;
  }

  reach(event) {
    return NEAR[event.pointerType] ?? NEAR.mouse;
  }

  onDown(event) {
    if (event.button !== 0 || !this.map.count) return;
    const tool = event.altKey || event.shiftKey ? "lasso" : this.owner.tool();
    const touch = event.pointerType === "touch";
    this.drag = { id: event.pointerId, tool: tool ?? (touch ? null : "box"), active: false, path: [this.where(event)] };
    if (this.drag.tool) this.map.node.setPointerCapture(event.pointerId);
    if (!touch) event.preventDefault();
    this.map.node.classList.add("cl-by-pointer"); // which needs no outline
    this.map.node.focus({ preventScroll: true });
  }

  onMove(event) {
    const place = this.where(event);
    const { drag } = this;
    if (!drag) {
      if (event.pointerType !== "touch" && this.map.count) this.owner.hover(this.find(...place, this.reach(event)), event);
      return;
    }
    if (event.pointerId !== drag.id || !drag.tool) return;
    const [x, y] = drag.path[0];
    if (!drag.active && Math.hypot(place[0] - x, place[1] - y) < DRAG) return;
    drag.active = true;
    if (drag.tool === "box") drag.path[1] = place;
    else drag.path.push(place);
    this.owner.outline(event);
  }

  onUp(event) {
    const { drag } = this;
    if (event.pointerId !== drag?.id) return;
    this.drag = null;
    if (drag.active) return this.owner.select(this.within(drag), event);
    const found = this.find(...this.where(event), this.reach(event));
    this.at = found ?? -1;
    if (found === null) this.owner.clear(event);
    else this.owner.pick(found, event);
  }

  abandon() {
    if (!this.drag) return;
    this.drag = null;
    this.owner.outline(null);
  }

  within({ tool, path }) {
    const [[x0, y0]] = path;
    const [x1, y1] = path.at(-1);
    const box = (x, y) => (x - x0) * (x - x1) <= 0 && (y - y0) * (y - y1) <= 0;
    const holds = tool === "box" ? box : (x, y) => inside(path, x, y);
    const found = [];
    for (let i = 0; i < this.map.count; i += 1) if (holds(this.map.x[i], this.map.y[i])) found.push(i);
    return found;
  }

  // ---- keys

  onKey(event) {
    this.map.node.classList.remove("cl-by-pointer");
    if (event.altKey || event.ctrlKey || event.metaKey || !this.map.count) return;
    const steps = {
      ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, PageDown: 10, PageUp: -10,
      Home: -this.map.count, End: this.map.count,
    };
    if (event.key === "Escape") {
      this.abandon();
      this.at = -1;
      this.owner.clear(event);
    } else if ((event.key === "Enter" || event.key === " ") && this.at >= 0) {
      this.owner.pick(this.at, event);
    } else if (event.key in steps) {
      this.walk(steps[event.key], event);
    } else {
      return;
    }
    event.preventDefault();
  }

  walk(step, event) {
    const mask = this.owner.mask();
    const order = [];
    for (let i = 0; i < this.map.count; i += 1) if (!mask || mask[i]) order.push(i);
    if (!order.length) return;
    const from = order.indexOf(this.at < 0 ? (this.owner.picked() ?? -1) : this.at);
    const to = from < 0 ? (step < 0 && step > -this.map.count ? order.length - 1 : step === this.map.count ? order.length - 1 : 0) : from + step;
    this.at = order[Math.min(order.length - 1, Math.max(0, to))];
    this.owner.hover(this.at, event);
    this.live.textContent = `${this.owner.words(this.at)}; ${order.indexOf(this.at) + 1} of ${order.length}`;
  }
}
