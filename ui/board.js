// The board: cards in a grid, one Plotly plot a card, updated in place.
//
// `draw` runs at every message and every change of theme. State lives in a Board per parent element, a Card per
// panel key; a card keeps its nodes for as long as its key is on the board. Text from outside is only ever set as
// textContent.

import { PAPER, button, make, readTheme, shades } from "./look.js";

const boards = new WeakMap();
let plotly = null; // a promise of window.Plotly

// Running Plotly's script holds the page for half a second: what else is being drawn goes first.
const whenIdle = (action) => (window.requestIdleCallback ? requestIdleCallback(action, { timeout: 400 }) : action());

export function load(address) {
  plotly ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => (window.Plotly ? resolve(window.Plotly) : reject(new Error("no Plotly")));
    script.onerror = () => reject(new Error("not loaded"));
    whenIdle(() => document.head.append(script));
  });
  plotly.catch(() => {});
}

export function draw(component) {
  const parent = component.parentElement;
  if (!boards.has(parent)) boards.set(parent, new Board(parent));
  boards.get(parent).update(component);
}

export function drop(parent) {
  boards.get(parent)?.drop();
  boards.delete(parent);
}

// ---------------------------------------------------------------- small tools

const isPlain = (value) => value !== null && typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype;

// The spec's own values win over the base's; arrays are taken as they are.
function merge(base, own) {
  const out = { ...base };
  for (const [name, value] of Object.entries(own ?? {})) {
    out[name] = isPlain(value) ? merge(isPlain(base?.[name]) ? base[name] : {}, value) : value;
  }
  return out;
}

const ARRAYS = {
  f4: Float32Array, f8: Float64Array, i1: Int8Array, i2: Int16Array, i4: Int32Array,
  u1: Uint8Array, u2: Uint16Array, u4: Uint32Array,
};

// A list, or Plotly's {dtype, bdata}, as something with length and entries; two-dimensional ones by their first column.
function entries(values) {
  if (!values || !values.bdata) return values ?? [];
  const bytes = Uint8Array.from(atob(values.bdata), (letter) => letter.charCodeAt(0));
  const flat = new (ARRAYS[values.dtype] ?? Float64Array)(bytes.buffer);
  const width = values.shape ? Number(String(values.shape).split(",")[1]) : 1;
  return width > 1 ? flat.filter((_, index) => index % width === 0) : flat;
}

function sampleId(custom) {
  const first = Array.isArray(custom) || ArrayBuffer.isView(custom) ? custom[0] : custom;
  return Number.isInteger(first) ? first : null;
}

// The shortest text that reads back as the same 32-bit number.
function exact(value) {
  for (let digits = 6; digits < 9; digits += 1) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(value);
}

const asText = (value) => (typeof value === "number" ? (Number.isFinite(value) ? String(value) : "") : String(value ?? ""));

function shown(value) {
  if (typeof value !== "number") return value === null || value === undefined ? "–" : String(value);
  if (!Number.isFinite(value)) return "–";
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
}

// ---------------------------------------------------------------- layout under every spec

const COLORWAY = ["#3b6fb6", "#dd7427", "#4b9b6a", "#a05f9e", "#b39a3c", "#6b7486", "#4fa3b5", "#c4607a", "#8a6d4f", "#7f8f3a"];
const AXIS = /^[xy]axis\d*$/;

function axisBase(theme) {
  return {
    gridcolor: theme.grid, linecolor: theme.line, zeroline: false, zerolinecolor: theme.line, showline: false,
    ticks: "", automargin: true, hoverformat: ".4~g", minorloglabels: "complete", tickfont: { size: 11, color: theme.muted },
    title: { font: { size: 12, color: theme.muted }, standoff: 8 },
  };
}

function axisNames(spec) {
  const names = new Set(["xaxis", "yaxis", ...Object.keys(spec.layout ?? {}).filter((name) => AXIS.test(name))]);
  for (const trace of spec.data ?? []) {
    for (const letter of ["x", "y"]) {
      const own = trace[`${letter}axis`];
      if (typeof own === "string") names.add(`${letter}axis${own.slice(1)}`);
    }
  }
  return names;
}

function layoutFor(panel, theme, size, dragmode) {
  const own = { ...(panel.spec.layout ?? {}) };
  const flat = [...axisNames(panel.spec)];
  const bare = flat.every((name) => own[name]?.visible === false);
  const margin = bare ? { l: 4, r: 4, t: 4, b: 4 } : { l: 34, r: 10, t: 8, b: 24 };
  const base = {
    ...size, autosize: false, uirevision: panel.key, hovermode: "closest", dragmode, colorway: COLORWAY,
    font: { family: theme.font, size: 12, color: theme.ink },
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    margin, bargap: 0.08,
    hoverlabel: { bgcolor: theme.card, bordercolor: theme.line, font: { family: theme.font, size: 12, color: theme.ink } },
    legend: {
      orientation: "h", x: 0, xanchor: "left", y: 1.01, yanchor: "bottom", itemwidth: 30,
      bgcolor: "rgba(0,0,0,0)", font: { size: 11, color: theme.muted },
    },
    // Ink on paper for what is 0 or more; plum and teal, neither model's colour, for what has a sign.
    colorscale: {
      sequential: [[0, theme.card], [1, theme.ink]],
      diverging: [[0, theme.dark ? "#d58bd0" : "#7d3c7a"], [0.5, theme.card], [1, theme.dark ? "#63c7b0" : "#1f7465"]],
    },
    newselection: { line: { color: theme.ink, width: 1, dash: "dot" } },
    activeselection: { fillcolor: theme.ink, opacity: 0.06 },
  };
  for (const name of flat) base[name] = axisBase(theme);
  for (const name of flat) if (typeof own[name]?.title === "string") own[name] = { ...own[name], title: { text: own[name].title } };
  return { ...merge(base, own), ...size };
}

// Cells without a scale of their own go from the card's colour to the ink's.
function dataFor(panel, theme) {
  const scaled = (trace) => !/^(heatmap|contour)$/.test(trace.type ?? "") || trace.colorscale || trace.coloraxis;
  const colorscale = [[0, theme.card], [1, theme.ink]];
  return (panel.spec.data ?? []).map((trace) => (scaled(trace) ? trace : { ...trace, colorscale }));
}

// ---------------------------------------------------------------- the board

class Board {
  constructor(parent) {
    this.parent = parent;
    this.root = make("div", "cl-board");
    this.grid = make("div", "cl-grid");
    this.root.append(this.grid);
    parent.append(this.root);
    this.cards = new Map();
    this.observer = new ResizeObserver((changes) => {
      for (const change of changes) change.target.card?.resized();
    });
  }

  update(component) {
    this.component = component;
    const theme = readTheme(this.parent);
    const look = JSON.stringify(theme);
    if (look !== this.look) {
      this.look = look;
      this.theme = theme;
      for (const name of ["ink", "muted", "line", "card"]) this.root.style.setProperty(`--cl-${name}`, theme[name]);
      for (const card of this.cards.values()) card.restyle();
    }
    const items = component.data ? JSON.parse(new TextDecoder().decode(component.data)) : [];
    const keep = new Set(items.map((item) => item.p.key));
    for (const [key, card] of this.cards) {
      if (keep.has(key)) continue;
      card.drop();
      this.cards.delete(key);
    }
    items.forEach((item, index) => {
      let card = this.cards.get(item.p.key);
      if (!card) this.cards.set(item.p.key, (card = new Card(this)));
      if (this.grid.children[index] !== card.node) this.grid.insertBefore(card.node, this.grid.children[index] ?? null);
      card.update(item);
    });
  }

  send(value) {
    this.component.setTriggerValue("select", value);
  }

  drop() {
    this.observer.disconnect();
    for (const card of this.cards.values()) card.drop();
    this.root.remove();
  }
}

class Card {
  constructor(board) {
    this.board = board;
    this.version = null;
    this.tool = undefined; // "select", "lasso", or undefined for the spec's own dragmode
    this.at = -1; // the point that the keyboard has reached
    this.node = make("section", "cl-card");
    this.title = make("h2", "cl-title");
    this.yardstick = make("span", "cl-yardstick");
    const head = make("div", "cl-head");
    head.append(this.title, this.yardstick);

    this.plot = make("div", "cl-plot");
    this.plot.card = this;
    this.gd = make("div", "cl-gd");
    this.note = make("p", "cl-note");
    this.note.hidden = true;
    this.plot.append(this.gd, this.note);
    this.plot.addEventListener("keydown", (event) => this.onKey(event));
    this.plot.addEventListener("blur", () => this.gd.layout && window.Plotly?.Fx.unhover(this.gd));

    this.caption = make("p", "cl-caption");
    this.live = make("span", "cl-hidden");
    this.live.setAttribute("aria-live", "polite");
    this.tools = make("div", "cl-tools");
    this.box = button("Box", "Drag a box around points to select them", () => this.toggleTool("select"));
    this.lasso = button("Lasso", "Draw around points to select them", () => this.toggleTool("lasso"));
    this.menu = make("div", "cl-menu");
    this.menu.hidden = true;
    this.tableButton = button("Table", "Show the numbers", () => this.toggleTable());
    this.tableButton.setAttribute("aria-expanded", "false");
    this.menu.append(
      this.tableButton,
      button("CSV", "Download the numbers", () => this.saveTable()),
      button("SVG", "Download the chart as a vector image", () => this.saveImage("svg")),
      button("PNG", "Download the chart as an image", () => this.saveImage("png")),
    );
    this.more = button("⋯", "Table and downloads", () => this.toggleMenu());
    this.more.classList.add("cl-more");
    this.more.setAttribute("aria-expanded", "false");
    this.tools.append(this.box, this.lasso, this.menu, this.more);
    const foot = make("div", "cl-foot");
    foot.append(this.caption, this.tools);

    this.table = make("div", "cl-table");
    this.table.hidden = true;
    this.table.tabIndex = 0;
    this.table.setAttribute("role", "region");
    const middle = make("div", "cl-middle");
    middle.append(this.plot, this.table); // the table lies over the plot: nothing else on the page moves
    this.node.append(head, middle, foot, this.live);
    board.observer.observe(this.plot);
  }

  update(item) {
    if (item.v === this.version) return;
    this.version = item.v;
    const panel = (this.panel = item.p);
    const { node } = this;
    node.dataset.panel = panel.key;
    node.style.setProperty("--cl-span", Math.min(12, Math.max(1, panel.span)));
    node.setAttribute("aria-label", panel.title);
    this.plot.style.height = panel.ratio ? `min(${panel.height}px, ${100 * panel.ratio}cqw)` : `${panel.height}px`;
    this.title.textContent = panel.title;
    this.title.dataset.model = panel.model ?? "";
    this.yardstick.textContent = panel.yardstick;
    this.caption.textContent = panel.caption;
    this.more.setAttribute("aria-label", `Table and downloads of ${panel.title}`);
    this.tableButton.disabled = !panel.table.length;
    this.describe(panel);
    // A spec with a dragmode of its own, other than a selection, offers to pick one sample, not many.
    const many = [undefined, "select", "lasso"].includes(panel.spec.layout?.dragmode);
    const points = panel.select && many && (panel.spec.data ?? []).some((trace) => /^(scatter|scattergl|)$/.test(trace.type ?? ""));
    this.box.hidden = this.lasso.hidden = !points;
    this.showTool();
    if (!this.table.hidden) this.fillTable();
    this.request();
  }

  describe(panel) {
    const { plot } = this;
    const label = panel.alt || panel.caption || panel.title;
    if (panel.select) {
      plot.tabIndex = 0;
      plot.setAttribute("role", "application");
      plot.setAttribute("aria-roledescription", "chart");
      plot.setAttribute("aria-label", `${label} Arrow keys step through the samples, Enter selects one.`);
    } else {
      plot.removeAttribute("tabindex");
      plot.removeAttribute("aria-roledescription");
      plot.setAttribute("role", "img");
      plot.setAttribute("aria-label", label);
    }
  }

  // ---- drawing: one at a time, and only the newest

  restyle() {
    if (this.panel) this.request();
  }

  resized() {
    if (this.panel && this.gd.clientWidth && this.gd.clientWidth !== this.width) this.request();
  }

  async request() {
    this.wanted = true;
    if (this.busy) return;
    this.busy = true;
    while (this.wanted && !this.gone) {
      try {
        const Plotly = await plotly;
        this.wanted = false;
        await this.paint(Plotly);
      } catch (error) {
        if (this.gone) break; // taken off the board while it was drawn
        this.wanted = false;
        this.say(window.Plotly ? "This chart could not be drawn." : "The charting library could not be loaded. Reload the page.");
        console.warn("board:", this.panel?.key, error);
      }
    }
    this.busy = false;
  }

  async paint(Plotly) {
    const { panel, gd } = this;
    const data = dataFor(panel, this.board.theme);
    if (!data.length) return this.say("Nothing to show yet.");
    const width = gd.clientWidth;
    if (!width) return; // hidden: the observer calls again
    this.width = width;
    const layout = layoutFor(panel, this.board.theme, { width, height: gd.clientHeight || panel.height }, this.dragmode());
    const first = !gd.layout;
    this.painting = true;
    await Plotly.react(gd, data, layout, { displayModeBar: false, responsive: false, scrollZoom: false, doubleClick: "reset" });
    this.painting = false;
    if (first && !this.gone) this.listen();
    this.say("");
  }

  say(text) {
    this.note.textContent = text;
    this.note.hidden = !text;
    this.gd.classList.toggle("cl-away", Boolean(text));
  }

  // ---- selecting

  dragmode() {
    if (this.tool) return this.tool;
    return this.tool === undefined && !matchMedia("(pointer: coarse)").matches ? "zoom" : false;
  }

  currentTool() {
    return this.tool === undefined ? this.panel.spec.layout?.dragmode : this.tool;
  }

  toggleTool(tool) {
    this.tool = this.currentTool() === tool ? null : tool;
    this.showTool();
    const mode = this.tool ?? (matchMedia("(pointer: coarse)").matches ? false : "zoom");
    if (this.gd.layout) window.Plotly.relayout(this.gd, { dragmode: mode });
  }

  showTool() {
    const tool = this.currentTool();
    this.box.setAttribute("aria-pressed", String(tool === "select"));
    this.lasso.setAttribute("aria-pressed", String(tool === "lasso"));
  }

  listen() {
    this.gd.on("plotly_click", (event) => {
      const point = event?.points?.[0];
      if (this.panel.select && point) this.pick(point.customdata, point.x, point.y);
    });
    this.gd.on("plotly_selected", (event) => {
      if (this.panel.select && event && !this.painting) this.lassoed(event.points ?? []);
    });
    this.gd.on("plotly_deselect", () => {
      if (this.panel.select && !this.painting) this.lassoed([]);
    });
  }

  pick(custom, x, y) {
    this.lastIds = undefined;
    const id = sampleId(custom);
    const number = (value) => (typeof value === "number" && Number.isFinite(value) ? value : null);
    this.board.send({ panel: this.panel.key, ids: id === null ? [] : [id], x: number(x), y: number(y), click: true });
  }

  lassoed(points) {
    const ids = [...new Set(points.map((point) => sampleId(point.customdata)).filter((id) => id !== null))];
    const text = ids.join();
    if (text === this.lastIds) return; // Plotly repeats itself after an update
    this.lastIds = text;
    this.board.send({ panel: this.panel.key, ids, x: null, y: null, click: false });
  }

  // The samples that the keyboard steps through: the points, or cells, of the first trace that has ids.
  samples() {
    const traces = this.panel.spec.data ?? [];
    const named = traces.findIndex((trace) => trace.customdata);
    const curve = named < 0 ? traces.findIndex((trace) => trace.type === "heatmap") : named;
    if (curve < 0) return null;
    const trace = traces[curve];
    const cells = this.gd._fullData?.[curve]?.z;
    if (cells?.length && cells[0]?.length !== undefined) {
      const full = this.gd._fullData[curve];
      const width = cells[0].length;
      const axis = (values, i) => (values && values.length > i ? values[i] : i);
      return {
        curve, width, length: cells.length * width,
        custom: (i) => full.customdata?.[Math.floor(i / width)]?.[i % width],
        where: (i) => ({ x: axis(full.x, i % width), y: axis(full.y, Math.floor(i / width)) }),
      };
    }
    const custom = entries(trace.customdata);
    const x = entries(trace.x);
    const y = entries(trace.y);
    return { curve, width: 1, length: custom.length, custom: (i) => custom[i], where: (i) => ({ x: x[i], y: y[i] }) };
  }

  onKey(event) {
    if (!this.panel?.select || event.target !== this.plot || !this.gd.layout) return;
    const samples = this.samples();
    if (!samples?.length) return;
    const { width, length } = samples;
    const steps = {
      ArrowRight: 1, ArrowLeft: -1, ArrowDown: width > 1 ? width : 1, ArrowUp: width > 1 ? -width : -1,
      PageDown: 10 * width, PageUp: -10 * width, Home: -length, End: length,
    };
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      if (this.at < 0 || this.at >= length) return;
      const { x, y } = samples.where(this.at);
      this.pick(samples.custom(this.at), x, y);
    } else if (event.key in steps) {
      event.preventDefault();
      this.at = this.at < 0 && steps[event.key] > 0 && event.key !== "End" ? 0 : Math.min(length - 1, Math.max(0, this.at + steps[event.key]));
      this.point(samples);
    }
  }

  point(samples) {
    const { x, y } = samples.where(this.at);
    const id = sampleId(samples.custom(this.at));
    this.live.textContent = `${id === null ? "" : `Sample ${id}, `}${shown(x)}, ${shown(y)}; ${this.at + 1} of ${samples.length}`;
    try {
      const target = samples.width > 1 ? { curveNumber: samples.curve, xval: x, yval: y } : { curveNumber: samples.curve, pointNumber: this.at };
      window.Plotly.Fx.hover(this.gd, [target]);
    } catch {
      // Plotly hovers in plane plots only; the spoken text remains.
    }
  }

  // ---- the numbers behind, and files

  toggleMenu() {
    this.menu.hidden = !this.menu.hidden;
    this.more.setAttribute("aria-expanded", String(!this.menu.hidden));
  }

  toggleTable() {
    this.table.hidden = !this.table.hidden;
    this.tableButton.setAttribute("aria-expanded", String(!this.table.hidden));
    this.plot.classList.toggle("cl-away", !this.table.hidden);
    if (!this.table.hidden) this.fillTable();
  }

  columns() {
    return this.panel.table.map(({ name, values }) => ({ name, values: entries(values), packed: Boolean(values?.bdata) }));
  }

  fillTable() {
    const columns = this.columns();
    const total = columns[0]?.values.length ?? 0;
    const rows = Math.min(200, total);
    const table = make("table");
    const caption = make("caption", "", total > rows ? `First ${rows} of ${total} rows; the CSV has all.` : `${total} rows`);
    const head = make("thead");
    const top = make("tr");
    for (const { name } of columns) {
      const cell = make("th", "", name);
      cell.scope = "col";
      top.append(cell);
    }
    head.append(top);
    const body = make("tbody");
    for (let row = 0; row < rows; row += 1) {
      const line = make("tr");
      for (const { values } of columns) line.append(make("td", typeof values[row] === "number" ? "cl-number" : "", shown(values[row])));
      body.append(line);
    }
    table.append(caption, head, body);
    const { scrollTop, scrollLeft } = this.table;
    this.table.replaceChildren(table);
    this.table.scrollTop = scrollTop;
    this.table.scrollLeft = scrollLeft;
    this.table.setAttribute("aria-label", `Numbers of ${this.panel.title}`);
  }

  saveTable() {
    const columns = this.columns();
    // A text that starts like a formula would be run by a spreadsheet.
    const cell = (text) => {
      const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
      return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
    };
    const field = (column, row) => {
      const value = column.values[row];
      if (typeof value !== "number") return cell(asText(value));
      return column.packed && Number.isFinite(value) && !Number.isInteger(value) ? exact(value) : asText(value);
    };
    const total = columns[0]?.values.length ?? 0;
    const lines = [columns.map(({ name }) => cell(name)).join(",")];
    for (let row = 0; row < total; row += 1) lines.push(columns.map((column) => field(column, row)).join(","));
    const link = make("a");
    link.href = URL.createObjectURL(new Blob([`${lines.join("\r\n")}\r\n`], { type: "text/csv" }));
    link.download = `${this.filename()}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  async saveImage(format) {
    const { panel, gd } = this;
    if (!gd.layout) return;
    const light = shades(PAPER.ink, PAPER.page, PAPER.card, this.board.theme.font);
    const size = { width: Math.max(480, this.width), height: panel.height + 40 };
    const layout = layoutFor(panel, light, size, false);
    for (const name of axisNames(panel.spec)) {
      if (gd.layout[name]?.range) Object.assign(layout[name], { range: [...gd.layout[name].range], autorange: false });
    }
    layout.paper_bgcolor = layout.plot_bgcolor = "#ffffff";
    layout.title = { text: escapeMarkup(panel.title), x: 0.02, xanchor: "left", y: 0.98, yanchor: "top", font: { size: 15 } };
    layout.margin = { ...layout.margin, t: (layout.margin.t ?? 8) + 40 };
    await window.Plotly.downloadImage({ data: dataFor(panel, light), layout }, { format, filename: this.filename(), ...size, scale: format === "png" ? 2 : 1 });
  }

  filename() {
    const words = this.panel.title.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "");
    return words || "chart";
  }

  drop() {
    this.gone = true;
    this.board.observer.unobserve(this.plot);
    if (this.gd.layout) window.Plotly?.purge(this.gd);
    this.node.remove();
  }
}

// Plotly reads a few HTML tags in text.
function escapeMarkup(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
