// One map: what Python says, what the hand does, and the frame that shows both.
import { SLOTS, categoryColours, sequence, themeColours } from "./colours.js";
import { element, grouped, whenStyled } from "./dom.js";
import { Exchange } from "./exchange.js";
import { Gestures } from "./gestures.js";
import { Legend } from "./legend.js";
import { fetchArray } from "./loader.js";
import { Probe } from "./probe.js";
import { CHANNELS, Scene } from "./scene.js";
import { BudgetSlider } from "./slider.js";
import { Stage } from "./stage.js";

const PLAIN = 0;
const BY_CATEGORY = 1;
const BY_SCORE = 2;
const MARK_ROOM = 8; // px between a point and the ring around it

export class MapView {
  constructor(mount) {
    this.exchange = new Exchange();
    this.stage = new Stage(this);
    this.legend = new Legend(() => this.repaint());
    this.slider = new BudgetSlider({
      onInput: (event) => this.moveBudget(event),
      onRest: (budget) => this.exchange.send("budget", budget),
    });
    const body = element("div", { class: "body" }, [this.stage.node, this.legend.node]);
    this.root = element("div", { class: "atlas-map", hidden: "" }, [this.slider.node, body]);
    mount.append(this.root);
    whenStyled(mount).then(() => this.show());
    this.probe = new Probe(this.root);
    this.row = null; // the picked one
    this.pointer = null;
    this.turn = 0;
    try {
      this.scene = new Scene(this.stage.canvas, () => this.contextChanged());
    } catch (problem) {
      this.stage.giveUp(problem.message);
      return;
    }
    this.gestures = new Gestures(this.stage.node, this);
    this.watcher = new ResizeObserver(() => this.resize());
    this.watcher.observe(this.stage.node);
    this.watchDensity();
  }

  // --- what Python says ---------------------------------------------------------------------

  // Called for every rerun that changed something; the map stays as it is otherwise.
  update(spec, channel) {
    this.spec = spec;
    this.exchange.channel = channel;
    this.root.style.setProperty("--map-height", `${spec.height}px`);
    if (!this.scene) return;
    this.load();
    this.slider.setLimits(spec.budget);
    this.exchange.heard("budget", spec.budget?.value, (budget) => {
      if (budget !== null && !this.slider.isHeld) this.slider.show(budget);
    });
    this.exchange.heard("row", spec.row, (said) => {
      this.row = this.isCurrent(said) ? said.row : null;
    });
    this.exchange.heard("polygon", spec.polygon, (said) => {
      this.stage.lasso.set(this.isCurrent(said) ? said.points : null);
    });
    this.recolour();
  }

  // The style sheet is there: sizes and colours can be read.
  show() {
    this.root.hidden = false;
    this.isStyled = true;
    if (!this.spec || !this.scene) return;
    this.recolour();
    this.resize();
  }

  // A row number or a lasso of other points means nothing here.
  isCurrent(said) {
    return said?.version === this.spec.version;
  }

  async load() {
    const turn = (this.turn += 1);
    const { spec } = this;
    if (!this.probe.isReady) this.stage.say(`Loading ${grouped(spec.count)} ${spec.noun}`);
    try {
      const arrays = await Promise.all(CHANNELS.map((name) => this.fetched(name)));
      if (turn !== this.turn) return; // Python has spoken again meanwhile
      this.scene.install(spec, arrays, this.shown ?? 0);
      this.isInstalled = true;
      this.stage.say(spec.count ? "" : `There are no ${spec.noun} to show.`);
      this.frame();
    } catch (problem) {
      if (turn !== this.turn) return;
      this.stage.say(`The map's data did not arrive: ${problem.message}. Reload the page.`, true);
    }
  }

  fetched(name) {
    const reference = this.spec[name];
    if (!reference) return null;
    return fetchArray(reference, () => this.spec[name], () => this.exchange.renew());
  }

  // The highlighted budget: the one asked for, or the one that a method without prefixes solved.
  get budget() {
    if (!this.spec.budget) return this.scene.chosen(Infinity);
    return this.spec.budget.solved ?? this.slider.value;
  }

  // --- what the hand does -------------------------------------------------------------------

  toggleLasso() {
    this.isLassoOn = !this.isLassoOn;
    this.stage.setLasso(this.isLassoOn);
  }

  beginLasso(x, y) {
    this.stage.lasso.begin(x, y);
    this.frameMarks();
  }

  extendLasso(x, y) {
    if (this.stage.lasso.isDrawing) this.stage.lasso.extend(x, y);
    this.frameMarks();
  }

  endLasso() {
    const polygon = this.stage.lasso.finish(this.scene.camera);
    if (polygon) this.exchange.send("polygon", { version: this.spec.version, points: polygon });
    this.frameMarks();
  }

  cancelLasso() {
    this.stage.lasso.cancel();
    this.frameMarks();
  }

  clear() {
    if (this.isLassoOn) this.toggleLasso();
    if (this.stage.lasso.polygon) this.exchange.send("polygon", null);
    if (this.row !== null) this.exchange.send("row", null);
    this.stage.lasso.set(null);
    this.row = null;
    this.frameMarks();
  }

  panBy(dx, dy) {
    this.scene.camera.panBy(dx, dy);
    this.frame();
  }

  zoomAt(factor, x, y) {
    this.scene.camera.zoomAt(factor, x, y);
    this.frame();
  }

  resetView() {
    this.scene.camera.reset();
    this.frame();
  }

  hover(position) {
    this.pointer = position;
    this.frameMarks();
  }

  pick(x, y) {
    const row = this.scene.rowAt(x, y);
    if (row < 0) return;
    this.row = row;
    this.exchange.send("row", { version: this.spec.version, row });
    this.stage.announce(`Picked row ${grouped(row)}. ${this.nameOf(row)}`);
    this.frameMarks();
  }

  pickCentre() {
    this.pick(this.scene.camera.width / 2, this.scene.camera.height / 2);
  }

  moveBudget(event) {
    this.probe.began(event);
    this.frame();
  }

  // --- the frame ----------------------------------------------------------------------------

  // Legend and colours anew, after Python or the theme changed.
  recolour() {
    if (!this.isStyled) return;
    const { category, score, order } = this.spec;
    this.theme = themeColours(this.root);
    this.colours = category ? categoryColours(category, this.theme) : [];
    this.legend.setKinds(Boolean(order), Boolean(category || score));
    if (category) this.legend.setCategories(category, this.colours);
    else if (score) this.legend.setScale(score, sequence(score.palette));
    else this.legend.setNothing();
    this.repaint();
  }

  // The palette anew: what the legend sets aside has alpha 0 and stays as grey context.
  repaint() {
    const categories = Array.from({ length: SLOTS }, (_, code) => {
      const colour = this.colours[code] ?? this.theme.pool;
      return [...colour, this.legend.isInFocus(code) ? 1 : 0];
    });
    this.scene.renderer.setPalette(categories, sequence(this.spec.score?.palette));
    this.frame();
  }

  resize() {
    const { clientWidth, clientHeight } = this.stage.node;
    if (!this.isStyled || !clientWidth || !clientHeight) return;
    this.scene.resize(clientWidth, clientHeight);
    this.draw(); // at once: resizing has emptied the canvas
  }

  // Another pixel density: a window moved to another screen, or the page zoomed.
  watchDensity() {
    this.density = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
    this.onDensity = () => {
      this.resize();
      this.watchDensity();
    };
    this.density.addEventListener("change", this.onDensity, { once: true });
  }

  contextChanged() {
    this.stage.say(this.scene.isLost ? "The graphics card dropped the map; restoring it." : "");
    this.frame();
  }

  // Points and marks in the next frame.
  frame() {
    this.isStale = true;
    this.frameMarks();
  }

  // Only what lies over the points: rings, label, lasso.
  frameMarks() {
    this.pending ??= requestAnimationFrame(() => {
      this.pending = undefined;
      if (this.isStale) this.draw();
      else this.drawMarks();
    });
  }

  draw() {
    if (!this.isInstalled || !this.isStyled) return;
    const { category, score } = this.spec;
    this.isStale = false;
    this.shown = this.budget;
    const drawn = this.scene.draw({
      theme: this.theme,
      colouring: category ? BY_CATEGORY : score ? BY_SCORE : PLAIN,
      budget: this.shown,
    });
    this.markSize = drawn.chosenSize + MARK_ROOM;
    this.drawMarks();
    this.tell();
    if (drawn.isMoving) this.frame();
  }

  drawMarks() {
    const { scene, stage } = this;
    const hovered = this.pointer ? scene.rowAt(...this.pointer) : -1;
    stage.mark(stage.hovered, scene.positionOf(hovered), this.markSize);
    stage.mark(stage.picked, scene.positionOf(this.row ?? -1), this.markSize);
    stage.showTip(hovered < 0 ? "" : this.nameOf(hovered), scene.positionOf(hovered));
    stage.lasso.redraw(scene.camera);
    stage.setMarked(hovered >= 0, this.row !== null || stage.lasso.polygon !== null);
  }

  // The numbers of this frame, for the eye, for a screen reader and for tests.
  tell() {
    const { budget, count, noun, order } = this.spec;
    const chosen = this.scene.chosen(this.shown);
    const solved = budget?.solved ?? null;
    this.slider.count(chosen, count, solved === null ? "" : `solved at ${grouped(solved)}`);
    const selection = order ? ` ${grouped(chosen)} of them chosen.` : "";
    this.stage.describe(`Map of ${grouped(count)} ${noun}.${selection}`);
    this.probe.drawn(this.scene, chosen, this.spec.probe);
  }

  // What a point is, in a few words; its text would be another matter.
  nameOf(row) {
    const rank = this.scene.rankOf(row);
    const name = this.spec.category?.names[this.scene.codeOf(row)];
    const pick = rank < this.shown ? `pick ${grouped(rank + 1)}` : "";
    return [name, pick].filter(Boolean).join(" \u00b7 ");
  }

  destroy() {
    this.turn += 1; // nothing that is still on its way may arrive
    cancelAnimationFrame(this.pending);
    this.density?.removeEventListener("change", this.onDensity);
    this.watcher?.disconnect();
    this.gestures?.destroy();
    this.slider.destroy();
    this.scene?.destroy();
    this.root.remove();
  }
}
