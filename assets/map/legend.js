// The legend: what grey and coloured mean, then the categories or the scale.
import { css } from "./colours.js";
import { element, grouped, replaceChildren } from "./dom.js";

export class Legend {
  // `onEmphasise()` when somebody clicks a category; where none is pressed, all are in focus.
  constructor(onEmphasise) {
    this.onEmphasise = onEmphasise;
    this.emphasised = new Set();
    this.node = element("aside", { class: "legend", "aria-label": "Legend" });
    this.kinds = element("ul", { class: "kinds" });
    this.detail = element("div", { class: "detail" });
    this.sample = element("p", { class: "sample", hidden: "" });
    this.node.append(this.kinds, this.detail, this.sample);
  }

  // What is pressed, by name: another map may count its codes otherwise.
  get emphasis() {
    const { title, names } = this.category ?? {};
    return { title, names: [...this.emphasised].map((code) => names[code]) };
  }

  // Presses what a linked map has pressed; false where it colours by something else.
  adopt({ title, names }) {
    if (!this.category || title !== this.category.title) return false;
    const codes = names.map((name) => this.category.names.indexOf(name));
    this.emphasised = new Set(codes.filter((code) => code >= 0));
    [...this.detail.querySelectorAll(".row")].forEach((row, code) => {
      row.setAttribute("aria-pressed", String(this.emphasised.has(code)));
    });
    return true;
  }

  isInFocus(code) {
    return this.emphasised.size === 0 || this.emphasised.has(code);
  }

  // With a selection there are two kinds of points; where colour says something else, the chosen
  // ones are told by their size and their ring; without rings by their colours alone.
  setKinds({ hasSelection, isColoured, isByPick, isRinged, isMasked }) {
    const pool = kind("swatch pool", hasSelection ? "pool, not chosen" : "pool");
    const sizes = isByPick ? ": the earlier, the larger" : "";
    const chosen = isColoured
      ? kind("swatch ringed", isByPick ? `chosen, ringed${sizes}` : "chosen, larger and ringed")
      : kind("swatch chosen", `chosen${sizes}`);
    const alone = isColoured ? [] : [pool]; // colours have their own rows below
    const isTold = hasSelection && (isRinged || !isColoured);
    const kinds = isTold ? [chosen, pool] : alone;
    if (isMasked) kinds.push(kind("swatch pool faint", "set aside, fainter"));
    replaceChildren(this.kinds, kinds);
  }

  // What of the pool is drawn, where that is not all of it.
  setSample(text) {
    if (text !== this.sample.textContent) this.sample.textContent = text;
    this.sample.hidden = !text;
  }

  setCategories(category, colours) {
    this.category = category;
    this.emphasised = new Set([...this.emphasised].filter((code) => code < category.names.length));
    const rows = category.names.map((name, code) => this.row(name, code, category, colours[code]));
    replaceChildren(this.detail, [
      element("div", { class: "title" }, [category.title]),
      element("div", { class: "rows", role: "group", "aria-label": category.title }, rows),
    ]);
  }

  setScale(score, colours) {
    this.category = null;
    const bar = element("div", { class: "bar", role: "img", "aria-label": `${score.title} scale` });
    const stops = colours.filter((_, i) => i % 32 === 0 || i === colours.length - 1).map(css);
    bar.style.background = `linear-gradient(to right, ${stops.join(", ")})`;
    const ends = element("div", { class: "ends" }, [
      element("span", {}, [score.low]),
      ...(score.middle ? [element("span", {}, [score.middle])] : []),
      element("span", {}, [score.high]),
    ]);
    const title = element("div", { class: "title" }, [score.title]);
    replaceChildren(this.detail, [title, bar, ends]);
  }

  setNothing() {
    this.category = null;
    this.emphasised.clear();
    replaceChildren(this.detail, []);
  }

  row(name, code, category, colour) {
    const swatch = element("span", { class: "swatch", "aria-hidden": "true" });
    swatch.style.background = css(colour);
    const pressed = String(this.emphasised.has(code));
    const made = element("button", { type: "button", class: "row", "aria-pressed": pressed }, [
      swatch,
      element("span", { class: "name", title: name }, [name]),
      element("span", { class: "count" }, [grouped(category.counts[code])]),
    ]);
    made.hidden = category.counts[code] === 0; // its place counts, since it is the code
    made.addEventListener("click", () => {
      if (!this.emphasised.delete(code)) this.emphasised.add(code);
      made.setAttribute("aria-pressed", String(this.emphasised.has(code)));
      this.onEmphasise();
    });
    return made;
  }
}

function kind(style, text) {
  return element("li", {}, [element("span", { class: style, "aria-hidden": "true" }), text]);
}
