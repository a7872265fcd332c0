// A page without a browser, as far as the player needs one: elements, canvases that write down what is drawn, observers.

const WIDE = 6.4; // pixels of a letter, wider than those of most fonts at 11 pixels

class Context {
  constructor() {
    this.texts = [];
    this.calls = [];
    this.scale = 1;
  }

  setTransform(a) {
    this.scale = a;
  }

  clearRect() {
    this.texts = [];
    this.calls = [];
  }

  measureText(text) {
    return { width: text.length * WIDE };
  }

  fillText(text, x, y) {
    this.texts.push({ text, left: x, right: x + text.length * WIDE, top: y - 5.5, bottom: y + 5.5, font: this.font });
    this.calls.push(["fillText", x, y]);
  }

  createImageData(width, height) {
    return { data: new Uint8ClampedArray(4 * width * height) };
  }

  getImageData(left, top, width, height) {
    return this.createImageData(width, height);
  }

  createPattern() {
    return {};
  }
}

for (const name of [
  "beginPath", "closePath", "moveTo", "lineTo", "arc", "rect", "fill", "stroke", "fillRect", "strokeRect", "drawImage", "putImageData",
  "setLineDash",
]) {
  Context.prototype[name] = function record(...values) {
    this.calls.push([name, ...values]);
  };
}

class Classes extends Set {
  remove(name) {
    this.delete(name);
  }

  toggle(name, on) {
    if (on) this.add(name);
    else this.delete(name);
  }
}

// What can be listened to: a node or a media query.
class Target {
  listeners = {};

  addEventListener(name, listener, { once = false, signal } = {}) {
    const entry = { listener, once };
    (this.listeners[name] ??= new Set()).add(entry);
    signal?.addEventListener("abort", () => this.listeners[name].delete(entry));
  }

  fire(name, event = {}) {
    for (const entry of [...(this.listeners[name] ?? [])]) {
      if (entry.once) this.listeners[name].delete(entry);
      entry.listener({ preventDefault() {}, ...event });
    }
  }

  get listening() {
    return Object.values(this.listeners).reduce((sum, entries) => sum + entries.size, 0);
  }
}

class Element extends Target {
  classList = new Classes();

  constructor(tag) {
    super();
    Object.assign(this, { tag, dataset: {}, attributes: {}, children: [], textContent: "", hidden: false });
    Object.assign(this, { clientWidth: 300, clientHeight: 200, clientLeft: 0, clientTop: 0, offsetWidth: 20 });
    this.style = { setProperty: (name, value) => (this.style[name] = value) };
  }

  append(...nodes) {
    for (const node of nodes) node.parentElement?.children.includes(node) && node.remove();
    for (const node of nodes) node.parentElement = this;
    this.children.push(...nodes);
  }

  replaceChildren(...nodes) {
    this.children = [];
    this.append(...nodes);
  }

  remove() {
    const { children } = this.parentElement;
    children.splice(children.indexOf(this), 1);
  }

  setAttribute(name, value) {
    this.attributes[name] = value;
  }

  getAttribute(name) {
    return this.attributes[name] ?? null;
  }

  getBoundingClientRect() {
    return { left: 0, top: 0, width: this.clientWidth, height: this.clientHeight };
  }

  contains(node) {
    return node === this;
  }

  focus() {}

  setPointerCapture() {}

  getContext() {
    this.context ??= new Context();
    return this.context;
  }
}

export const newElement = (tag = "div") => new Element(tag);
globalThis.document = { createElement: newElement, createElementNS: (_, tag) => newElement(tag) };

// What watches from outside of a player's nodes: media queries, and observers that have not been disconnected.
export const queries = [];
export const observers = new Set();

globalThis.matchMedia = (text) => {
  const query = Object.assign(new Target(), { text, matches: false });
  queries.push(query);
  return query;
};

globalThis.ResizeObserver = globalThis.IntersectionObserver = class {
  observe() {
    observers.add(this);
  }

  disconnect() {
    observers.delete(this);
  }
};

const STYLE = {
  "--st-background-color": "#fbfaf6", "--st-secondary-background-color": "#f3efe4", "--st-text-color": "#1d2433", "--st-font": "sans-serif",
};
globalThis.getComputedStyle = () => ({ getPropertyValue: (name) => STYLE[name] ?? "" });

// Frames of animation come when a test asks for one.
const waiting = new Map();
let frames = 0;

globalThis.requestAnimationFrame = (callback) => {
  waiting.set((frames += 1), callback);
  return frames;
};
globalThis.cancelAnimationFrame = (id) => waiting.delete(id);

export function animate(now = performance.now()) {
  const due = [...waiting.values()];
  waiting.clear();
  for (const callback of due) callback(now);
  return due.length;
}

export const LIGHT = {
  dark: false, font: "sans-serif", ink: "rgb(29,36,51)", muted: "rgb(92,97,108)", line: "rgb(219,220,222)", grid: "rgb(235,235,237)",
  card: "rgb(255,255,255)",
};
