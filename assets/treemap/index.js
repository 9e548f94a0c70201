// The component's entry: groups of rectangles, of which one is picked by click or key.
import { element, place } from "./dom.js";
import { fit } from "./fitting.js";
import { steer } from "./keys.js";
import { Tip } from "./tip.js";

const HOW = "Left and right arrow: next rectangle. Up and down arrow: next group. Enter: pick.";
const SHOWN = new WeakMap(); // mount point -> Treemap

// Streamlit calls this on mount and again whenever the data changes.
export default function treemap({ parentElement, data, setTriggerValue }) {
  if (!SHOWN.has(parentElement)) SHOWN.set(parentElement, new Treemap(parentElement));
  const shown = SHOWN.get(parentElement);
  shown.pick = (number) => setTriggerValue("tile", number);
  shown.show(data);
  return () => {
    shown.destroy();
    SHOWN.delete(parentElement);
  };
}

class Treemap {
  constructor(mount) {
    this.tip = new Tip();
    this.list = element("div", { class: "tiles", role: "listbox", "aria-describedby": "how" });
    const how = element("p", { class: "unseen", id: "how" }, [HOW]);
    this.node = mount.appendChild(element("div", { class: "treemap" }, [this.list, this.tip.node, how]));
    this.tiles = []; // in reading order
    this.list.addEventListener("click", (event) => this.picked(event.target.closest(".tile")));
    this.list.addEventListener("keydown", (event) => steer(event, this));
    this.list.addEventListener("focusin", (event) => this.entered(event.target));
    this.list.addEventListener("focusout", () => this.tip.hide());
    this.list.addEventListener("pointerover", (event) => this.tip.show(event.target.closest(".tile")));
    this.list.addEventListener("pointerleave", () => this.tip.hide());
    this.sizing = new ResizeObserver(() => fit(this.tiles));
    this.sizing.observe(this.node);
  }

  destroy() {
    this.sizing.disconnect();
    this.node.remove();
  }

  show({ about, picked, groups }) {
    const said = JSON.stringify(groups);
    if (said !== this.said) this.draw(groups);
    this.said = said;
    this.list.setAttribute("aria-label", about);
    for (const tile of this.tiles) {
      tile.setAttribute("aria-selected", String(Number(tile.dataset.number) === picked));
    }
    if (!this.tiles.some((tile) => tile.tabIndex === 0)) this.rove(this.start());
    this.node.dataset.ready = "true";
  }

  // Other rectangles than before; whoever was on one by the keyboard stays on it.
  draw(groups) {
    const held = this.node.getRootNode().activeElement?.closest?.(".tile")?.dataset.number;
    this.tip.hide();
    this.list.replaceChildren(...groups.map(groupOf));
    this.tiles = [...this.list.querySelectorAll(".tile")];
    fit(this.tiles);
    const same = this.tiles.find((tile) => tile.dataset.number === held);
    if (same) same.focus({ preventScroll: true });
  }

  // Where Tab enters: the picked one, else the first.
  start() {
    return this.tiles.find((tile) => tile.ariaSelected === "true") ?? this.tiles[0];
  }

  entered(tile) {
    this.rove(tile);
    if (tile.matches(":focus-visible")) this.tip.show(tile);
  }

  // One rectangle at a time stands in the order of Tab.
  rove(tile) {
    for (const one of this.tiles) one.tabIndex = one === tile ? 0 : -1;
  }

  picked(tile) {
    if (tile) this.pick(Number(tile.dataset.number));
  }
}

function groupOf({ name, place: where, tiles }) {
  const head = element("div", { class: "head", "aria-hidden": "true" }, [name]);
  return place(
    element("div", { class: "group", role: "group", "aria-label": name }, [head, ...tiles.map(tileOf)]),
    where,
  );
}

function tileOf({ number, name, facts, fill, ink, place: where }) {
  const tile = element(
    "button",
    {
      type: "button", class: "tile", role: "option", tabindex: "-1",
      "data-number": number, "aria-label": [name, ...facts].join(", "),
    },
    [element("span", { class: "name" }, [name])],
  );
  tile.style.background = fill;
  tile.style.color = ink;
  tile.about = { name, facts };
  return place(tile, where);
}
