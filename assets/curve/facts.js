// What a budget amounts to, read from running sums: the same look-up at every frame.

export class Facts {
  constructor(spec, order, baselines) {
    Object.assign(this, { spec, order, baselines });
  }

  get hasCurve() {
    return this.spec.nested && Boolean(this.order.covered);
  }

  // What the first `budget` rows amount to; of a method without prefixes, the solved budget that
  // is nearest, which `rows` names.
  at(budget) {
    const random = this.baseline("random", budget);
    const longest = this.baseline("longest", budget);
    if (!this.spec.nested) return { ...this.nearest(budget), gain: null, own: null, random, longest };
    const { covered, words, tokens, clusters, own } = this.order;
    return {
      rows: budget,
      covered: covered ? covered[budget] : null,
      gain: covered ? covered[budget] - covered[budget - 1] : null,
      own: own ? own[budget - 1] : null,
      words: words[budget],
      tokens: tokens ? tokens[budget] : null,
      clusters: clusters ? clusters[budget] : null,
      random,
      longest,
    };
  }

  nearest(budget) {
    const far = (point) => Math.abs(Math.log(point.rows / budget));
    return this.spec.points.reduce((best, point) => (far(point) < far(best) ? point : best));
  }

  baseline(name, budget) {
    const curve = this.baselines?.[name];
    return curve ? curve[Math.min(budget, curve.length - 1)] : null;
  }

  // The picks around a budget, each with its number from 0, its row and what it brings.
  picks(from, to) {
    if (!this.spec.nested) return [];
    const { rows, covered, own } = this.order;
    const found = [];
    for (let pick = Math.max(0, from); pick < Math.min(to, rows.length); pick += 1) {
      const gain = covered ? covered[pick + 1] - covered[pick] : null;
      found.push({ pick, row: rows[pick], gain, own: own ? own[pick] : null });
    }
    return found;
  }
}
