// What both pads are made of: buttons of which one is pressed, packed numbers, and small pictures.

import { button, make } from "./look.js";

// A row of buttons of which one is pressed; `options` are [id, name, title], `chosen(id)` hears of a choice.
export function choice(name, options, at, chosen) {
  const node = make("div", "cl-pad-choice");
  node.setAttribute("role", "group");
  node.setAttribute("aria-label", name);
  const buttons = new Map(options.map(([id, text, title]) => [id, button(text, title, () => press(id))]));
  const show = (id) => buttons.forEach((one, key) => one.setAttribute("aria-pressed", String(key === id)));
  const press = (id) => {
    show(id);
    chosen(id);
  };
  node.append(...buttons.values());
  show(at);
  return { node, buttons, show };
}

export function row(...nodes) {
  const node = make("div", "cl-pad-row");
  node.append(...nodes);
  return node;
}

// Bytes of a text in base64.
export const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

// Paints `rows * columns` cells from `start` on, one pixel a cell.
export function paintCells(canvas, cells, start, rows, columns, colours) {
  if (canvas.width !== columns) canvas.width = columns;
  if (canvas.height !== rows) canvas.height = rows;
  const context = canvas.getContext("2d");
  const image = context.createImageData(columns, rows);
  const pixels = new Uint32Array(image.data.buffer);
  const count = Math.min(rows * columns, cells.length - start);
  for (let i = 0; i < count; i += 1) pixels[i] = colours[cells[start + i]];
  context.putImageData(image, 0, 0);
}
