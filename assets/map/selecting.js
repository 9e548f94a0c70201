// Lassos and boxes: how they are drawn, what they enclose at once, and the word to Python.
import { Box, rectangle } from "./box.js";
import { grouped } from "./dom.js";
import { Lasso } from "./lasso.js";
import { Strokes } from "./strokes.js";

const TOOLS = { lasso: Lasso, box: Box };

export class Selecting {
  constructor(view) {
    this.view = view;
    this.strokes = new Strokes();
    this.tool = null; // that a drag draws with; null = it moves the map
    this.draft = null; // {mode, drawn} while the hand draws
    this.mask = null; // 1 for the rows inside, of our strokes or those of a linked map
    this.counted = null; // {text, count}: Python's count of these strokes
  }

  get isEmpty() {
    return this.strokes.isEmpty;
  }

  get canUndo() {
    return this.strokes.past.length > 0;
  }

  // --- the hand -----------------------------------------------------------------------------

  // Takes a tool in hand, or puts it down where it is in hand already.
  use(tool) {
    this.tool = tool === this.tool ? null : tool;
    this.view.stage.setTool(this.tool);
  }

  // The tool a press draws with: without one in hand, Shift and Alt are a lasso.
  toolFor(event) {
    return this.tool ?? (event.shiftKey || event.altKey ? "lasso" : null);
  }

  begin(tool, mode, x, y) {
    this.draft = { mode, drawn: new TOOLS[tool](x, y) };
    this.view.painter.frameMarks();
  }

  extend(x, y) {
    this.draft?.drawn.extend(x, y);
    this.view.painter.frameMarks();
  }

  end() {
    const { mode, drawn } = this.draft ?? {};
    this.draft = null;
    const outline = drawn?.finished();
    if (outline) this.add(mode, outline);
    this.view.painter.frameMarks();
  }

  cancel() {
    this.draft = null;
    this.view.painter.frameMarks();
  }

  // Everything that can be seen now, for those who do not draw.
  addInView(mode) {
    const { width, height } = this.view.scene.camera;
    this.add(mode, rectangle(0, 0, width, height));
  }

  add(mode, outline) {
    const { camera } = this.view.scene;
    // Not rounded: one digit less, and browser and server would count differently.
    const points = outline.map(([px, py]) => camera.toData(px, py).map(Math.fround));
    if (this.strokes.add(mode, points)) this.changed();
    else this.view.stage.announce("No more strokes fit into one selection; clear it first.");
  }

  undo() {
    if (this.strokes.undo()) this.changed();
  }

  // Strokes that stand on a linked map are cleared there.
  clear() {
    if (this.tool) this.use(this.tool);
    if (this.isEmpty && this.mask) this.view.link.ask("clear");
    this.clearOwn();
  }

  clearOwn() {
    if (this.isEmpty) return;
    this.strokes.clear();
    this.changed();
  }

  changed() {
    const { exchange, spec, stage } = this.view;
    const strokes = this.strokes.list;
    const echo = strokes.length ? { version: spec.version, strokes } : null;
    exchange.sendDated("strokes", echo, { version: spec.version, strokes });
    this.preview();
    stage.announce(this.isEmpty ? "Nothing is selected." : this.said);
  }

  // --- what others say ----------------------------------------------------------------------

  // Python's word: other strokes, or none.
  set(list) {
    this.strokes.set(list);
    this.preview();
  }

  // Another map of this link was drawn on: its rows are set aside here, no stroke of ours holds.
  follow(mask) {
    if (!this.isEmpty) this.view.exchange.expect("strokes", null);
    this.strokes.set([]);
    this.mask = mask;
    this.view.scene.setPreview(mask);
    this.count();
    this.view.painter.frame();
  }

  // Python's count of the rows inside `strokes`, or null where it has not counted.
  heardCount(strokes, count) {
    this.counted = { text: JSON.stringify(strokes ?? []), count };
    this.count();
  }

  // --- what is shown ------------------------------------------------------------------------

  // The rows outside step back at once, here and on linked maps; the server's count comes later
  // and is the one that holds.
  preview() {
    const { link, painter, scene } = this.view;
    if (!scene?.count) return; // once the points are there
    this.mask = this.strokes.mask(scene.points);
    this.enclosed = this.mask?.reduce((sum, one) => sum + one, 0) ?? 0;
    scene.setPreview(this.mask);
    link.tell("mask", this.mask);
    this.count();
    painter.frame();
  }

  count() {
    const { text, count } = this.counted ?? {};
    const isCounted = count !== null && count !== undefined;
    const holds = isCounted && text === JSON.stringify(this.strokes.list);
    const number = grouped(holds ? count : this.enclosed ?? 0);
    this.said = `${number} ${this.view.spec.noun} inside${holds ? "" : " (preview)"}`;
    this.view.stage.setEnclosed(this.isEmpty ? "" : this.said);
  }

  draw() {
    const draft = this.draft && { mode: this.draft.mode, corners: this.draft.drawn.corners };
    this.view.stage.outlines.redraw(this.view.scene.camera, this.strokes.list, draft);
  }
}
