// A lasso as it is being drawn, in CSS px on the stage.

const LEAST_STEP = 3; // px between two vertices
const LEAST_VERTICES = 3;
const SLACK = 0.5; // px that a vertex may lie off the outline without it; a hand is less exact

export class Lasso {
  constructor(px, py) {
    this.corners = [[px, py]];
  }

  extend(px, py) {
    const [lastX, lastY] = this.corners[this.corners.length - 1];
    if (Math.hypot(px - lastX, py - lastY) >= LEAST_STEP) this.corners.push([px, py]);
  }

  // The outline, or null where it was no more than a click.
  finished() {
    const outline = thinned(this.corners);
    return outline.length < LEAST_VERTICES ? null : outline;
  }
}

// Leaves out vertices on straight stretches (Ramer 1972; Douglas and Peucker 1973).
function thinned(corners) {
  const kept = new Set([0, corners.length - 1]);
  const stretches = [[0, corners.length - 1]];
  while (stretches.length) {
    const [start, stop] = stretches.pop();
    const [farthest, distance] = farthestFrom(corners, start, stop);
    if (distance <= SLACK) continue;
    kept.add(farthest);
    stretches.push([start, farthest], [farthest, stop]);
  }
  return corners.filter((_, i) => kept.has(i));
}

function farthestFrom(corners, start, stop) {
  const [x0, y0] = corners[start];
  const [x1, y1] = corners[stop];
  const long = Math.hypot(x1 - x0, y1 - y0);
  let [farthest, most] = [start, 0];
  for (let i = start + 1; i < stop; i += 1) {
    const [x, y] = corners[i];
    const away = long
      ? Math.abs((x1 - x0) * (y - y0) - (x - x0) * (y1 - y0)) / long
      : Math.hypot(x - x0, y - y0);
    if (away > most) [farthest, most] = [i, away];
  }
  return [farthest, most];
}
