// Dots on a picture of pixels of our own: a thousand take a third of a millisecond, where a canvas takes three.
//
// A picture begins as a copy of its paper (all that does not move) and is opaque, so a dot of colour c and coverage a over a
// pixel p is a c + (1 - a) p, in each channel. Coverage is known beforehand for a dot's size and quarter of a pixel.

import { make } from "../look.js";
import { channels } from "./colour.js";

const PHASES = 4;
const FULL = 256;

// Coverage of a disc, for all 4 x 4 places of its middle within a pixel: 0 to 256.
export class Disc {
  constructor(radius, alpha) {
    this.size = Math.ceil(2 * radius) + 2;
    this.masks = Array.from({ length: PHASES * PHASES }, (_, phase) => this.mask(radius, alpha, phase));
  }

  mask(radius, alpha, phase) {
    const { size } = this;
    const middle = (part) => size / 2 + (part + 0.5) / PHASES - 0.5;
    const [x, y] = [middle(phase % PHASES), middle(Math.floor(phase / PHASES))];
    return Uint16Array.from({ length: size * size }, (_, i) => {
      const distance = Math.hypot((i % size) + 0.5 - x, Math.floor(i / size) + 0.5 - y);
      return Math.round(FULL * alpha * Math.min(1, Math.max(0, radius + 0.5 - distance)));
    });
  }
}

// Colours as two halves of a little-endian pixel: red and blue together, green alone.
export class Inks {
  constructor(colours) {
    const parts = colours.map(channels);
    this.redBlue = Uint32Array.from(parts, ([red, , blue]) => red | (blue << 16));
    this.green = Uint32Array.from(parts, ([, green]) => green << 8);
  }
}

export class Raster {
  constructor() {
    this.canvas = make("canvas", "cl-sheet");
    this.context = this.canvas.getContext("2d", { alpha: false, willReadFrequently: true });
    this.width = this.height = 0;
  }

  resize(width, height) {
    Object.assign(this, { width, height });
    Object.assign(this.canvas, { width, height });
    this.image = this.context.createImageData(width, height);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.paper = null;
  }

  // Draws what does not move, by draw(context), and shows it.
  setPaper(draw) {
    draw(this.context);
    const { data } = this.context.getImageData(0, 0, this.width, this.height);
    this.paper = new Uint32Array(data.buffer);
  }

  start() {
    this.pixels.set(this.paper);
  }

  finish() {
    this.context.putImageData(this.image, 0, 0);
  }

  // A disc around (x, y), in pixels of the picture, in ink number `ink`. What has no place is not drawn.
  dot(disc, inks, ink, x, y) {
    const { width, height, pixels } = this;
    const { size } = disc;
    const left = x - size / 2 + 0.5;
    const top = y - size / 2 + 0.5;
    const column = Math.floor(left);
    const row = Math.floor(top);
    if (!(column > -size && row > -size && column < width && row < height)) return;
    const mask = disc.masks[((left - column) * PHASES | 0) + PHASES * ((top - row) * PHASES | 0)];
    const redBlue = inks.redBlue[ink];
    const green = inks.green[ink];
    const from = Math.max(0, -column);
    const to = Math.min(size, width - column);
    const last = Math.min(size, height - row);
    for (let j = Math.max(0, -row); j < last; j += 1) {
      const line = (row + j) * width + column;
      for (let i = from; i < to; i += 1) {
        const cover = mask[j * size + i];
        if (cover === 0) continue;
        const below = pixels[line + i];
        const rest = FULL - cover;
        const mixedRedBlue = ((redBlue * cover + (below & 0xff00ff) * rest) >>> 8) & 0xff00ff;
        const mixedGreen = ((green * cover + (below & 0xff00) * rest) >>> 8) & 0xff00;
        pixels[line + i] = 0xff000000 | mixedRedBlue | mixedGreen;
      }
    }
  }

  // A filled square with an edge, in pixels of the picture.
  box(left, top, side, edge, inks, fill, line) {
    const { width, height, pixels } = this;
    const colour = (ink) => (0xff000000 | inks.redBlue[ink] | inks.green[ink]) >>> 0;
    for (let y = Math.max(0, top); y < Math.min(height, top + side); y += 1) {
      for (let x = Math.max(0, left); x < Math.min(width, left + side); x += 1) {
        const rim = x < left + edge || y < top + edge || x >= left + side - edge || y >= top + side - edge;
        pixels[y * width + x] = colour(rim ? line : fill);
      }
    }
  }
}
