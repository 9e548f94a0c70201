// Finds the nearest point without looking at all of them: points sorted into square cells.

const PER_CELL = 4; // points a cell on average
const MOST_CELLS = 1024; // along one side

export class Grid {
  constructor(points, bounds) {
    const [left, low, right, high] = bounds;
    const count = points.length / 2;
    this.points = points;
    this.left = left;
    this.low = low;
    const side = Math.sqrt(Math.max(1, count / PER_CELL));
    this.columns = Math.min(MOST_CELLS, Math.max(1, Math.ceil(side)));
    this.rows = this.columns;
    this.cellWidth = (right - left) / this.columns || 1;
    this.cellHeight = (high - low) / this.rows || 1;
    this.fill(count);
  }

  // Counting sort: the points of cell c are members[starts[c] .. starts[c + 1]].
  fill(count) {
    const cells = new Uint32Array(count);
    this.starts = new Uint32Array(this.columns * this.rows + 1);
    for (let i = 0; i < count; i += 1) {
      cells[i] = this.row(this.points[2 * i + 1]) * this.columns + this.column(this.points[2 * i]);
      this.starts[cells[i] + 1] += 1;
    }
    for (let c = 1; c < this.starts.length; c += 1) this.starts[c] += this.starts[c - 1];
    const next = this.starts.slice();
    this.members = new Uint32Array(count);
    for (let i = 0; i < count; i += 1) this.members[next[cells[i]]++] = i;
  }

  column(x) {
    return clamp(Math.floor((x - this.left) / this.cellWidth), this.columns - 1);
  }

  row(y) {
    return clamp(Math.floor((y - this.low) / this.cellHeight), this.rows - 1);
  }

  // The point nearest to (x, y) within `reach` data units, or -1. `admits(i)` may leave some out.
  nearest(x, y, reach, admits = () => true) {
    let best = -1;
    let least = reach * reach;
    const lastColumn = this.column(x + reach);
    const lastRow = this.row(y + reach);
    for (let row = this.row(y - reach); row <= lastRow; row += 1) {
      for (let column = this.column(x - reach); column <= lastColumn; column += 1) {
        const cell = row * this.columns + column;
        for (let k = this.starts[cell]; k < this.starts[cell + 1]; k += 1) {
          const i = this.members[k];
          const dx = this.points[2 * i] - x;
          const dy = this.points[2 * i + 1] - y;
          const far = dx * dx + dy * dy;
          if (far <= least && admits(i)) {
            least = far;
            best = i;
          }
        }
      }
    }
    return best;
  }
}

// NaN, from a point without a place, goes to the first cell and is never within reach.
function clamp(cell, last) {
  return cell > 0 ? Math.min(cell, last) : 0;
}
