// The budget: a range and a number that say the same, and a counter that follows the hand.
import { element, grouped } from "./dom.js";

const QUIET = 150; // ms without movement before Python is told

export class BudgetSlider {
  // `onInput(event)` at every movement, `onRest(budget)` when the hand rests.
  constructor({ onInput, onRest }) {
    this.onInput = onInput;
    this.onRest = onRest;
    const name = { "aria-label": "Budget in rows" };
    this.range = element("input", { type: "range", class: "range", ...name });
    this.number = element("input", { type: "number", class: "number", ...name });
    this.counter = element("output", { class: "counter" });
    this.note = element("span", { class: "note" });
    this.node = element("div", { class: "budget", hidden: "" }, [
      element("span", { class: "label", "aria-hidden": "true" }, ["Budget"]),
      this.range, this.number, this.counter, this.note,
    ]);
    this.range.addEventListener("input", (event) => this.moved(this.pulled(), event));
    this.number.addEventListener("change", (event) => this.moved(this.typed(), event));
    this.range.addEventListener("keydown", (event) => event.stopPropagation());
    this.number.addEventListener("keydown", (event) => event.stopPropagation());
  }

  // `budget` is {minimum, maximum, step, value}, or null where nothing was selected; where a
  // linked map shows the slider, this one follows it with the counter, and keeps the room so that
  // the two stay level.
  setLimits(budget, { isShown, isLinked }) {
    this.node.hidden = !budget || !(isShown || isLinked);
    this.node.classList.toggle("following", !isShown);
    if (!budget) return;
    for (const input of [this.range, this.number]) {
      input.min = budget.minimum;
      input.max = budget.maximum;
      input.step = budget.step;
    }
    this.number.step = 1; // typing is exact
    this.limits = budget;
    this.show(this.value ?? budget.value);
  }

  show(budget) {
    const value = this.within(budget);
    this.value = value;
    this.range.value = value;
    this.number.value = value;
    this.range.setAttribute("aria-valuetext", `${grouped(value)} rows`);
  }

  count(chosen, total, note) {
    this.counter.textContent = `chosen ${grouped(chosen)} of ${grouped(total)}`;
    this.note.textContent = note;
  }

  get isHeld() {
    return this.timer !== undefined;
  }

  destroy() {
    clearTimeout(this.timer);
  }

  moved(value, event) {
    this.show(value);
    this.onInput(event);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.onRest(this.value);
    }, QUIET);
  }

  within(budget) {
    return Math.min(this.limits.maximum, Math.max(this.limits.minimum, budget));
  }

  // Where the handle stands; its last step reaches the maximum, on the grid or not.
  pulled() {
    const value = this.range.valueAsNumber;
    return this.limits.maximum - value < this.limits.step ? this.limits.maximum : value;
  }

  // What was typed; nonsense leaves the budget as it was.
  typed() {
    const value = Math.round(this.number.valueAsNumber);
    return Number.isFinite(value) ? value : this.value;
  }
}
