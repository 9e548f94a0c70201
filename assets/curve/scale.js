// Rows to pixels and back, evenly or by ratio, and the numbers that stand below the axis.

export class Scale {
  // Rows `least` to `most` lie on `left` to `right` px; `kind` is "log" or "even".
  constructor({ kind, least, most, left, right }) {
    Object.assign(this, { kind, least, most: Math.max(most, least + 1), left, right });
    this.low = kind === "log" ? Math.log(least) : 0;
    this.high = kind === "log" ? Math.log(this.most) : this.most;
  }

  x(rows) {
    const at = this.kind === "log" ? Math.log(Math.max(rows, this.least)) : rows;
    return this.left + ((at - this.low) / (this.high - this.low)) * (this.right - this.left);
  }

  // The number of rows at a pixel, as round as the width of a pixel allows.
  rows(x) {
    const exact = this.exact(x);
    const step = roundStep(this.exact(x + 0.5) - this.exact(x - 0.5));
    return Math.min(this.most, Math.max(this.least, Math.round(exact / step) * step));
  }

  exact(x) {
    const at = this.low + ((x - this.left) / (this.right - this.left)) * (this.high - this.low);
    return this.kind === "log" ? Math.exp(at) : at;
  }

  ticks() {
    return this.kind === "log" ? this.powers() : this.steps();
  }

  powers() {
    const found = [];
    for (let power = 1; power <= this.most; power *= 10) {
      for (const times of this.most / this.least > 2000 ? [1] : [1, 3]) {
        if (power * times >= this.least && power * times <= this.most) found.push(power * times);
      }
    }
    return found;
  }

  steps() {
    const step = roundStep(this.most / 5);
    return Array.from({ length: Math.floor(this.most / step) + 1 }, (_, number) => number * step);
  }
}

// The round number of rows nearest below: 1, 2, 5, 10, 20, 50 …
export function roundStep(rows) {
  if (!(rows > 1)) return 1;
  const power = 10 ** Math.floor(Math.log10(rows));
  return power * (rows / power >= 5 ? 5 : rows / power >= 2 ? 2 : 1);
}
