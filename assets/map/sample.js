// The order in which the pool is drawn: by place in tiles, within a tile by a hash of the row. The
// start of each tile, the same share of all, is then a fair sample that never changes.

import { grouped } from "./dom.js";

const SIDE = 16; // tiles along one side
const BANDS = 1024; // of hashes; a power of two
const ALL = 1_000_000; // as many points are drawn one by one
const SPREAD = 300_000; // of more, as many when the whole map is in view

export class Tiles {
  // `rows` is every row once; the rows of tile t are rows[starts[t] .. starts[t + 1]].
  constructor(points, bounds) {
    const [left, low, right, high] = bounds;
    this.origin = [left, low];
    this.width = (right - left) / SIDE || 1;
    this.height = (high - low) / SIDE || 1;
    this.count = points.length / 2;
    this.points = points;
    this.sort();
  }

  // Counting sort by tile and, within a tile, by hash.
  sort() {
    const { points } = this;
    const next = new Uint32Array(SIDE * SIDE * BANDS + 1);
    const keys = new Uint32Array(this.count);
    for (let row = 0; row < this.count; row += 1) {
      const key = this.at(points[2 * row], points[2 * row + 1]) * BANDS + band(row);
      keys[row] = key;
      next[key + 1] += 1;
    }
    for (let key = 1; key < next.length; key += 1) next[key] += next[key - 1];
    this.starts = Uint32Array.from({ length: SIDE * SIDE + 1 }, (_, tile) => next[tile * BANDS]);
    this.rows = new Uint32Array(this.count);
    for (let row = 0; row < this.count; row += 1) this.rows[next[keys[row]]++] = row;
  }

  // Hands the rows over, to the graphics card; only the starts are needed here. A second time,
  // after a lost context, they are sorted again.
  takeRows() {
    if (!this.rows) this.sort();
    const { rows } = this;
    this.rows = null;
    return rows;
  }

  at(x, y) {
    const column = within((x - this.origin[0]) / this.width);
    return within((y - this.origin[1]) / this.height) * SIDE + column;
  }

  // What to draw in a view: the share of all rows, and [first, count] of each stretch of `rows`.
  // A movement may take a `pace` of that share; `drawn` counts what the whole map has at rest.
  drawn(camera, pace) {
    const [left, low] = camera.toData(0, camera.height);
    const [right, high] = camera.toData(camera.width, 0);
    const seen = this.seen(left, low, right, high);
    const nInView = seen.reduce((sum, tile) => sum + this.starts[tile + 1] - this.starts[tile], 0);
    const atRest = this.share(camera.zoom, nInView);
    const share = pace * atRest;
    const stretches = seen.map((tile) => this.stretch(tile, share)).filter(([, count]) => count);
    let drawn = 0;
    for (let tile = 0; tile < SIDE * SIDE; tile += 1) drawn += this.stretch(tile, atRest)[1];
    return { share, drawn, stretches };
  }

  // The same share everywhere, or places would look fuller than they are. It grows with the zoom.
  share(zoom, nInView) {
    if (this.count <= ALL) return 1;
    const spread = (SPREAD * Math.max(1, zoom) ** 2) / this.count;
    return Math.min(1, spread, ALL / Math.max(nInView, 1));
  }

  stretch(tile, share) {
    const first = this.starts[tile];
    return [first, Math.ceil(share * (this.starts[tile + 1] - first))];
  }

  // The tiles in view; a tile's edge points may be drawn a little beyond it.
  seen(left, low, right, high) {
    const tiles = [];
    const lastRow = within((high - this.origin[1]) / this.height + 0.5);
    const lastColumn = within((right - this.origin[0]) / this.width + 0.5);
    for (let row = within((low - this.origin[1]) / this.height - 0.5); row <= lastRow; row += 1) {
      let column = within((left - this.origin[0]) / this.width - 0.5);
      for (; column <= lastColumn; column += 1) tiles.push(row * SIDE + column);
    }
    return tiles;
  }
}

// What the legend says of a map that draws fewer points than it has; nothing where all are drawn.
export function sampleNote(count, drawn, noun) {
  if (drawn >= count) return "";
  return `${grouped(count)} ${noun}: every one counts in the shading; ${grouped(drawn)} drawn as ` +
    "points, drawn at random, besides all chosen ones. Zoom in for more.";
}

// NaN, from a point without a place, goes to the first tile and is drawn nowhere.
function within(tile) {
  return tile > 0 ? Math.min(tile | 0, SIDE - 1) : 0;
}

// The finaliser of MurmurHash3 (Austin Appleby, public domain): every bit of the row counts.
function band(row) {
  let bits = row + 0x9e3779b9;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) & (BANDS - 1);
}
