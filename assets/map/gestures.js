// Hand and keyboard to what the map does: the only file that reads raw events.

const STILL = 4; // px a press may wander and still be a click
const KEY_PAN = 60; // px an arrow key moves
const KEY_ZOOM = 1.4;
const LINE = 16; // px a wheel "line" stands for

export class Gestures {
  // `stage` takes the events; `view` does what they mean. Lengths are CSS px in the stage.
  constructor(stage, view) {
    this.stage = stage;
    this.view = view;
    this.press = null; // {x, y, lastX, lastY, kind, wandered}
    this.stopping = new AbortController();
    const listen = (name, act, options = {}) =>
      stage.addEventListener(name, act, { signal: this.stopping.signal, ...options });
    listen("pointerdown", (event) => this.down(event));
    listen("pointermove", (event) => this.move(event));
    listen("pointerup", (event) => this.up(event));
    listen("pointercancel", () => this.abort());
    listen("pointerleave", () => this.view.hovering.move(null));
    listen("dblclick", (event) => this.view.zoomAt(2, ...this.at(event)));
    listen("wheel", (event) => this.wheel(event), { passive: false });
    listen("keydown", (event) => this.key(event));
  }

  destroy() {
    this.stopping.abort();
  }

  at(event) {
    const box = this.stage.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  down(event) {
    if (event.button !== 0 || event.target.closest("button")) return;
    const [x, y] = this.at(event);
    const tool = this.view.selecting.toolFor(event);
    this.press = { x, y, lastX: x, lastY: y, tool, wandered: false };
    this.stage.setPointerCapture(event.pointerId);
    if (tool) this.view.selecting.begin(tool, modeOf(event), x, y);
    this.view.hovering.move(null);
  }

  move(event) {
    const [x, y] = this.at(event);
    const { press } = this;
    if (!press) return this.view.hovering.move([x, y]);
    press.wandered ||= Math.hypot(x - press.x, y - press.y) > STILL;
    if (press.tool) {
      // The browser hands over several positions at once; a lasso wants all of them.
      const { selecting } = this.view;
      for (const part of event.getCoalescedEvents()) selecting.extend(...this.at(part));
      selecting.extend(x, y);
    } else if (press.wandered) {
      this.view.panBy(x - press.lastX, y - press.lastY);
    }
    press.lastX = x;
    press.lastY = y;
  }

  up(event) {
    const { press } = this;
    this.press = null;
    if (!press) return;
    if (press.tool && press.wandered) this.view.selecting.end();
    else {
      this.view.selecting.cancel();
      if (!press.wandered) this.view.pick(...this.at(event));
    }
    this.view.hovering.move(this.at(event));
  }

  abort() {
    this.press = null;
    this.view.selecting.cancel();
  }

  wheel(event) {
    event.preventDefault();
    const amount = event.deltaY * (event.deltaMode === 1 ? LINE : 1);
    const bounded = Math.max(-240, Math.min(240, amount));
    this.view.zoomAt(Math.exp(-bounded * 0.002), ...this.at(event));
  }

  key(event) {
    const act = this.acts(event)[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act || (event.key === "Enter" && event.target !== this.stage)) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  // What the keys do with the modifiers held now.
  acts(event) {
    const { selecting, stage } = this.view;
    if (event.ctrlKey || event.metaKey) return { z: () => selecting.undo() };
    if (event.altKey) return { v: () => selecting.addInView("subtract") };
    return {
      "+": () => this.view.zoomAt(KEY_ZOOM),
      "=": () => this.view.zoomAt(KEY_ZOOM),
      "-": () => this.view.zoomAt(1 / KEY_ZOOM),
      "0": () => this.view.resetView(),
      l: () => selecting.use("lasso"),
      b: () => selecting.use("box"),
      v: () => selecting.addInView(modeOf(event)),
      n: () => this.view.toggleNames(),
      "?": () => stage.keys.toggle(),
      Escape: () => this.escape(),
      Enter: () => this.view.pickCentre(),
      ArrowLeft: () => this.view.panBy(KEY_PAN, 0),
      ArrowRight: () => this.view.panBy(-KEY_PAN, 0),
      ArrowUp: () => this.view.panBy(0, KEY_PAN),
      ArrowDown: () => this.view.panBy(0, -KEY_PAN),
    };
  }

  escape() {
    if (this.press) this.abort();
    else if (this.view.stage.keys.isOpen) this.view.stage.keys.toggle();
    else this.view.clear();
  }
}

// What a stroke begun now does to those before it.
function modeOf(event) {
  if (event.altKey) return "subtract";
  return event.shiftKey ? "add" : "replace";
}
