// What a component draws stays where Streamlit takes its mount away and brings it again.
//
// A component draws into a host of its own below its mount. Where two runs of the page follow each other at once, the
// server drops messages of the first one that have not left yet but still sends its end; the browser takes away what it
// was not sent, and the second run brings another mount. The host waits for that one and moves there, with all nodes,
// zoom, selection and focus; what is told to the server meanwhile waits as well.

const WAITING = 1500; // ms
const hosts = new Map(); // component's name and key -> Host
const mounts = new WeakMap(); // mount -> its Host, also after that has moved on

// At each message and change of theme. draw(component) and drop(element) are the module's: the element is the host's.
export function enter(component, draw, drop) {
  const mount = component.parentElement;
  if (!mounts.has(mount)) {
    const name = `${component.name} ${keyOf(mount)}`;
    if (!hosts.has(name)) hosts.set(name, new Host(name, drop));
    mounts.set(mount, hosts.get(name));
    hosts.get(name).moveTo(mount);
  }
  const host = mounts.get(mount);
  if (host.mount === mount) host.enter(component, draw);
}

export function leave({ parentElement }) {
  const host = mounts.get(parentElement);
  if (host?.mount === parentElement) host.leave();
}

// The key that the script gave the component, from the class that Streamlit makes of it. What Streamlit itself hands over
// as a component's key is another one in each mount.
function keyOf(mount) {
  return /(?:^|\s)st-key-(\S+)/.exec(mount.closest('[class*="st-key-"]')?.className)?.[1] ?? "";
}

class Host {
  constructor(name, drop) {
    Object.assign(this, { name, drop, mount: null, focused: null, held: new Map() });
    this.node = document.createElement("div");
    this.node.addEventListener("focusin", ({ target }) => (this.focused = target));
    // A browser may say this of a node that is taken away, too: that one keeps its focus.
    this.node.addEventListener("focusout", () => queueMicrotask(() => {
      if (this.node.isConnected && !this.node.contains(document.activeElement)) this.focused = null;
    }));
  }

  enter(component, draw) {
    clearTimeout(this.timer);
    this.component = component;
    this.away = false;
    const { node } = this;
    draw({
      ...component,
      parentElement: node,
      setStateValue: (...told) => this.tell("setStateValue", ...told),
      setTriggerValue: (...told) => this.tell("setTriggerValue", ...told),
    });
    for (const [, told] of this.held) this.tell(...told);
    this.held.clear();
  }

  moveTo(mount) {
    this.mount = mount;
    mount.append(this.node);
    if (this.focused && document.activeElement === document.body) this.focused.focus({ preventScroll: true });
  }

  // The last value of each name, once there is a mount.
  tell(way, name, value) {
    if (this.away) this.held.set(name, [way, name, value]);
    else this.component[way](name, value);
  }

  leave() {
    this.away = true;
    this.timer = setTimeout(() => {
      hosts.delete(this.name);
      this.drop(this.node);
      this.node.remove();
      mounts.delete(this.mount);
    }, WAITING);
    this.timer.unref?.(); // for tests outside a browser
  }
}
