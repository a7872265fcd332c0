import assert from "node:assert/strict";
import test from "node:test";

import { Disc, Inks, Raster } from "../../ui/player/raster.js";
import "./page.js";

const WHITE = 0xffffffff;

// A white picture and one black ink, so that a pixel's darkness is how much of it is covered.
function paper(width, height) {
  const raster = new Raster();
  raster.resize(width, height);
  raster.paper = new Uint32Array(width * height).fill(WHITE);
  raster.start();
  return raster;
}

const inks = new Inks(["#000000", "#ff0000", "rgb(0, 0, 255)"]);
const covered = (raster) => raster.pixels.reduce((sum, pixel) => sum + 1 - (pixel & 255) / 255, 0);

test("a disc covers its area, wherever in a pixel it stands", () => {
  for (const radius of [1.6, 3, 4.5]) {
    for (const [x, y] of [[10, 10], [10.3, 10.9], [9.5, 10.5]]) {
      const raster = paper(20, 20);
      raster.dot(new Disc(radius, 1), inks, 0, x, y);
      const area = Math.PI * radius ** 2;
      assert.ok(Math.abs(covered(raster) / area - 1) < 0.1, `${radius}: ${covered(raster)} is not ${area}`);
    }
  }
});

test("its middle is where it was set", () => {
  const raster = paper(30, 30);
  const [x, y] = [12.6, 17.2];
  raster.dot(new Disc(4, 1), inks, 0, x, y);
  let [sum, sx, sy] = [0, 0, 0];
  raster.pixels.forEach((pixel, i) => {
    const share = 1 - (pixel & 255) / 255;
    sum += share;
    sx += share * ((i % 30) + 0.5);
    sy += share * (Math.floor(i / 30) + 0.5);
  });
  assert.ok(Math.abs(sx / sum - x) < 0.2 && Math.abs(sy / sum - y) < 0.2);
});

test("half-covering discs lie over each other as they do in print", () => {
  const raster = paper(13, 13);
  const disc = new Disc(4, 0.5);
  raster.dot(disc, inks, 1, 6.5, 6.5);
  raster.dot(disc, inks, 2, 6.5, 6.5);
  const pixel = raster.pixels[6 * 13 + 6];
  const [red, green, blue] = [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255];
  assert.ok(Math.abs(red - 127) <= 2 && Math.abs(green - 64) <= 2 && Math.abs(blue - 191) <= 2, `${red}, ${green}, ${blue}`);
  assert.equal(pixel >>> 24, 255);
});

test("discs are cut off at the edge, and what has no place is left out", () => {
  const raster = paper(10, 6);
  const disc = new Disc(3, 1);
  for (const [x, y] of [[1e9, 3], [NaN, 2], [3, NaN], [-1e9, 0], [-6, 3], [5, 20]]) raster.dot(disc, inks, 0, x, y);
  assert.equal(covered(raster), 0);
  for (const [x, y] of [[0, 0], [10, 6]]) raster.dot(disc, inks, 0, x, y);
  assert.ok(Math.abs(covered(raster) - 2 * Math.PI * 9 / 4) < 2);
});
