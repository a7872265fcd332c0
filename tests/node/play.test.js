import assert from "node:assert/strict";
import test from "node:test";

import { Playback, RATES } from "../../ui/player/play.js";

// Plays from a place to the end, a picture every `step` ms; all places on the way, the first one included.
function play(playback, from, end, step = 20) {
  const places = [playback.start(from, end)];
  for (let now = 1000; playback.running && places.length < 1e4; now += step) places.push(playback.advance(places.at(-1), end, now));
  return places;
}

test("from the start to the end at three speeds, over time and over lambda", () => {
  const path = { ready: 5, lams: [0, 0.1, 1, 10] };
  for (const [axis, last] of [["v", 4], ["u", 3]]) {
    for (const [speed, rate] of Object.entries(RATES)) {
      const playback = Object.assign(new Playback(), { axis, speed });
      const end = playback.stops(path) - 1;
      assert.equal(end, last);
      const places = play(playback, 0, end);
      assert.equal(places.at(-1), end);
      assert.equal(playback.running, false);
      places.slice(2).forEach((place, i) => assert.ok(place > places[i + 1]));
      assert.ok(Math.abs((places.length - 2) * 0.02 - last / rate) <= 0.021, `${speed}: ${places.length}`);
    }
  }
  assert.ok(RATES.slow < RATES.normal && RATES.normal < RATES.fast);
});

test("it goes on from where the handle is, and from the start where that is the end", () => {
  const playback = new Playback();
  assert.equal(playback.start(1.4, 3), 1.4);
  assert.equal(playback.start(3, 3), 0);
  assert.equal(playback.start(3 - 1e-9, 3), 0);
  assert.equal(playback.advance(1.4, 3, 500), 1.4); // the first picture sets the clock
  playback.stop();
  assert.equal(playback.running, false);
});

test("a page that was hidden does not leap", () => {
  const playback = new Playback();
  playback.start(0, 10);
  playback.advance(0, 10, 0);
  assert.ok(playback.advance(0, 10, 60_000) <= RATES.normal / 4);
});

test("without motion it goes through whole stops only, as fast", () => {
  for (const [speed, rate] of Object.entries(RATES)) {
    const playback = Object.assign(new Playback(), { speed, calm: { matches: true } });
    const places = play(playback, 0, 4);
    assert.deepEqual([...new Set(places)], [0, 1, 2, 3, 4]);
    assert.ok(Math.abs((places.length - 2) * 0.02 - 4 / rate) <= 0.041, speed);
    assert.deepEqual([...new Set(play(playback, 1.4, 3))], [1.4, 2, 3]);
    assert.deepEqual([...new Set(play(playback, 0, 4, 240))].filter((place) => !Number.isInteger(place)), []);
  }
});

test("between one stop and itself there is nothing to play", () => {
  const playback = new Playback();
  for (const [path, stops] of [[null, 0], [{ ready: 0, lams: [] }, 0], [{ ready: 1, lams: [0] }, 1]]) {
    for (const axis of ["u", "v"]) assert.equal(Object.assign(playback, { axis }).stops(path), stops);
  }
  assert.equal(playback.start(0, 0), 0);
  assert.equal(playback.running, false);
});

test("what comes on the way moves the end", () => {
  const playback = new Playback();
  let place = playback.start(0, 1);
  for (let now = 0; playback.running; now += 100) place = playback.advance(place, now < 200 ? 1 : 2, now);
  assert.equal(place, 2);
});
