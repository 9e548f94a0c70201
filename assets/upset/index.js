// The component's entry: how many rows lie in exactly which subsets; one intersection is picked.
import { columnOf } from "./columns.js";
import { element } from "./dom.js";
import { steer } from "./keys.js";
import { setsOf } from "./sets.js";

const HOW = "Left and right arrow: next intersection. Enter: show its rows. Escape: show all rows.";
const MANY = 12; // columns
const SHOWN = new WeakMap(); // mount point -> Upset

// Streamlit calls this on mount and again whenever the data changes.
export default function upset({ parentElement, data, setTriggerValue }) {
  if (!SHOWN.has(parentElement)) SHOWN.set(parentElement, new Upset(parentElement));
  const shown = SHOWN.get(parentElement);
  shown.pick = (pattern) => setTriggerValue("pattern", pattern);
  shown.show(data);
  return () => {
    shown.destroy();
    SHOWN.delete(parentElement);
  };
}

class Upset {
  constructor(mount) {
    this.sets = element("div", { class: "sets" });
    this.list = element("div", { class: "columns", role: "listbox", "aria-describedby": "how" });
    const how = element("p", { class: "unseen", id: "how" }, [HOW]);
    this.node = mount.appendChild(element("div", { class: "upset" }, [this.sets, this.list, how]));
    this.columns = [];
    this.list.addEventListener("click", (event) => this.pressed(event.target.closest(".column")));
    this.list.addEventListener("keydown", (event) => steer(event, this));
    this.list.addEventListener("focusin", (event) => this.rove(event.target.closest(".column")));
  }

  destroy() {
    this.node.remove();
  }

  get isPicked() {
    return this.columns.some((column) => column.ariaSelected === "true");
  }

  show({ about, picked, sets, bars }) {
    const said = JSON.stringify([sets, bars]);
    if (said !== this.said) this.draw(sets, bars);
    this.said = said;
    this.list.setAttribute("aria-label", about);
    for (const column of this.columns) {
      column.setAttribute("aria-selected", String(Number(column.dataset.pattern) === picked));
    }
    this.node.dataset.picked = String(this.isPicked);
    if (!this.columns.some((column) => column.tabIndex === 0)) this.rove(this.columns[0]);
    this.node.dataset.ready = "true";
    performance.mark("atlas-upset-drawn");
  }

  // Other subsets or rows than before; whoever was on a column by the keyboard stays on it.
  draw(sets, bars) {
    const held = this.list.getRootNode().activeElement?.closest?.(".column")?.dataset.pattern;
    const most = Math.max(1, ...bars.flatMap(({ rows, expected }) => [rows, expected]));
    this.node.style.setProperty("--sets", sets.length);
    this.node.dataset.many = String(bars.length > MANY); // their numbers would lie on each other
    this.sets.replaceChildren(...setsOf(sets));
    this.list.replaceChildren(...bars.map((bar) => columnOf(bar, sets, most)));
    this.columns = [...this.list.children];
    this.columns.find((column) => column.dataset.pattern === held)?.focus({ preventScroll: true });
  }

  // One column at a time stands in the order of Tab.
  rove(column) {
    if (!column) return;
    for (const one of this.columns) one.tabIndex = one === column ? 0 : -1;
  }

  // A second press on the picked one lets it go.
  pressed(column) {
    if (!column) return;
    this.pick(column.ariaSelected === "true" ? 0 : Number(column.dataset.pattern));
  }

  clear() {
    this.pick(0);
  }
}
