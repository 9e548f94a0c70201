// What the keys of the map do, as a panel over it and as a description for a screen reader.
import { element } from "./dom.js";

const KEYS = [
  ["Arrows", "move"],
  ["+ and −", "zoom"],
  ["0", "show everything"],
  ["L", "lasso on or off"],
  ["B", "box on or off"],
  ["Shift while drawing", "add; without a tool, Shift and drag is a lasso"],
  ["Alt while drawing", "subtract; without a tool, Alt and drag is a lasso"],
  ["V", "select what is in view; with Shift add, with Alt subtract"],
  ["N", "names on or off"],
  ["Ctrl Z", "take back the last stroke"],
  ["Enter", "pick the example at the centre"],
  ["Escape", "clear strokes and pick"],
  ["?", "these keys"],
];

export const SPOKEN = KEYS.map(([key, does]) => `${key}: ${does}.`).join(" ");

export class KeysPanel {
  constructor() {
    const lines = KEYS.flatMap(([key, does]) => [
      element("dt", {}, [element("kbd", {}, [key])]), element("dd", {}, [does]),
    ]);
    this.node = element("div", { class: "keys", role: "note", "aria-label": "Keys", hidden: "" }, [
      element("dl", {}, lines),
    ]);
  }

  get isOpen() {
    return !this.node.hidden;
  }

  toggle() {
    this.node.hidden = this.isOpen;
  }
}
