// The budget in the hand: dragged by mouse or finger anywhere on the curve, or moved by keys.
import { drawing, set } from "./dom.js";

const SNAP = 8; // px within which a solved budget draws the handle to it
const PAGE = 0.1; // of the budget that Page Up and Page Down move

export class Handle {
  // `onMove(budget)` at every movement, `onRelease()` when the hand lets go.
  constructor(chart, { onMove, onRelease }) {
    Object.assign(this, { chart, onMove, onRelease, isDragged: false });
    this.node = drawing("g", {
      class: "handle", role: "slider", tabindex: "0", "aria-label": "Budget in rows",
      "aria-orientation": "horizontal",
    }, [
      drawing("circle", { class: "halo", r: 17 }),
      drawing("path", { class: "grip", d: "M0 -13 L9 -4 V9 A3 3 0 0 1 6 12 H-6 A3 3 0 0 1 -9 9 V-4 Z" }),
      drawing("path", { class: "lines", d: "M-3 0 V7 M0 0 V7 M3 0 V7" }),
    ]);
    chart.node.append(this.node);
    const act = (name, does) => chart.node.addEventListener(name, does);
    act("pointerdown", (event) => this.grasp(event));
    act("pointermove", (event) => this.isDragged && this.drag(event));
    act("pointerup", () => this.release());
    act("pointercancel", () => this.release());
    this.node.addEventListener("keydown", (event) => this.steer(event));
  }

  place({ x, y }, budget, limits, said) {
    this.budget = budget;
    this.limits = limits;
    set(this.node, {
      transform: `translate(${x} ${y})`,
      "aria-valuemin": limits.least, "aria-valuemax": limits.most, "aria-valuenow": budget,
      "aria-valuetext": said,
    });
  }

  grasp(event) {
    if (event.button) return;
    this.isDragged = true;
    this.chart.node.setPointerCapture(event.pointerId);
    this.node.focus({ preventScroll: true });
    event.preventDefault(); // no text is marked while dragging
    this.drag(event);
  }

  drag(event) {
    const { left, width } = this.chart.node.getBoundingClientRect();
    const x = (event.clientX - left) * (this.chart.node.viewBox.baseVal.width / width);
    this.moved(this.snapped(x) ?? this.chart.scale.rows(x));
  }

  release() {
    if (!this.isDragged) return;
    this.isDragged = false;
    this.onRelease();
  }

  // Of a method whose budgets are solved one by one, the solved ones are easy to hit.
  snapped(x) {
    const { spec } = this.chart.facts;
    if (spec.nested) return null;
    const near = spec.points.filter((point) => Math.abs(this.chart.scale.x(point.rows) - x) <= SNAP);
    return near.length ? near[0].rows : null;
  }

  steer(event) {
    const page = Math.max(1, Math.round(this.budget * PAGE));
    const step = event.shiftKey ? 10 : 1;
    const to = {
      ArrowRight: this.budget + step, ArrowUp: this.budget + step,
      ArrowLeft: this.budget - step, ArrowDown: this.budget - step,
      PageUp: this.budget + page, PageDown: this.budget - page,
      Home: this.limits.least, End: this.limits.most,
    }[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    this.moved(to);
  }

  // The next key counts from here, whether or not a frame was drawn meanwhile.
  moved(budget) {
    const { least, most } = this.limits;
    this.budget = Math.min(most, Math.max(least, budget));
    this.onMove(this.budget);
  }
}
