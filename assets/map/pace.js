// While the hand moves the map, as many points a frame as the graphics card manages; at rest all.

const SMOOTH = 40; // ms a frame may wait for the one before it
const LEAST = 0.04; // share of the points
const RECOVERY = 1.3; // so much more with every frame that did not wait

export class Pace {
  constructor() {
    this.share = 1;
    this.view = "";
  }

  // The share of the points to draw in a frame that `waited` ms since somebody asked for it: a
  // card that is still busy makes the next frame wait.
  of(camera, waited) {
    const view = [camera.x, camera.y, camera.zoom].join();
    const isMoving = this.view !== "" && this.view !== view;
    this.view = view;
    if (!isMoving) return 1;
    const change = waited > SMOOTH ? SMOOTH / waited : RECOVERY;
    this.share = Math.min(1, Math.max(LEAST, this.share * change));
    return this.share;
  }
}
