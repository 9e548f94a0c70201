// The numbers beside the curve, each with what it is to be compared with.
import { element, write } from "./dom.js";
import { count, figure, grouped, share } from "./words.js";

const NAMES = {
  rows: ["Rows chosen", ""],
  covered: ["Latents covered", "Latents that at least one chosen row has, of those that any row of the pool has. Higher is better."],
  gain: ["Last row brought", "Latents that no earlier row of the subset has."],
  tokens: ["Tokens in all", "Tokens that the model reads of the chosen rows."],
  words: ["Mean response", "Mean words of a chosen row's response."],
  clusters: ["Clusters reached", "Clusters with at least one chosen row. Higher is better."],
};

export class Numbers {
  constructor() {
    this.cells = {};
    this.node = element("dl", { class: "numbers" });
    for (const [name, [title, about]] of Object.entries(NAMES)) {
      const value = element("dd", { class: "value", "data-number": name });
      const beside = element("dd", { class: "beside" });
      const cell = element("div", { class: "cell", title: about }, [
        element("dt", {}, [title]), value, beside,
      ]);
      this.cells[name] = { cell, value, beside };
      this.node.append(cell);
    }
  }

  show(facts, spec) {
    for (const [name, told] of Object.entries(told_of(facts, spec))) {
      const { cell, value, beside } = this.cells[name];
      cell.hidden = told === null;
      if (told === null) continue;
      write(value, told[0]);
      write(beside, told[1]);
    }
  }
}

function told_of(facts, spec) {
  const { rows, covered, tokens, words, clusters, random, longest } = facts;
  const perRow = (sum) => figure(sum / Math.max(rows, 1));
  const means = spec.means;
  return {
    rows: [grouped(rows), `${share(rows, spec.pool)} of ${grouped(spec.pool)}`],
    covered: covered === null ? null : [
      `${share(covered, spec.reachable)}`,
      `${grouped(covered)} of ${grouped(spec.reachable)}\n${besides(random, longest, spec)}`,
    ],
    gain: facts.gain === null ? null : [brought(facts.gain), inRound(facts)],
    tokens: tokens === null ? null : [
      figure(tokens), `${perRow(tokens)} a row · pool ${figure(means.tokens)}`,
    ],
    words: [`${perRow(words)} words`, `pool ${figure(means.words)}`],
    clusters: clusters === null ? null : [grouped(clusters), `of ${grouped(spec.clusters)}`],
  };
}

function besides(random, longest, { reachable }) {
  if (random === null) return "";
  return `random ${share(random, reachable)}, longest ${share(longest, reachable)}`;
}

const brought = (gain) => (gain ? count(gain, "latent") : "nothing new");

function inRound({ gain, own }) {
  return own === null || own === gain ? "that the subset lacked" : `${figure(own)} in its round`;
}
