// Which points lie inside an outline: the server's rule (core/project/inside.py), for a preview.

const BANDS = 512; // slices of the outline's height; a point meets only the edges of its own

// Sets mask[i] = value for every point inside the outline [[x, y], …] by the even-odd rule. An
// edge owns its lower end and not its upper one, so outlines with a common border share nothing.
export function markInside(mask, points, outline, value) {
  const edges = edgesOf(outline);
  if (!edges.length) return;
  const [left, low, right, high] = boundsOf(outline);
  const { starts, ends, bandOf } = banded(edges, low, high);
  for (let i = 0; i < mask.length; i += 1) {
    const x = points[2 * i];
    const y = points[2 * i + 1];
    if (!(x >= left && x <= right && y >= low && y < high)) continue;
    const band = bandOf(y);
    let odd = false;
    for (let k = 4 * starts[band]; k < 4 * starts[band + 1]; k += 4) {
      const y0 = ends[k + 1];
      const y1 = ends[k + 3];
      if (y < y0 || y >= y1) continue;
      if ((ends[k + 2] - ends[k]) * (y - y0) > (x - ends[k]) * (y1 - y0)) odd = !odd;
    }
    if (odd) mask[i] = value;
  }
}

// [x0, y0, x1, y1] with y0 < y1; level edges cross no ray.
function edgesOf(outline) {
  if (outline.length < 3) return [];
  return outline.flatMap(([x0, y0], i) => {
    const [x1, y1] = outline[(i + 1) % outline.length];
    if (y0 === y1) return [];
    return [y0 < y1 ? [x0, y0, x1, y1] : [x1, y1, x0, y0]];
  });
}

function boundsOf(outline) {
  let [left, low, right, high] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of outline) {
    left = Math.min(left, x);
    low = Math.min(low, y);
    right = Math.max(right, x);
    high = Math.max(high, y);
  }
  return [left, low, right, high];
}

// Band b is reached by the edges starts[b] .. starts[b + 1] of `ends`, which has four numbers each.
function banded(edges, low, high) {
  const bandOf = (y) => Math.min(BANDS - 1, Math.trunc(((y - low) / (high - low)) * BANDS));
  const starts = new Uint32Array(BANDS + 1);
  const eachBand = (act) =>
    edges.forEach(([, y0, , y1], edge) => {
      for (let band = bandOf(y0); band <= bandOf(y1); band += 1) act(band, edge);
    });
  eachBand((band) => (starts[band + 1] += 1));
  for (let b = 1; b <= BANDS; b += 1) starts[b] += starts[b - 1];
  const next = starts.slice();
  const ends = new Float64Array(4 * starts[BANDS]);
  eachBand((band, edge) => ends.set(edges[edge], 4 * next[band]++));
  return { starts, ends, bandOf };
}
