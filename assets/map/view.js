// One map: what Python says and what the hand does.
import { element, grouped, whenStyled } from "./dom.js";
import { Exchange } from "./exchange.js";
import { follow } from "./following.js";
import { Gestures } from "./gestures.js";
import { Hovering } from "./hovering.js";
import { Legend } from "./legend.js";
import { Link } from "./link.js";
import { fetchArray } from "./loader.js";
import { Painter } from "./painter.js";
import { Probe } from "./probe.js";
import { NoWebGL2 } from "./renderer.js";
import { CHANNELS, Scene } from "./scene.js";
import { Selecting } from "./selecting.js";
import { BudgetSlider } from "./slider.js";
import { Stage } from "./stage.js";

export class MapView {
  constructor(mount) {
    this.exchange = new Exchange();
    this.link = new Link((topic, value) => follow(this, topic, value));
    this.painter = new Painter(this);
    this.selecting = new Selecting(this);
    this.hovering = new Hovering(this);
    this.stage = new Stage(this);
    this.legend = new Legend(() => this.emphasised());
    this.slider = new BudgetSlider({
      onInput: (event) => this.moveBudget(event),
      onRest: (budget) => this.exchange.send("budget", budget),
    });
    this.body = element("div", { class: "body" }, [this.stage.node, this.legend.node]);
    this.root = element("div", { class: "atlas-map", hidden: "" }, [this.slider.node, this.body]);
    mount.append(this.root);
    whenStyled(mount).then(() => this.show());
    this.probe = new Probe(this.root);
    this.row = null; // the picked one
    this.turn = 0;
    this.begin();
  }

  // Without WebGL2 one quiet line stays; the page draws something else.
  begin() {
    try {
      this.scene = new Scene(this.stage.canvas, () => this.contextChanged());
    } catch (problem) {
      if (!(problem instanceof NoWebGL2)) throw problem;
      this.body.replaceWith(element("p", { class: "lacking", role: "note" }, [problem.message]));
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
    const isFirst = !this.spec;
    this.spec = spec;
    this.exchange.channel = channel;
    this.root.style.setProperty("--map-height", `${spec.height}px`);
    this.slider.setLimits(spec.budget, { isShown: spec.slider, isLinked: spec.link !== null });
    this.exchange.heard("budget", spec.budget?.value, (budget) => {
      if (budget !== null && !this.slider.isHeld) this.slider.show(budget);
    });
    this.link.join(spec.link, spec.count);
    if (!this.scene) return this.lack(isFirst);
    this.load();
    this.exchange.heard("row", spec.row, (said) => this.setRow(said));
    this.exchange.heard("strokes", spec.strokes, (said) => {
      this.selecting.set(this.isCurrent(said) ? said.strokes : []);
    });
    this.selecting.heardCount(spec.strokes?.strokes, spec.inside);
    this.stage.setLabels(spec.labels);
    this.painter.recolour();
  }

  lack(isFirst) {
    if (isFirst) this.exchange.send("webgl", false);
    this.countChosen(this.budget);
  }

  // The style sheet is there: sizes and colours can be read.
  show() {
    this.root.hidden = false;
    this.isStyled = true;
    if (!this.spec || !this.scene) return;
    this.painter.recolour();
    this.resize();
  }

  // A row number or a stroke of other points means nothing here.
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
      this.install(arrays);
    } catch (problem) {
      if (turn !== this.turn) return;
      this.stage.say(`The map's data did not arrive: ${problem.message}. Reload the page.`, true);
    }
  }

  install(arrays) {
    const before = this.scene.points;
    this.scene.install(this.spec, arrays, this.painter.shown);
    this.isInstalled = true;
    if (this.scene.points !== before && !this.selecting.isEmpty) this.selecting.preview();
    this.stage.say(this.spec.count ? "" : `There are no ${this.spec.noun} to show.`);
    this.painter.frame();
  }

  fetched(name) {
    const reference = this.spec[name];
    if (!reference || this.scene.holds(name, reference.url)) return null;
    return fetchArray(reference, () => this.spec[name], () => this.exchange.renew());
  }

  // The highlighted budget: the one asked for, or the one that a method without prefixes solved.
  get budget() {
    if (!this.spec.budget) return this.scene?.chosen(Infinity) ?? 0;
    return this.spec.budget.solved ?? this.slider.value;
  }

  // --- what the hand does -------------------------------------------------------------------

  clear() {
    this.selecting.clear();
    if (this.row !== null) this.choose(null);
  }

  panBy(dx, dy) {
    this.scene.camera.panBy(dx, dy);
    this.painter.frame();
  }

  zoomAt(factor, x, y) {
    this.scene.camera.zoomAt(factor, x, y);
    this.painter.frame();
  }

  resetView() {
    this.scene.camera.reset();
    this.painter.frame();
  }

  toggleNames() {
    this.stage.toggleNames();
    this.painter.frameMarks();
  }

  pick(x, y) {
    const row = this.scene.rowAt(x, y);
    if (row < 0) return;
    this.choose(row);
    this.stage.announce(`Picked row ${grouped(row)}. ${this.hovering.facts(row)}`);
  }

  pickCentre() {
    this.pick(this.scene.camera.width / 2, this.scene.camera.height / 2);
  }

  choose(row) {
    const { version } = this.spec;
    this.row = row;
    this.exchange.sendDated("row", row === null ? null : { version, row }, { version, row });
    this.link.tell("row", row);
    this.painter.frameMarks();
  }

  setRow(said) {
    this.row = this.isCurrent(said) ? said.row : null;
    this.painter.frameMarks();
  }

  moveBudget(event) {
    this.probe.began(event);
    this.link.tell("budget", this.slider.value);
    if (this.scene) this.painter.frame();
    else this.countChosen(this.budget);
  }

  countChosen(chosen) {
    const { budget, count } = this.spec;
    const solved = budget?.solved ?? null;
    this.slider.count(chosen, count, solved === null ? "" : `solved at ${grouped(solved)}`);
  }

  emphasised() {
    this.link.tell("emphasis", this.legend.emphasis);
    this.painter.repaint();
  }

  // --- the canvas ---------------------------------------------------------------------------

  resize() {
    const { clientWidth, clientHeight } = this.stage.node;
    if (!this.isStyled || !clientWidth || !clientHeight) return;
    this.scene.resize(clientWidth, clientHeight);
    this.painter.draw(); // at once: resizing has emptied the canvas
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
    this.painter.frame();
  }

  destroy() {
    this.turn += 1; // nothing that is still on its way may arrive
    this.painter.destroy();
    this.hovering.destroy();
    this.link.leave();
    this.density?.removeEventListener("change", this.onDensity);
    this.watcher?.disconnect();
    this.gestures?.destroy();
    this.slider.destroy();
    this.stage.labels.destroy();
    this.scene?.destroy();
    this.root.remove();
  }
}
