// The points on the canvas: which arrays are there, where the camera looks, what fades.
import { appearance } from "./appearance.js";
import { Camera, boundsOf } from "./camera.js";
import { Density, stepAt } from "./density.js";
import { Grid } from "./grid.js";
import { Pace } from "./pace.js";
import { Renderer } from "./renderer.js";
import { Tiles } from "./sample.js";

export const CHANNELS = ["points", "category", "score", "order", "mask"];

const FADE = 150; // ms from one selection to the next
const REACH = 10; // px around the pointer in which a point is picked
const DENSEST = 2; // device px a CSS px; more costs fill rate and shows nothing

export class Scene {
  // Throws where there is no WebGL2. `onChange` is told when the context is lost or back.
  constructor(canvas, onChange) {
    this.canvas = canvas;
    this.camera = new Camera();
    this.renderer = new Renderer(canvas, onChange);
    this.addresses = {}; // channel -> address of what is on the graphics card
    this.points = new Float32Array();
    this.fade = null;
    this.pace = new Pace();
    this.wasDrawn = false;
  }

  get count() {
    return this.points.length / 2;
  }

  get isLost() {
    return this.renderer.lost;
  }

  // How many rows a budget chooses, and the rank of one row in the selection.
  chosen(budget) {
    return this.renderer.chosen(budget);
  }

  rankOf(row) {
    return this.renderer.arrays.order?.[row] ?? Infinity;
  }

  codeOf(row) {
    return this.renderer.arrays.category?.[row];
  }

  // Where a row stands on the scale, 0 to 1.
  shareOf(row) {
    const scores = this.renderer.arrays.score;
    return scores instanceof Uint8Array ? scores[row] / 255 : scores?.[row];
  }

  // Whether a channel shows what is at this address already.
  holds(name, address) {
    return this.addresses[name] === address;
  }

  // All arrays of one word of Python at once, so that no frame mixes two of them.
  install(references, arrays, budgetBefore) {
    CHANNELS.forEach((name, i) => {
      const address = references[name]?.url ?? null;
      if (address === (this.addresses[name] ?? null)) return;
      this.addresses[name] = address;
      if (name === "order") this.beginFade(budgetBefore);
      if (name === "mask") this.given = arrays[i];
      else this.renderer.set(name, arrays[i]);
      if (name === "points") this.setPoints(arrays[i]);
    });
    this.showMask();
  }

  // Rows that a lasso leaves out (1 = inside, or null) step back at once, together with those that
  // Python sets aside.
  setPreview(mask) {
    this.preview = mask;
    this.showMask();
  }

  showMask() {
    const preview = this.preview?.length === this.count ? this.preview : null;
    this.renderer.set("mask", both(this.given ?? null, preview));
  }

  setPoints(points) {
    this.points = points;
    this.grid = null;
    this.density = null;
    const bounds = boundsOf(points);
    if (bounds.join() !== this.camera.bounds.join()) this.camera.setBounds(bounds);
    const tiles = new Tiles(points, bounds);
    this.tiles = tiles;
    this.renderer.setRows(() => tiles.takeRows());
  }

  // The selection on show fades out while the next one fades in; no point moves.
  beginFade(budgetBefore) {
    if (!this.wasDrawn || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    this.renderer.set("before", this.renderer.arrays.order ?? null);
    this.fade = { from: performance.now(), budget: budgetBefore };
  }

  resize(width, height) {
    const density = Math.min(devicePixelRatio || 1, DENSEST);
    this.camera.resize(width, height);
    this.canvas.width = Math.round(width * density);
    this.canvas.height = Math.round(height * density);
  }

  // Draws one frame. Returns the chosen points' size in CSS px, how many points stand for the pool
  // and whether a next frame is due, now or at rest. The frame `waited` ms to be drawn.
  draw({ theme, colouring, budget, byPick, ringed, waited }) {
    const passed = this.fade ? (performance.now() - this.fade.from) / FADE : 1;
    const pixels = this.canvas.width / this.camera.width;
    const { camera } = this;
    const pace = this.pace.of(camera, waited);
    const { share, drawn, stretches } = this.tiles.drawn(camera, pace);
    const density = this.densityNow();
    const chosen = this.chosen(budget);
    const look = appearance({ camera, density, drawn, chosen, colouring, ringed, pixels });
    this.renderer.draw(camera, {
      ...look, theme, colouring, budget, byPick, share, stretches,
      budgetBefore: this.fade?.budget ?? 0,
      fade: Math.min(1, passed),
    });
    if (this.fade && passed >= 1) {
      this.fade = null;
      this.renderer.set("before", null);
    }
    this.wasDrawn ||= this.count > 0;
    return {
      chosenSize: look.chosenSize / pixels, drawn,
      isMoving: this.fade !== null,
      isPartial: pace < 1,
    };
  }

  // The count of points a cell, anew when the points or the step of the zoom have changed.
  densityNow() {
    const step = stepAt(this.camera.zoom);
    if (this.density?.step !== step) {
      this.density = new Density(this.points, this.camera.bounds, step);
      this.renderer.setDensity(this.density);
    }
    return this.density;
  }

  // The row nearest to a place on the canvas, or -1 where none is near.
  rowAt(x, y) {
    this.grid ??= new Grid(this.points, this.camera.bounds);
    return this.grid.nearest(...this.camera.toData(x, y), REACH / this.camera.scale);
  }

  // Where a row is on the canvas, or null.
  positionOf(row) {
    if (row < 0 || row >= this.count) return null;
    return this.camera.toScreen(this.points[2 * row], this.points[2 * row + 1]);
  }

  destroy() {
    this.renderer.destroy();
  }
}

// Rows that two masks leave in view; null stands for all rows.
function both(one, other) {
  if (!one || !other) return one ?? other;
  return one.map((value, row) => value & other[row]);
}
