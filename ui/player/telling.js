// The words below the pictures: what has changed, what is interpolated, what training is doing, what a map cannot show.

import { make } from "../look.js";
import { ofUmap, readout, sentence } from "./words.js";

const SPEAK = 500; // ms between two sentences, for those who hear them

function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export class Telling {
  // uttered(state): called along with each new sentence.
  constructor(uttered) {
    this.uttered = uttered;
    this.node = make("div", "cl-telling");
    this.sentence = make("p", "cl-sentence");
    this.sentence.setAttribute("aria-live", "polite");
    this.subject = make("b");
    this.rest = make("span");
    this.sentence.append(this.subject, this.rest);
    this.aside = make("p", "cl-aside");
    this.node.append(this.sentence, this.aside);
    this.blind = make("p", "cl-blind");
    this.blind.hidden = true;
    this.advice = make("p", "cl-advice");
  }

  show(state) {
    const { path, u, v, map, header } = state;
    this.state = state;
    say(this.aside, path?.ready ? [readout(path, u, v, map), header?.status].filter(Boolean).join(" · ") : "");
    say(this.advice, header?.advice ?? "");
    this.explain(state);
    const wait = (this.spoken ?? -Infinity) + SPEAK - performance.now();
    if (wait <= 0) this.utter();
    else this.waiting ??= setTimeout(() => this.utter(), wait);
  }

  utter() {
    clearTimeout(this.waiting);
    this.waiting = null;
    this.spoken = performance.now();
    const { path, u, v, header } = this.state;
    const text = path?.ready ? sentence(path, u, v) : header?.status || "";
    const colon = text.indexOf(":");
    say(this.subject, colon > 0 ? text.slice(0, colon) : "");
    say(this.rest, colon > 0 ? text.slice(colon) : text);
    this.uttered(this.state);
  }

  // What UMAP cannot show, or why there is none yet.
  explain({ path, header, map, wantedMap }) {
    this.blind.hidden = wantedMap !== "umap";
    if (this.blind.hidden) return;
    const waiting = header?.umap?.text || "There is no UMAP of this path yet; the maps are PCA.";
    say(this.blind, map === "umap" ? `${header?.blind ?? ""} ${ofUmap(path)}`.trim() : waiting);
  }

  drop() {
    clearTimeout(this.waiting);
  }
}
