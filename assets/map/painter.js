// The frame: colours from the theme and the legend, points, and what lies over them.
import { SLOTS, categoryColours, sequence, themeColours } from "./colours.js";
import { grouped } from "./dom.js";
import { sampleNote } from "./sample.js";

const PLAIN = 0;
const BY_CATEGORY = 1;
const BY_SCORE = 2;
const REST = 160; // ms without a movement until all points are drawn
const MARK_ROOM = 8; // px between a point and the ring around it

export class Painter {
  constructor(view) {
    this.view = view;
    this.shown = 0; // the budget of the last frame
    this.took = 0; // ms that drawing it kept the page busy
  }

  // Legend and colours anew, after Python or the theme changed.
  recolour() {
    const { isStyled, scene, legend, root, spec } = this.view;
    if (!isStyled || !scene) return;
    const { category, score, order } = spec;
    this.theme = themeColours(root);
    this.colours = category ? categoryColours(category, this.theme) : [];
    legend.setKinds({
      hasSelection: Boolean(order), isColoured: Boolean(category || score),
      isByPick: spec.sizes === "pick", isRinged: spec.ringed ?? true, isMasked: Boolean(spec.mask) && !score,
    });
    if (category) legend.setCategories(category, this.colours);
    else if (score) legend.setScale(score, sequence(score.palette, this.theme));
    else legend.setNothing();
    this.repaint();
  }

  // The palette anew: what the legend sets aside has alpha 0 and stays as grey context.
  repaint() {
    const { legend, scene, spec } = this.view;
    const categories = Array.from({ length: SLOTS }, (_, code) => {
      const colour = this.colours[code] ?? this.theme.pool;
      return [...colour, legend.isInFocus(code) ? 1 : 0];
    });
    scene.renderer.setPalette(categories, sequence(spec.score?.palette, this.theme));
    this.frame();
  }

  // Points and marks in the next frame.
  frame() {
    this.isStale = true;
    this.frameMarks();
  }

  // Only what lies over the points: rings, tip, strokes.
  frameMarks() {
    if (this.pending !== undefined) return;
    const asked = performance.now();
    this.pending = requestAnimationFrame(() => {
      this.pending = undefined;
      const began = performance.now();
      if (!this.isStale) return this.drawMarks();
      this.draw(began - asked + this.took);
      this.took = performance.now() - began;
    });
  }

  // A frame that `waited` ms for those before it.
  draw(waited = 0) {
    const { isInstalled, isStyled, scene, spec } = this.view;
    if (!isInstalled || !isStyled) return;
    const { category, score } = spec;
    this.isStale = false;
    this.shown = this.view.budget;
    const drawn = scene.draw({
      theme: this.theme,
      colouring: category ? BY_CATEGORY : score ? BY_SCORE : PLAIN,
      budget: this.shown,
      byPick: spec.sizes === "pick",
      ringed: spec.ringed ?? true,
      waited,
    });
    this.view.legend.setSample(sampleNote(spec.count, drawn.drawn, spec.noun));
    this.markSize = drawn.chosenSize + MARK_ROOM;
    this.drawMarks();
    this.tell();
    clearTimeout(this.resting);
    if (drawn.isMoving) this.frame();
    else if (drawn.isPartial) this.resting = setTimeout(() => this.frame(), REST);
  }

  drawMarks() {
    const { hovering, isInstalled, isStyled, row, scene, selecting, stage } = this.view;
    if (!isInstalled || !isStyled) return;
    const hovered = hovering.draw(this.markSize);
    stage.mark(stage.picked, scene.positionOf(row ?? -1), this.markSize);
    selecting.draw();
    stage.labels.redraw(scene.camera);
    stage.setMarked(hovered >= 0, row !== null || selecting.mask !== null, selecting.canUndo);
  }

  // The numbers of this frame, for the eye, for a screen reader and for tests.
  tell() {
    const { probe, scene, spec, stage } = this.view;
    const { count, noun, order } = spec;
    const chosen = scene.chosen(this.shown);
    const selection = order ? ` ${grouped(chosen)} of them chosen.` : "";
    this.view.countChosen(chosen);
    stage.describe(`Map of ${grouped(count)} ${noun}.${selection}`);
    probe.drawn(scene, chosen, spec.probe);
  }

  destroy() {
    clearTimeout(this.resting);
    cancelAnimationFrame(this.pending);
  }
}
