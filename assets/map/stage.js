// The map's elements: canvas, marks over it, tools, message. It draws nothing itself.
import { button, element, place } from "./dom.js";
import { KeysPanel, SPOKEN } from "./keys.js";
import { Labels } from "./labels.js";
import { Outlines } from "./outlines.js";

export class Stage {
  constructor(view) {
    this.canvas = element("canvas", { class: "canvas", "aria-hidden": "true" });
    this.outlines = new Outlines();
    this.hovered = element("div", { class: "mark hovered", hidden: "" });
    this.picked = element("div", { class: "mark picked", hidden: "" });
    this.facts = element("div", { class: "facts" });
    this.text = element("div", { class: "text" });
    this.tip = element("div", { class: "tip", hidden: "" }, [this.facts, this.text]);
    this.enclosed = element("output", { class: "enclosed", hidden: "" });
    this.keys = new KeysPanel();
    this.message = element("div", { class: "message", role: "status" });
    this.status = element("div", { class: "unseen", "aria-live": "polite" });
    const tools = this.tools(view);
    this.labels = new Labels(tools);
    this.node = element("div", {
      class: "stage", tabindex: "0", role: "application", "aria-roledescription": "map",
    }, [
      this.canvas, this.labels.node, this.outlines.node, this.picked, this.hovered,
      element("div", { class: "cross", "aria-hidden": "true" }),
      this.tip, tools, this.enclosed, this.keys.node, this.message, this.status,
    ]);
  }

  tools(view) {
    const tool = (label, title, act, more = {}) =>
      button(label, { class: "tool", title, ...more }, act);
    const square = (label, name, act) =>
      tool(label, name, act, { class: "tool square", "aria-label": name });
    const off = { "aria-pressed": "false" };
    this.toolButtons = {
      lasso: tool("Lasso", "Lasso (L, or drag with Shift)", () => view.selecting.use("lasso"), off),
      box: tool("Box", "Box (B)", () => view.selecting.use("box"), off),
    };
    this.namesButton = tool("Names", "Names on the map (N)",
      () => view.toggleNames(), { class: "tool quiet", "aria-pressed": "true", hidden: "" });
    this.undoButton = tool("Undo", "Take back the last stroke (Ctrl Z)",
      () => view.selecting.undo(), { hidden: "" });
    this.clearButton = tool("Clear", "Clear strokes and pick (Escape)",
      () => view.clear(), { hidden: "" });
    return element("div", { class: "tools", role: "toolbar", "aria-label": "Map tools" }, [
      ...Object.values(this.toolButtons),
      square("+", "Zoom in (+)", () => view.zoomAt(1.6)),
      square("\u2212", "Zoom out (\u2212)", () => view.zoomAt(1 / 1.6)),
      tool("Reset", "Show everything (0)", () => view.resetView()),
      this.namesButton,
      square("?", "Keys (?)", () => this.keys.toggle()),
      this.undoButton, this.clearButton, // last, so that nothing jumps when they come
    ]);
  }

  describe(text) {
    if (text === this.description) return;
    this.description = text;
    this.node.setAttribute("aria-label", `${text} ${SPOKEN}`);
  }

  // One line over the empty canvas; an empty text takes it away.
  say(text, isProblem = false) {
    this.message.textContent = text;
    this.message.hidden = !text;
    this.message.classList.toggle("problem", isProblem);
  }

  announce(text) {
    this.status.textContent = text;
  }

  setMarked(isOverPoint, isSomethingMarked, canUndo) {
    this.node.classList.toggle("over", isOverPoint);
    this.clearButton.hidden = !isSomethingMarked;
    this.undoButton.hidden = !canUndo;
  }

  setLabels(labels) {
    this.labels.set(labels);
    this.namesButton.hidden = this.labels.isEmpty;
  }

  toggleNames() {
    this.labels.toggle();
    this.namesButton.setAttribute("aria-pressed", String(this.labels.isOn));
  }

  // `tool` is lasso, box or null.
  setTool(tool) {
    for (const [name, made] of Object.entries(this.toolButtons)) {
      made.setAttribute("aria-pressed", String(name === tool));
    }
    this.node.classList.toggle("drawing", tool !== null);
  }

  // How many rows the strokes leave; an empty text takes the line away.
  setEnclosed(text) {
    if (this.enclosed.textContent !== text) this.enclosed.textContent = text;
    this.enclosed.hidden = !text;
  }

  mark(which, position, size) {
    which.hidden = !position;
    if (!position) return;
    which.style.setProperty("--mark-size", `${size}px`);
    place(which, ...position);
  }

  // What is known of the hovered point, kept inside the stage; nothing without a position.
  showTip(facts, text, position) {
    this.tip.hidden = !position || !(facts || text);
    if (this.tip.hidden) return;
    if (this.facts.textContent !== facts) this.facts.textContent = facts;
    if (this.text.textContent !== text) this.text.textContent = text;
    const [x, y] = position;
    const right = this.node.clientWidth - this.tip.offsetWidth - 8;
    const below = y + 14 + this.tip.offsetHeight < this.node.clientHeight;
    place(this.tip, Math.max(8, Math.min(x + 12, right)),
      below ? y + 14 : Math.max(8, y - 14 - this.tip.offsetHeight));
  }
}
