// Strokes over the points: drawn on the screen, kept in data units, so they stay with the points.
import { drawing, replaceChildren } from "./dom.js";

export class Outlines {
  constructor() {
    this.draft = drawing("path", { class: "lasso draft" });
    this.strokes = drawing("g");
    this.node = drawing("svg", { class: "overlay", "aria-hidden": "true" }, [
      this.strokes, this.draft,
    ]);
  }

  // `draft` is {mode, corners} in px, or null.
  redraw(camera, strokes, draft) {
    const paths = this.strokes.children;
    if (paths.length !== strokes.length) {
      replaceChildren(this.strokes, strokes.map(() => drawing("path")));
    }
    strokes.forEach(({ mode, points }, i) => {
      paths[i].setAttribute("class", `lasso ${mode}`);
      paths[i].setAttribute("d", closed(points.map(([x, y]) => camera.toScreen(x, y))));
    });
    this.draft.setAttribute("class", `lasso draft ${draft?.mode ?? ""}`);
    this.draft.setAttribute("d", closed(draft?.corners ?? []));
  }
}

function closed(corners) {
  const text = corners.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L");
  return text ? `M${text}Z` : "";
}
