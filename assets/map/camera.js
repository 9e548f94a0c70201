// Where the map looks: data units to CSS pixels and back. y grows upwards in data.

const SIDE = 28; // px between the outermost points and the edge
const TOP = 48; // the same above and below; the tools stand there
const NEAREST = 600; // how far one can zoom in, as a multiple of the whole view
const FARTHEST = 0.5;

export class Camera {
  constructor() {
    this.width = 1;
    this.height = 1;
    this.bounds = [-1, -1, 1, 1];
    this.reset();
  }

  // The whole map, centred.
  reset() {
    const [left, low, right, high] = this.bounds;
    this.x = (left + right) / 2;
    this.y = (low + high) / 2;
    this.zoom = 1;
  }

  setBounds(bounds) {
    this.bounds = bounds;
    this.reset();
  }

  resize(width, height) {
    this.width = Math.max(1, width);
    this.height = Math.max(1, height);
  }

  // CSS pixels per data unit; the same for x and y, or distances on screen would mislead.
  get scale() {
    const [left, low, right, high] = this.bounds;
    const wide = Math.max(1, this.width - 2 * SIDE) / Math.max(right - left, 1e-6);
    const tall = Math.max(1, this.height - 2 * TOP) / Math.max(high - low, 1e-6);
    return Math.min(wide, tall) * this.zoom;
  }

  toScreen(x, y) {
    const scale = this.scale;
    return [(x - this.x) * scale + this.width / 2, this.height / 2 - (y - this.y) * scale];
  }

  toData(px, py) {
    const scale = this.scale;
    return [(px - this.width / 2) / scale + this.x, (this.height / 2 - py) / scale + this.y];
  }

  panBy(dx, dy) {
    const scale = this.scale;
    this.x -= dx / scale;
    this.y += dy / scale;
    this.keepInReach();
  }

  // Zooms so that the point under (px, py) stays there.
  zoomAt(factor, px = this.width / 2, py = this.height / 2) {
    const [x, y] = this.toData(px, py);
    this.zoom = Math.min(NEAREST, Math.max(FARTHEST, this.zoom * factor));
    const [nowX, nowY] = this.toData(px, py);
    this.x += x - nowX;
    this.y += y - nowY;
    this.keepInReach();
  }

  // The centre never leaves the map, so one cannot get lost in empty space.
  keepInReach() {
    const [left, low, right, high] = this.bounds;
    this.x = Math.min(right, Math.max(left, this.x));
    this.y = Math.min(high, Math.max(low, this.y));
  }
}

// [left, low, right, high] of interleaved x, y; a single point gets a unit square around it.
export function boundsOf(points) {
  let [left, low, right, high] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < points.length; i += 2) {
    const x = points[i];
    const y = points[i + 1];
    if (x < left) left = x;
    if (x > right) right = x;
    if (y < low) low = y;
    if (y > high) high = y;
  }
  if (!(left <= right && low <= high)) return [-1, -1, 1, 1];
  const slack = right - left || high - low ? 0 : 0.5;
  return [left - slack, low - slack, right + slack, high + slack];
}
