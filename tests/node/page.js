// A page without a browser, as far as the charts need one: elements, and canvases that write down what is drawn.

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

class Element {
  constructor(tag) {
    Object.assign(this, { tag, style: {}, dataset: {}, attributes: {}, children: [], listeners: {}, textContent: "" });
  }

  append(...nodes) {
    this.children.push(...nodes);
  }

  setAttribute(name, value) {
    this.attributes[name] = value;
  }

  getAttribute(name) {
    return this.attributes[name] ?? null;
  }

  addEventListener(name, listener) {
    this.listeners[name] = listener;
  }

  getContext() {
    this.context ??= new Context();
    return this.context;
  }
}

export const newElement = (tag = "div") => new Element(tag);
globalThis.document = { createElement: newElement };

export const LIGHT = {
  dark: false, font: "sans-serif", ink: "rgb(29,36,51)", muted: "rgb(92,97,108)", line: "rgb(219,220,222)", grid: "rgb(235,235,237)",
  card: "rgb(255,255,255)",
};
