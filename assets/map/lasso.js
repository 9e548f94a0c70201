// The lasso: drawn on the screen, kept in data units, so that it stays with its points.
import { drawing } from "./dom.js";

const LEAST_STEP = 3; // px between two vertices
const LEAST_VERTICES = 3;

export class Lasso {
  constructor() {
    this.path = drawing("path", { class: "lasso" });
    this.node = drawing("svg", { class: "overlay", "aria-hidden": "true" }, [this.path]);
    this.polygon = null; // [[x, y], …] in float32, as the server reads it
    this.draft = null;
  }

  get isDrawing() {
    return this.draft !== null;
  }

  begin(px, py) {
    this.draft = [[px, py]];
  }

  extend(px, py) {
    const [lastX, lastY] = this.draft[this.draft.length - 1];
    if (Math.hypot(px - lastX, py - lastY) >= LEAST_STEP) this.draft.push([px, py]);
  }

  // Closes the outline and returns it, or null where it was no more than a click.
  finish(camera) {
    const outline = this.draft;
    this.draft = null;
    if (outline.length < LEAST_VERTICES) return null;
    // Not rounded: one digit less, and browser and server would count differently.
    this.polygon = outline.map(([px, py]) => camera.toData(px, py).map(Math.fround));
    return this.polygon;
  }

  cancel() {
    this.draft = null;
  }

  set(polygon) {
    this.polygon = polygon;
  }

  redraw(camera) {
    const corners = this.draft ?? this.polygon?.map(([x, y]) => camera.toScreen(x, y)) ?? [];
    const text = corners.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L");
    this.path.setAttribute("d", text ? `M${text}Z` : "");
    this.path.classList.toggle("draft", this.isDrawing);
  }
}
