// What the board and the player share: nodes, and the colours of Streamlit's theme. Text is only ever set as textContent.

export function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

export function button(text, title, action) {
  const node = make("button", "cl-button", text);
  node.type = "button";
  node.title = title;
  node.addEventListener("click", action);
  return node;
}

export const PAPER = { ink: [29, 36, 51], page: [251, 250, 246], card: [255, 255, 255] };

// A CSS colour as three numbers.
function rgb(text, fallback) {
  const probe = document.createElement("canvas").getContext("2d");
  probe.fillStyle = "#000";
  probe.fillStyle = text.trim() || "#000";
  const hex = probe.fillStyle;
  if (!/^#[0-9a-f]{6}$/i.test(hex)) return fallback;
  return [1, 3, 5].map((start) => parseInt(hex.slice(start, start + 2), 16));
}

// Every colour of ours is a mixture of the ink and the card that it stands on.
export function shades(ink, page, card, font) {
  const mix = (share) => `rgb(${ink.map((part, i) => Math.round(part * share + card[i] * (1 - share))).join(",")})`;
  const dark = page[0] + page[1] + page[2] < 384;
  return {
    dark, font,
    ink: mix(1), muted: mix(dark ? 0.68 : 0.72), line: mix(0.16), grid: mix(0.09), card: mix(0),
  };
}

// The colours of Streamlit's theme where `parent` stands: {dark, font, ink, muted, line, grid, card}, as CSS texts.
export function readTheme(parent) {
  const style = getComputedStyle(parent);
  const page = rgb(style.getPropertyValue("--st-background-color"), PAPER.page);
  const ink = rgb(style.getPropertyValue("--st-text-color"), PAPER.ink);
  const dark = page[0] + page[1] + page[2] < 384;
  const card = dark ? rgb(style.getPropertyValue("--st-secondary-background-color"), page) : PAPER.card;
  return shades(ink, page, card, style.getPropertyValue("--st-font").trim() || "sans-serif");
}
