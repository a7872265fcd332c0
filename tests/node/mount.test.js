import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { enter, leave } from "../../ui/mount.js";
import { newElement } from "./page.js";

mock.timers.enable({ apis: ["setTimeout"] });
let keys = 0;

// A component and what its module and the server hear.
function component() {
  const heard = { drawn: [], dropped: [], told: [] };
  const className = `e1 st-key-${(keys += 1)}`;
  const draw = (given) => heard.drawn.push(given);
  const drop = (element) => heard.dropped.push(element);
  const mount = (data = null) => {
    const parentElement = Object.assign(newElement(), { closest: () => ({ className }), isConnected: true });
    const at = heard.told.length;
    let last = null;
    const draws = (message = data) => {
      last = { key: `${Math.random()}`, data: message, parentElement, name: "own" };
      for (const way of ["setStateValue", "setTriggerValue"]) last[way] = (...told) => heard.told.push([parentElement, way, ...told]);
      enter(last, draw, drop);
      return last;
    };
    const first = draws();
    return { parentElement, first, draws, leave: () => leave(last), told: () => heard.told.slice(at) };
  };
  return { ...heard, mount };
}

beforeEach(() => mock.timers.tick(10_000));

test("a module draws into one element for all messages", () => {
  const { mount, drawn, dropped } = component();
  const first = mount("a");
  first.draws("b");
  assert.deepEqual(drawn.map(({ data, name }) => [data, name]), [["a", "own"], ["b", "own"]]);
  assert.equal(drawn[0].parentElement, drawn[1].parentElement);
  assert.deepEqual(first.parentElement.children, [drawn[0].parentElement]);
  drawn[0].setStateValue("state", 1);
  drawn[0].setTriggerValue("trigger", 2);
  assert.deepEqual(first.told().map(([, ...told]) => told), [["setStateValue", "state", 1], ["setTriggerValue", "trigger", 2]]);
  first.leave();
  mock.timers.tick(1499);
  assert.deepEqual(dropped, []);
  mock.timers.tick(1);
  assert.deepEqual([dropped, first.parentElement.children], [[drawn[0].parentElement], []]);
});

test("what was drawn moves to the next mount, and what was told meanwhile goes through that one", () => {
  const { mount, drawn, dropped, told } = component();
  const first = mount();
  const element = drawn[0].parentElement;
  first.leave();
  drawn[0].setTriggerValue("view", 1);
  drawn[0].setTriggerValue("view", 2);
  assert.deepEqual(told, []);
  mock.timers.tick(1000);
  const second = mount();
  assert.equal(drawn[1].parentElement, element);
  assert.deepEqual([first.parentElement.children, second.parentElement.children], [[], [element]]);
  assert.deepEqual(told, [[second.parentElement, "setTriggerValue", "view", 2]]);
  drawn[0].setTriggerValue("view", 3); // by what the first message brought
  assert.equal(told.at(-1)[0], second.parentElement);
  mock.timers.tick(10_000);
  assert.deepEqual(dropped, []);
  second.leave();
  second.draws(); // the same mount again
  mock.timers.tick(10_000);
  assert.deepEqual([dropped, drawn[2].parentElement, told.length], [[], element, 2]);
});

test("a mount that comes before the last one has gone takes over", () => {
  const { mount, drawn, dropped } = component();
  const first = mount();
  const second = mount();
  first.draws();
  assert.equal(drawn.length, 2);
  first.parentElement.isConnected = false;
  first.leave();
  mock.timers.tick(10_000);
  assert.deepEqual([dropped, second.parentElement.children], [[], [drawn[0].parentElement]]);
});

test("a mount that was passed over is drawn in where the other one goes", () => {
  const { mount, drawn, dropped } = component();
  const first = mount();
  const second = mount();
  first.draws("passed");
  second.leave();
  assert.deepEqual([drawn.at(-1).data, first.parentElement.children], ["passed", [drawn[0].parentElement]]);
  const third = mount(); // which goes, and nothing has come for the first one meanwhile
  third.leave();
  first.draws("within the time");
  assert.equal(drawn.at(-1).data, "within the time");
  first.leave();
  mock.timers.tick(1500);
  assert.equal(dropped.length, 1);
  first.draws("after it");
  assert.equal(drawn.at(-1).data, "after it");
  assert.notEqual(drawn.at(-1).parentElement, drawn[0].parentElement);
});

test("a call that a newer one of the same mount has overtaken takes nothing away", () => {
  const { mount, dropped } = component();
  const one = mount();
  one.draws();
  leave(one.first);
  mock.timers.tick(10_000);
  assert.deepEqual(dropped, []);
});

test("a pointer that a node held is let go where the node is moved", () => {
  const { mount, drawn } = component();
  const first = mount();
  const [host, inner] = [drawn[0].parentElement, newElement()];
  const cancelled = [];
  globalThis.PointerEvent = class {
    constructor(type, init) {
      Object.assign(this, { type, ...init });
    }
  };
  inner.dispatchEvent = ({ type, pointerId }) => cancelled.push([type, pointerId]);
  for (const pointerId of [1, 2]) host.fire("gotpointercapture", { pointerId, target: inner });
  host.fire("lostpointercapture", { pointerId: 1 });
  first.leave();
  mount();
  mount();
  assert.deepEqual(cancelled, [["pointercancel", 2]]);
});

test("one that comes too late begins anew, and so does another component", () => {
  const { mount, drawn } = component();
  mount().leave();
  drawn[0].setTriggerValue("view", 1);
  const other = component();
  other.mount();
  assert.notEqual(other.drawn[0].parentElement, drawn[0].parentElement);
  mock.timers.tick(1500);
  const late = mount();
  assert.notEqual(drawn[1].parentElement, drawn[0].parentElement);
  assert.deepEqual(late.told(), []);
});

test("the focus comes along, unless it has gone elsewhere", async () => {
  for (const [elsewhere, moves] of [[false, true], [true, false]]) {
    const { mount, drawn } = component();
    const first = mount();
    const [host, inner] = [drawn[0].parentElement, newElement()];
    host.append(inner);
    let focused = 0;
    inner.focus = () => (focused += 1);
    host.isConnected = true;
    host.fire("focusin", { target: inner });
    document.activeElement = document.body = newElement();
    host.isConnected = elsewhere; // taken away, or left by the visitor
    host.fire("focusout", {});
    await null;
    first.leave();
    mount();
    assert.equal(focused > 0, moves);
  }
});
