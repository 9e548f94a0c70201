// How many points share a place: all of them counted in square cells, exact and not smoothed.

const SHARE = 4; // points a cell, did they lie evenly; fewer would show chance as structure
const LEAST = 64; // cells along the longer side
const MOST = 1024;
const FINEST = 4; // as many times finer when zoomed in; further in, points lie apart
const TYPICAL = 0.98; // share of the points that lie in cells no fuller than the fullest shown

// The step of the cells at a zoom: cells halve with every doubling, so few zooms need a new count.
export function stepAt(zoom) {
  return Math.min(FINEST, Math.max(1, 2 ** Math.floor(Math.log2(zoom))));
}

export class Density {
  // `points` are x, y in turn within `bounds`; a point without a place (NaN) counts nowhere.
  constructor(points, bounds, step) {
    const [left, low, right, high] = bounds;
    const [width, height] = [right - left, high - low];
    const even = Math.sqrt((width * height * SHARE * 2) / Math.max(points.length, 1)) || Infinity;
    const longer = Math.max(width, height);
    const side = Math.min(even, longer / LEAST) / step;
    this.side = Math.max(side, longer / MOST) || 1; // data units
    this.step = step;
    this.columns = Math.max(1, Math.ceil(width / this.side));
    this.rows = Math.max(1, Math.ceil(height / this.side));
    this.origin = [left, low];
    this.keep(this.counted(points));
  }

  counted(points) {
    const { columns, side } = this;
    const [left, low] = this.origin;
    const [lastColumn, lastRow] = [columns - 1, this.rows - 1];
    const counts = new Uint32Array(columns * this.rows);
    for (let i = 0; i < points.length; i += 2) {
      const column = (points[i] - left) / side;
      const row = (points[i + 1] - low) / side;
      if (!(column >= 0 && row >= 0)) continue;
      counts[Math.min(lastRow, row | 0) * columns + Math.min(lastColumn, column | 0)] += 1;
    }
    return counts;
  }

  // Keeps one byte a cell, the logarithm of its count, which is what a texture needs.
  keep(counts) {
    let fullest = 0;
    for (const count of counts) if (count > fullest) fullest = count;
    this.span = Math.log1p(fullest); // what the byte 255 stands for
    this.levels = new Uint8Array(counts.length);
    const inLevel = new Float64Array(256);
    for (let i = 0; i < counts.length; i += 1) {
      if (!counts[i]) continue;
      this.levels[i] = Math.round((255 * Math.log1p(counts[i])) / this.span);
      inLevel[this.levels[i]] += counts[i];
    }
    this.full = Math.expm1((this.span * typicalLevel(inLevel)) / 255); // points in a full cell
  }
}

// The level up to which most points lie, so that one heap of duplicates does not pale the rest.
function typicalLevel(inLevel) {
  let left = TYPICAL * inLevel.reduce((sum, points) => sum + points, 0);
  for (let level = 1; level < inLevel.length; level += 1) {
    left -= inLevel[level];
    if (left <= 0) return level;
  }
  return 0;
}
