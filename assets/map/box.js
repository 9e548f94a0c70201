// A rectangle as it is being drawn, in CSS px on the stage.

const LEAST_SIDE = 3; // px

export class Box {
  constructor(px, py) {
    this.from = [px, py];
    this.to = [px, py];
  }

  extend(px, py) {
    this.to = [px, py];
  }

  get corners() {
    return rectangle(...this.from, ...this.to);
  }

  // The outline, or null where it was no more than a click.
  finished() {
    const sides = this.from.map((start, i) => Math.abs(this.to[i] - start));
    return Math.min(...sides) < LEAST_SIDE ? null : this.corners;
  }
}

export function rectangle(left, top, right, bottom) {
  return [[left, top], [right, top], [right, bottom], [left, bottom]];
}
