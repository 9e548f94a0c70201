// The strokes of a selection in the order in which they hold, and the steps back from them.
import { markInside } from "./inside.js";

const MOST = 100; // strokes, and vertices of all of them: what the server reads
const MOST_VERTICES = 20_000;
const STEPS = 50; // that can be undone

export class Strokes {
  constructor() {
    this.list = []; // [{mode, points: [[x, y], …] in float32, as the server reads them}]
    this.past = [];
  }

  get isEmpty() {
    return this.list.length === 0;
  }

  // `mode` is replace, add or subtract; to subtract first is to subtract from everything. Returns
  // false where the list is full.
  add(mode, points) {
    const isStart = mode === "replace" || (mode === "add" && this.isEmpty);
    const list = isStart ? [{ mode: "replace", points }] : [...this.list, { mode, points }];
    const vertices = list.reduce((sum, stroke) => sum + stroke.points.length, 0);
    if (list.length > MOST || vertices > MOST_VERTICES) return false;
    this.change(list);
    return true;
  }

  clear() {
    if (!this.isEmpty) this.change([]);
  }

  // One step back; false where there is none.
  undo() {
    if (!this.past.length) return false;
    this.list = this.past.pop();
    return true;
  }

  // Somebody else has the word: the steps before lead nowhere.
  set(list) {
    this.list = list;
    this.past = [];
  }

  change(list) {
    this.past.push(this.list);
    if (this.past.length > STEPS) this.past.shift();
    this.list = list;
  }

  // 1 for every row that the strokes leave, 0 for the others; null where there is no stroke.
  mask(points) {
    if (this.isEmpty) return null;
    const mask = new Uint8Array(points.length / 2);
    if (this.list[0].mode === "subtract") mask.fill(1);
    for (const { mode, points: outline } of this.list) {
      if (mode === "replace") mask.fill(0);
      markInside(mask, points, outline, mode === "subtract" ? 0 : 1);
    }
    return mask;
  }
}
