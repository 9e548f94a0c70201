// What is known of the rectangle under the pointer or in focus, beside it.
import { element } from "./dom.js";

const GAP = 6; // px

export class Tip {
  constructor() {
    this.node = element("div", { class: "tip", "aria-hidden": "true", hidden: "" });
  }

  get isShown() {
    return !this.node.hidden;
  }

  hide() {
    this.node.hidden = true;
  }

  show(tile) {
    if (!tile) return this.hide();
    const { name, facts } = tile.about;
    this.node.replaceChildren(
      element("div", { class: "title" }, [name]),
      ...facts.map((fact) => element("div", {}, [fact])),
    );
    this.node.hidden = false;
    this.put(tile);
  }

  // Below the rectangle, or above it where there is no room; never beyond the treemap's sides.
  put(tile) {
    const { node } = this;
    const frame = node.parentElement.getBoundingClientRect();
    const box = tile.getBoundingClientRect();
    const isRoom = box.bottom + GAP + node.offsetHeight < frame.bottom;
    const above = Math.max(0, box.top - frame.top - node.offsetHeight - GAP);
    const left = Math.min(box.left - frame.left, frame.width - node.offsetWidth);
    const top = isRoom ? box.bottom - frame.top + GAP : above;
    node.style.transform = `translate(${Math.max(0, left)}px, ${top}px)`;
  }
}
