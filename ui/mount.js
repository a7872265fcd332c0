// What a component draws stays where Streamlit takes its mount away and brings it again.
//
// A component draws into a host of its own below its mount. Where two runs of the page follow each other at once, the
// server drops messages of the first one that have not left yet but still sends its end; the browser takes away what it
// was not sent, and the second run brings another mount. The host waits for that one and moves there, with all nodes,
// zoom, selection and focus; what is told to the server meanwhile waits as well. The app's own server keeps those messages
// (`keep_messages` in `ui/runs.py`); this holds for boards on any other one, and where a page ends early.

const WAITING = 1500; // ms
const hosts = new Map(); // component's name and key -> Host
const mounts = new WeakMap(); // mount -> its Host, also after that has moved on

// At each message and change of theme. draw(component) and drop(element) are the module's: the element is the host's.
export function enter(component, draw, drop) {
  const mount = component.parentElement;
  let host = mounts.get(mount);
  if (!host || host.gone) {
    const name = `${component.name} ${keyOf(mount)}`;
    host = hosts.get(name) ?? new Host(name, drop);
    hosts.set(name, host);
    mounts.set(mount, host);
  } else if (host.mount !== mount && !host.away) {
    host.passed = [component, draw]; // another mount has it, and keeps it while that one is there
    return;
  }
  host.enter(component, draw);
}

// Only the newest call counts: an older one of the same mount may be cleaned up after it.
export function leave(component) {
  const host = mounts.get(component.parentElement);
  if (host?.component === component) host.leave();
}

// The key that the script gave the component, from the class that Streamlit makes of it. What Streamlit itself hands over
// as a component's key is another one in each mount.
function keyOf(mount) {
  return /(?:^|\s)st-key-(\S+)/.exec(mount.closest('[class*="st-key-"]')?.className)?.[1] ?? "";
}

class Host {
  constructor(name, drop) {
    Object.assign(this, { name, drop, mount: null, passed: null, focused: null, held: new Map(), captured: new Map() });
    this.node = document.createElement("div");
    this.node.addEventListener("focusin", ({ target }) => (this.focused = target));
    // A browser may say this of a node that is taken away, too: that one keeps its focus.
    this.node.addEventListener("focusout", () => queueMicrotask(() => {
      if (this.node.isConnected && !this.node.contains(document.activeElement)) this.focused = null;
    }));
    this.node.addEventListener("gotpointercapture", ({ pointerId, target }) => this.captured.set(pointerId, target));
    this.node.addEventListener("lostpointercapture", ({ pointerId }) => this.captured.delete(pointerId));
  }

  enter(component, draw) {
    clearTimeout(this.timer);
    this.component = component;
    this.away = false;
    if (this.mount !== component.parentElement) this.moveTo(component.parentElement);
    const { node } = this;
    draw({
      ...component,
      parentElement: node,
      setStateValue: (...told) => this.tell("setStateValue", ...told),
      setTriggerValue: (...told) => this.tell("setTriggerValue", ...told),
    });
    for (const told of [...this.held.values()]) this.tell(...told);
  }

  moveTo(mount) {
    this.mount = mount;
    mount.append(this.node);
    if (this.focused && document.activeElement === document.body) this.focused.focus({ preventScroll: true });
    // Where a node is taken away, so is the pointer that it held, and it hears nothing of that: a stroke would never end.
    for (const [pointerId, target] of this.captured) {
      target.dispatchEvent(new PointerEvent("pointercancel", { pointerId, bubbles: true }));
    }
    this.captured.clear();
  }

  // While there is no mount, the last value of each name waits.
  tell(way, name, value) {
    this.held.delete(name);
    if (this.away) this.held.set(name, [way, name, value]);
    else this.component[way](name, value);
  }

  leave() {
    clearTimeout(this.timer);
    this.away = true;
    const [component, draw] = this.passed ?? [];
    this.passed = null;
    if (component?.parentElement.isConnected) return this.enter(component, draw);
    this.timer = setTimeout(() => this.end(), WAITING);
    this.timer.unref?.(); // for tests outside a browser
  }

  end() {
    this.gone = true;
    hosts.delete(this.name);
    this.drop(this.node);
    this.node.remove();
  }
}
