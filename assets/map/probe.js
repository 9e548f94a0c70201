// What tests and measurements read: the state of the last frame as data attributes.
import { Renderer } from "./renderer.js";

export class Probe {
  constructor(root) {
    this.root = root;
    this.frames = 0;
    this.movedAt = null;
  }

  get isReady() {
    return this.root.dataset.ready === "true";
  }

  // The slider has moved; the next frame answers it.
  began(event) {
    this.movedAt ??= event.timeStamp;
  }

  // A frame is drawn. With `isMeasured` the time from the slider's event to the finished frame is
  // kept as a performance entry; waiting for the graphics card would slow down any other page.
  drawn(scene, chosen, isMeasured) {
    const { camera } = scene;
    Object.assign(this.root.dataset, {
      frame: (this.frames += 1),
      points: scene.count,
      shownBudget: chosen,
      contexts: Renderer.contexts,
      view: [camera.x, camera.y, camera.zoom].join(),
    });
    if (isMeasured) this.measure(scene);
    this.movedAt = null;
    if (this.isReady) return;
    this.root.dataset.ready = "true";
    performance.mark("atlas-map-first-frame");
  }

  measure(scene) {
    scene.renderer.finish();
    if (this.movedAt === null) return;
    performance.measure("atlas-map-budget", { start: this.movedAt, end: performance.now() });
  }
}
