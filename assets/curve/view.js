// One live curve: what Python says of an order, and a budget that moves along it by hand.
import { fetched, parts, Texts } from "./arrays.js";
import { Chart } from "./chart.js";
import { element, write } from "./dom.js";
import { Edge } from "./edge.js";
import { Facts } from "./facts.js";
import { Handle } from "./handle.js";
import { Numbers } from "./numbers.js";
import { count, grouped, share } from "./words.js";

const QUIET = 120; // ms without movement before Python is told
const HEIGHT = 330; // px of the chart
const SCALE = "coreset-atlas.curve-scale"; // where the person's choice of scale is kept

export class CurveView {
  constructor(mount) {
    this.chart = new Chart();
    this.numbers = new Numbers();
    this.edge = new Edge();
    this.note = element("p", { class: "note", role: "status" });
    this.how = element("p", { class: "how" }, [
      "Drag, or use the arrow keys, Page Up, Page Down, Home and End.",
    ]);
    this.scales = scaleButtons((kind) => this.rescale(kind));
    this.stage = element("div", { class: "stage" }, [this.chart.node]);
    this.node = element("div", { class: "live-curve" }, [
      element("div", { class: "top" }, [this.note, this.scales]),
      element("div", { class: "body" }, [this.stage, this.numbers.node]),
      this.how, this.edge.node,
    ]);
    mount.append(this.node);
    this.handle = new Handle(this.chart, {
      onMove: (budget) => this.moved(budget), onRelease: () => this.rest(),
    });
    this.kind = keptScale();
    this.sizing = new ResizeObserver(() => this.redraw());
    this.sizing.observe(this.stage);
  }

  update(spec, { setStateValue, setTriggerValue }) {
    this.tell = (budget) => setStateValue("budget", { version: spec.version, budget });
    this.renew = () => setTriggerValue("renew", Date.now());
    const isOther = spec.version !== this.spec?.version;
    this.spec = spec;
    if (isOther) this.load(spec);
    if (!isOther && this.facts) this.facts.spec = spec;
    this.hear(spec, isOther);
    if (!isOther) this.redraw();
  }

  destroy() {
    clearTimeout(this.timer);
    cancelAnimationFrame(this.frame);
    this.sizing.disconnect();
    this.node.remove();
  }

  // The old curve stays until the new one is whole.
  async load(spec) {
    const isCurrent = () => this.spec.version === spec.version;
    const get = (name) => spec[name] && fetched(spec[name], () => this.spec[name], this.renew);
    try {
      const [order, baselines] = await Promise.all([get("order"), get("baselines")]);
      if (!isCurrent()) return;
      this.facts = new Facts(
        this.spec,
        order ? parts(order, spec.order.layout) : {},
        baselines ? parts(baselines, spec.baselines.layout) : null,
      );
      this.failure = "";
      this.redraw();
      this.node.dataset.ready = spec.version;
    } catch {
      if (isCurrent()) this.fail();
      return;
    }
    this.loadTexts(spec);
  }

  // The beginnings of the examples come last; until then the rows have numbers.
  async loadTexts(spec) {
    if (!spec.texts) return;
    const buffer = await fetched(spec.texts, () => this.spec.texts, this.renew).catch(() => null);
    if (!buffer || this.spec.texts?.url !== spec.texts.url) return;
    this.texts = new Texts(buffer, spec.texts.count);
    this.request();
  }

  // The server's budget holds once it has heard the last one that was sent; a hand that moves
  // meanwhile is never pulled back.
  hear(spec, isOther) {
    const isAnswer = this.sent === undefined || spec.heard === this.sent;
    if (this.timer !== undefined || this.handle.isDragged || !isAnswer) return;
    this.sent = undefined;
    if (isOther || spec.budget !== this.budget) this.budget = spec.budget;
  }

  moved(budget) {
    if (budget === this.budget) return;
    this.budget = budget;
    this.node.dataset.confirmed = "false";
    this.request();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.rest(), QUIET);
  }

  rest() {
    if (this.timer === undefined) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.sent = this.budget;
    this.tell(this.budget);
    this.request();
  }

  rescale(kind) {
    this.kind = kind;
    keepScale(kind);
    this.redraw();
  }

  redraw() {
    if (!this.facts || !this.stage.clientWidth) return;
    const width = this.stage.clientWidth;
    const height = Math.max(HEIGHT, this.stage.clientHeight);
    this.chart.draw(this.facts, { width, height, kind: this.kind });
    for (const one of this.scales.children) one.setAttribute("aria-pressed", String(one.dataset.kind === this.kind));
    this.node.classList.toggle("preview", Boolean(this.spec.preview));
    this.show();
  }

  request() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      if (this.facts) this.show();
    });
  }

  show() {
    const { facts, spec } = this;
    const budget = Math.min(spec.most, Math.max(spec.least, this.budget));
    const found = facts.at(budget);
    const said = spoken(budget, found, spec);
    this.handle.place(this.chart.move(budget, found), budget, spec, said);
    this.numbers.show(found, spec);
    this.edge.show(facts, budget, (pick, row) => this.textOf(pick, row));
    this.edge.node.hidden = !spec.nested || Boolean(spec.preview);
    write(this.note, this.failure || this.told(budget, found));
    this.chart.node.setAttribute("aria-label", `Coverage by rows chosen. ${said}`);
    this.node.dataset.budget = budget;
    this.node.dataset.confirmed = String(budget === spec.budget && this.timer === undefined);
  }

  told(budget, found) {
    const { spec } = this;
    if (spec.preview) return spec.preview;
    if (spec.nested) return "";
    if (found.rows === budget) return `${spec.name}: solved at ${grouped(budget)}.`;
    return `Not solved at ${grouped(budget)} yet; the numbers are those solved at ${grouped(found.rows)}.`;
  }

  textOf(pick, row) {
    const near = this.spec.near?.[row];
    if (near !== undefined) return near;
    return this.texts?.at(this.spec.texts.by === "row" ? row : pick) ?? null;
  }

  fail() {
    this.failure = "The curve could not be loaded; reload the page.";
    write(this.note, this.failure);
  }
}

function spoken(budget, { covered, random }, { reachable }) {
  const rows = count(budget, "row");
  if (covered === null) return rows;
  return `${rows}: ${grouped(covered)} latents covered, ${share(covered, reachable)}; random ${share(random, reachable)}`;
}

function scaleButtons(choose) {
  const made = [["log", "Log"], ["even", "Even"]].map(([kind, label]) => {
    const one = element("button", { type: "button", "data-kind": kind, title: `${label} scale of rows` }, [label]);
    one.addEventListener("click", () => choose(kind));
    return one;
  });
  return element("div", { class: "scales", role: "group", "aria-label": "Scale of rows" }, made);
}

// Storage may be refused (a private window); the choice then lasts as long as the page.
function keptScale() {
  try {
    return localStorage.getItem(SCALE) === "even" ? "even" : "log";
  } catch {
    return "log";
  }
}

function keepScale(kind) {
  try {
    localStorage.setItem(SCALE, kind);
  } catch {
    // nothing to do: it is a convenience
  }
}
