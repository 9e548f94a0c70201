// The map's elements: canvas, marks over it, tools, message. It draws nothing itself.
import { button, element, place } from "./dom.js";
import { Lasso } from "./lasso.js";

const KEYS =
  "Arrow keys move, plus and minus zoom, 0 shows everything, L switches the lasso, " +
  "Enter picks the example at the centre, Escape clears.";

export class Stage {
  constructor(view) {
    this.canvas = element("canvas", { class: "canvas", "aria-hidden": "true" });
    this.lasso = new Lasso();
    this.hovered = element("div", { class: "mark hovered", hidden: "" });
    this.picked = element("div", { class: "mark picked", hidden: "" });
    this.tip = element("div", { class: "tip", hidden: "" });
    this.message = element("div", { class: "message", role: "status" });
    this.status = element("div", { class: "unseen", "aria-live": "polite" });
    this.lassoButton = button("Lasso", {
      class: "tool", "aria-pressed": "false", title: "Lasso (L, or drag with Shift)",
    }, () => view.toggleLasso());
    this.clearButton = button("Clear", {
      class: "tool", hidden: "", title: "Clear lasso and pick (Escape)",
    }, () => view.clear());
    this.node = element("div", {
      class: "stage", tabindex: "0", role: "application", "aria-roledescription": "map",
    }, [
      this.canvas, this.lasso.node, this.picked, this.hovered,
      element("div", { class: "cross", "aria-hidden": "true" }),
      this.tip, this.tools(view), this.message, this.status,
    ]);
  }

  tools(view) {
    const zoom = (label, name, factor) =>
      button(label, { class: "tool square", "aria-label": name, title: name },
        () => view.zoomAt(factor));
    return element("div", { class: "tools", role: "toolbar", "aria-label": "Map tools" }, [
      this.lassoButton, zoom("+", "Zoom in (+)", 1.6), zoom("\u2212", "Zoom out (\u2212)", 1 / 1.6),
      button("Reset", { class: "tool", title: "Show everything (0)" }, () => view.resetView()),
      this.clearButton, // last, so that nothing jumps when it comes
    ]);
  }

  describe(text) {
    if (text === this.description) return;
    this.description = text;
    this.node.setAttribute("aria-label", `${text} ${KEYS}`);
  }

  // One line over the empty canvas; an empty text takes it away.
  say(text, isProblem = false) {
    this.message.textContent = text;
    this.message.hidden = !text;
    this.message.classList.toggle("problem", isProblem);
  }

  // Nothing can be drawn, now or later: the tools go, the reason stays.
  giveUp(reason) {
    this.say(reason, true);
    this.node.querySelector(".tools").hidden = true;
  }

  announce(text) {
    this.status.textContent = text;
  }

  setMarked(isOverPoint, isSomethingMarked) {
    this.node.classList.toggle("over", isOverPoint);
    this.clearButton.hidden = !isSomethingMarked;
  }

  setLasso(isOn) {
    this.lassoButton.setAttribute("aria-pressed", String(isOn));
    this.node.classList.toggle("lassoing", isOn);
  }

  mark(which, position, size) {
    which.hidden = !position;
    if (!position) return;
    which.style.setProperty("--mark-size", `${size}px`);
    place(which, ...position);
  }

  // The label of the hovered point, kept inside the stage.
  showTip(text, position) {
    this.tip.hidden = !text;
    if (!text) return;
    this.tip.textContent = text;
    const [x, y] = position;
    const room = this.node.clientWidth - this.tip.offsetWidth - 8;
    place(this.tip, Math.max(8, Math.min(x + 12, room)), y > 44 ? y - 34 : y + 14);
  }
}
