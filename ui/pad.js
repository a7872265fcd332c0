// The pad: what a visitor draws or places, and beside it what both models make of that.
//
// The browser draws at once; the server hears of it as `pad_post.js` says and answers with numbers. A message with another
// version brings another drawing (a sample that was taken, a page that was opened again); without it, the drawing is the
// browser's.

import { make, readTheme } from "./look.js";
import { ImagePad } from "./pad_image.js";
import { PlanePad } from "./pad_plane.js";
import { Post } from "./pad_post.js";
import { Results } from "./pad_results.js";

const SURFACES = { image: ImagePad, points: PlanePad };
const pads = new Map();

export function draw(component) {
  const parent = component.parentElement;
  if (!pads.has(parent)) pads.set(parent, new Pad(parent));
  pads.get(parent).update(component);
}

export function drop(parent) {
  pads.get(parent)?.drop();
  pads.delete(parent);
}

class Pad {
  constructor(parent) {
    this.parent = parent;
    this.root = make("div", "cl-pad");
    this.card = make("section", "cl-pad-card cl-pad-drawing");
    this.title = make("h2", "cl-pad-title");
    this.yardstick = make("span", "cl-pad-yardstick");
    const head = make("div", "cl-pad-head");
    head.append(this.title, this.yardstick);
    this.host = make("div");
    this.card.append(head, this.host);
    this.results = new Results();
    this.status = make("p", "cl-pad-status");
    this.status.setAttribute("role", "status");
    this.spoken = make("p", "cl-pad-hidden");
    this.spoken.setAttribute("aria-live", "polite");
    const layout = make("div", "cl-pad-layout");
    layout.append(this.card, ...this.results.nodes);
    this.root.append(layout, this.status, this.spoken);
    parent.append(this.root);
  }

  update(component) {
    this.component = component;
    const theme = readTheme(this.parent);
    const look = JSON.stringify(theme);
    const restyled = look !== this.look;
    if (restyled) {
      Object.assign(this, { look, theme });
      for (const name of ["ink", "muted", "line", "card"]) this.root.style.setProperty(`--cl-${name}`, theme[name]);
      this.root.classList.toggle("cl-dark", theme.dark);
    }
    if (component.data?.length) this.take(JSON.parse(new TextDecoder().decode(component.data)));
    if (restyled) this.surface?.restyle(theme);
    if (this.header) this.results.show(this.header, theme);
  }

  take(header) {
    const other = header.id !== this.header?.id;
    const version = this.header?.version;
    this.header = header;
    if (other) this.begin(header);
    if (other || header.version !== version) this.surface.adopt(header.at);
    this.surface.header = header;
    this.post.heard(header.seen);
    this.surface.show(header.result);
    this.tell();
  }

  // Another dataset: another pad.
  begin(header) {
    this.post?.drop();
    this.surface?.drop();
    this.post = new Post(
      () => ({ id: this.header.id, ...this.surface.compose() }),
      (message) => this.component.setTriggerValue("event", message),
    );
    this.post.number = this.post.seen = header.seen;
    this.surface = new SURFACES[header.kind](header, () => this.post.want(), (words) => (this.spoken.textContent = words));
    this.surface.restyle(this.theme);
    this.host.replaceChildren(this.surface.node);
    const [title, yardstick] = this.surface.title;
    this.title.textContent = title;
    this.yardstick.textContent = yardstick;
    this.surface.mounted = (text) => (this.yardstick.textContent = text);
  }

  // In words, once what was sent has been answered: while a stroke goes on a reader would be talked over.
  tell() {
    const { header, post } = this;
    this.root.dataset.seen = header.seen;
    if (post.waiting || post.seen < post.number) return;
    this.status.textContent = header.sentence || (header.result ? this.results.words(header) : "");
    this.status.classList.toggle("cl-pad-warning", Boolean(header.sentence));
  }

  drop() {
    this.post?.drop();
    this.surface?.drop();
  }
}
