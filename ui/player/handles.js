// Handles: a slider for mouse, touch, wheel and keys, a field for a typed value, a row of choices.
//
// A slider proposes values and shows what it is told: what a value means, how far it may go now, and when something has
// settled is its owner's business. Its coordinate runs from 0 to `max`; integers are stops, and keys go from stop to stop.

import { make } from "../look.js";

const SNAP = 3; // pixels within which a stop is meant
const NOTCH = 100; // pixels of wheel that make half a step
const GESTURE = 300; // a wheel that turned elsewhere a moment ago is scrolling the page

let scrolled = -Infinity; // when the page was last scrolled by wheel, outside a slider

if (typeof window !== "undefined") {
  window.addEventListener("wheel", (event) => {
    if (!event.target.closest?.(".cl-slider, .cl-field")) scrolled = event.timeStamp;
  }, { passive: true, capture: true });
}

// Where a key takes a handle, before its limits: to the next stop, by a tenth of a step where it is `fine`, by three stops,
// to an end; null for keys that mean nothing here.
export function afterKey(key, fine, value, max) {
  const up = key === "ArrowRight" || key === "ArrowUp";
  if (up || key === "ArrowLeft" || key === "ArrowDown") {
    if (fine) return Math.round(value * 10 + (up ? 1 : -1)) / 10;
    return up ? Math.floor(value + 1e-9) + 1 : Math.ceil(value - 1e-9) - 1;
  }
  if (key === "PageUp") return Math.round(value) + 3;
  if (key === "PageDown") return Math.round(value) - 3;
  if (key === "Home") return 0;
  return key === "End" ? max : null;
}

// Which of the labels in a row there is room for: every one, every second, every third...; the first and the last always,
// where there is room for two. where: their middles; half: half their widths, with what is kept free.
export function withRoom(where, half) {
  const last = where.length - 1;
  const fits = (i, j) => where[i] + half[i] <= where[j] - half[j];
  const spaced = (step) => {
    const kept = [];
    for (let i = 0; i < last; i += step) kept.push(i);
    if (kept.length > 1 && !fits(kept.at(-1), last)) kept.pop(); // the last label takes its place
    return [...kept, last];
  };
  for (let step = 1; step <= last; step += 1) {
    const kept = spaced(step);
    if (kept.every((index, i) => i === 0 || fits(kept[i - 1], index))) return kept;
  }
  return [0];
}

export class Slider {
  // owner: {move(value, event), settle(later)}; `later` where more of the same may follow (keys, wheel).
  constructor({ label, className, owner }) {
    this.owner = owner;
    this.value = this.max = this.limit = 0;
    this.width = 0;
    this.ticks = [];
    this.node = make("div", `cl-slider ${className}`);
    this.track = make("div", "cl-track");
    this.reach = make("div", "cl-reach");
    this.ghost = make("div", "cl-ghost");
    this.ghost.hidden = true;
    this.thumb = make("div", "cl-thumb");
    this.scale = make("div", "cl-ticks");
    this.scale.setAttribute("aria-hidden", "true");
    this.track.append(this.reach, this.ghost, this.thumb);
    this.node.append(this.track, this.scale);
    this.thumb.tabIndex = 0;
    this.thumb.setAttribute("role", "slider");
    this.thumb.setAttribute("aria-label", label);
    this.listen();
  }

  listen() {
    const { node } = this;
    node.addEventListener("pointerdown", (event) => this.onDown(event));
    node.addEventListener("pointermove", (event) => this.onMove(event));
    node.addEventListener("pointerup", (event) => this.onUp(event));
    node.addEventListener("pointercancel", () => this.release());
    node.addEventListener("lostpointercapture", () => this.release());
    node.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
    this.thumb.addEventListener("keydown", (event) => this.onKey(event));
    this.thumb.addEventListener("blur", () => this.thumb.classList.remove("cl-by-pointer"));
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(this.track);
  }

  // ---- what it shows

  // ticks: [{at, text}] in order; range: what assistive technology hears as the two ends.
  configure({ max, ticks, range }) {
    this.max = max;
    this.ticks = ticks;
    this.node.classList.toggle("cl-off", max <= 0);
    this.thumb.setAttribute("aria-disabled", String(max <= 0));
    this.thumb.setAttribute("aria-valuemin", String(range[0]));
    this.thumb.setAttribute("aria-valuemax", String(range[1]));
    this.layTicks();
    this.place();
  }

  show({ value, limit, ghost, now, text }) {
    this.value = value;
    this.limit = limit;
    this.ghostAt = ghost;
    if (text !== this.text) {
      this.text = text;
      this.thumb.setAttribute("aria-valuenow", String(now));
      this.thumb.setAttribute("aria-valuetext", text);
    }
    this.place();
  }

  place() {
    const x = (value) => (this.max > 0 ? (value / this.max) * this.width : 0);
    this.thumb.style.transform = `translateX(${x(this.value)}px)`;
    const away = this.ghostAt === null || this.ghostAt === undefined || Math.abs(x(this.ghostAt) - x(this.value)) < 2;
    if (this.ghost.hidden !== away) this.ghost.hidden = away;
    if (!away) this.ghost.style.transform = `translateX(${x(this.ghostAt)}px)`;
    const share = this.max > 0 ? this.limit / this.max : 0;
    if (share !== this.share) {
      this.share = share;
      this.reach.style.transform = `scaleX(${1 - share})`;
    }
  }

  resize() {
    const width = this.track.clientWidth;
    if (width === this.width) return;
    this.width = width;
    this.layTicks();
    this.place();
  }

  // A dot at every stop, and words at as many as there is room for.
  layTicks() {
    this.scale.replaceChildren();
    if (!this.ticks.length || !this.width) return;
    const nodes = this.ticks.map(({ at, text }) => {
      const node = make("span", "cl-tick", text);
      node.style.left = `${this.max > 0 ? (at / this.max) * 100 : 0}%`;
      return node;
    });
    this.scale.append(...nodes);
    const where = this.ticks.map(({ at }) => (this.max > 0 ? (at / this.max) * this.width : 0));
    const kept = new Set(withRoom(where, nodes.map((node) => node.offsetWidth / 2 + 5)));
    nodes.forEach((node, index) => {
      if (!kept.has(index)) {
        node.textContent = "";
        node.classList.add("cl-dot");
      }
    });
  }

  // ---- what a hand does

  toValue(clientX) {
    const share = (clientX - this.left - this.drag.shift) / this.width;
    const value = Math.min(this.limit, Math.max(0, share * this.max));
    const stop = Math.round(value);
    const step = this.width / this.max;
    return step > 4 * SNAP && Math.abs(value - stop) * step < SNAP ? Math.min(stop, this.limit) : value;
  }

  onDown(event) {
    if (event.button !== 0 || this.max <= 0 || this.drag) return;
    const held = this.thumb.contains(event.target);
    this.left = this.track.getBoundingClientRect().left;
    const shift = held ? event.clientX - this.left - (this.value / this.max) * this.width : 0;
    // A finger on the track may be about to scroll the page: only one on the thumb, or one that moves along, takes hold.
    this.drag = { id: event.pointerId, from: event.clientX, shift, sure: held || event.pointerType !== "touch", moved: false };
    this.node.setPointerCapture(event.pointerId);
    this.node.classList.add("cl-held");
    if (event.pointerType !== "touch") event.preventDefault(); // no text is selected
    this.thumb.classList.add("cl-by-pointer"); // which needs no outline
    this.thumb.focus({ preventScroll: true });
    if (this.drag.sure && !held) this.take(event);
  }

  onMove(event) {
    if (event.pointerId !== this.drag?.id) return;
    this.drag.sure ||= Math.abs(event.clientX - this.drag.from) > 5;
    if (this.drag.sure && (this.drag.moved || event.clientX !== this.drag.from)) this.take(event);
  }

  take(event) {
    this.drag.moved = true;
    this.propose(this.toValue(event.clientX), event);
  }

  // The value counts at once: a second key may come before the next frame.
  propose(value, event) {
    this.value = value;
    this.owner.move(value, event);
  }

  onUp(event) {
    if (event.pointerId !== this.drag?.id) return;
    if (!this.drag.sure) this.take(event); // a tap on the track
    this.release();
  }

  release() {
    if (!this.drag) return;
    const { moved } = this.drag;
    this.drag = null;
    this.node.classList.remove("cl-held");
    if (moved) this.owner.settle(false);
  }

  onWheel(event) {
    if (event.ctrlKey || this.max <= 0 || event.timeStamp - scrolled < GESTURE) {
      scrolled = Math.max(scrolled, event.timeStamp); // the same gesture goes on
      return;
    }
    event.preventDefault();
    const unit = event.deltaMode === 1 ? 33 : event.deltaMode === 2 ? 300 : 1;
    const delta = (Math.abs(event.deltaX) > Math.abs(event.deltaY) ? event.deltaX : -event.deltaY) * unit;
    this.step(this.value + (delta / NOTCH) * 0.5, event);
  }

  onKey(event) {
    this.thumb.classList.remove("cl-by-pointer");
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const next = afterKey(event.key, event.shiftKey, this.value, this.max);
    if (next === null) return;
    event.preventDefault(); // the page does not scroll, even where there is only one stop
    this.step(next, event);
  }

  step(value, event) {
    const next = Math.min(this.limit, Math.max(0, value));
    if (next === this.value) return;
    this.propose(next, event);
    this.owner.settle(true);
  }

  drop() {
    this.observer.disconnect();
  }
}

// A typed number. It keeps its hands off what is being typed.
export class NumberField {
  constructor({ label, className, commit }) {
    this.node = make("input", `cl-field ${className}`);
    this.node.type = "number";
    this.node.step = "any";
    this.node.min = "0";
    this.node.setAttribute("aria-label", label);
    this.node.addEventListener("change", (event) => {
      const value = this.node.value.trim() === "" ? NaN : Number(this.node.value);
      this.typing = false;
      if (Number.isFinite(value)) commit(value, event);
      this.node.value = this.text;
    });
    this.node.addEventListener("input", () => (this.typing = true));
    this.node.addEventListener("focus", () => this.node.select());
    this.node.addEventListener("blur", () => this.restore());
    this.node.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.restore();
    });
    this.text = "";
  }

  // Arrow keys and the wheel move a slider's handle from here, too.
  follow(slider) {
    this.node.addEventListener("keydown", (event) => {
      if (!/^(Arrow|Page)(Up|Down)$/.test(event.key)) return;
      this.typing = false;
      slider.onKey(event);
    });
    this.node.addEventListener("wheel", (event) => slider.onWheel(event), { passive: false });
  }

  show(text) {
    if (text === this.text && this.node.value === text) return;
    this.text = text;
    if (!this.typing) this.node.value = text;
  }

  restore() {
    this.typing = false;
    this.node.value = this.text;
  }
}

// A row of buttons of which one is pressed. choices: [[value, text, title, act]]; where a text is a sign, its title is its
// name; one that only acts is never pressed.
export class Choice {
  constructor({ label, choices, choose, caption }) {
    this.node = make("div", "cl-choice");
    this.node.setAttribute("role", "group");
    this.node.setAttribute("aria-label", label);
    if (caption) this.node.append(make("span", "cl-choice-name", caption));
    const row = make("div", "cl-segments");
    this.node.append(row);
    this.buttons = choices.map(([value, text, title, act]) => {
      const node = make("button", "cl-segment", text);
      node.type = "button";
      if (title) node.title = title;
      if (!/[a-z]/i.test(text)) node.setAttribute("aria-label", title);
      node.addEventListener("click", (event) => choose(value, event));
      row.append(node);
      return [value, node, act];
    });
    this.show(null);
  }

  show(value) {
    for (const [own, node, act] of this.buttons) {
      if (act) continue;
      const pressed = String(own === value);
      if (node.getAttribute("aria-pressed") !== pressed) node.setAttribute("aria-pressed", pressed);
    }
  }

  enable(value, on) {
    for (const [own, node] of this.buttons) if (own === value && node.disabled === Boolean(on)) node.disabled = !on;
  }
}
