// The rows at the edge of the budget: the last ones in, and the first ones left out.
import { element, write } from "./dom.js";
import { figure, grouped } from "./words.js";

const SHOWN = 3; // rows on each side

export class Edge {
  constructor() {
    this.sides = {
      in: new Side("Last ones in", "in"),
      out: new Side("First ones out", "out"),
    };
    this.node = element("div", { class: "edge" }, Object.values(this.sides).map((one) => one.node));
  }

  // `textOf(pick, row)` gives the beginning of an example, or null while it is on its way.
  show(facts, budget, textOf) {
    this.sides.in.show(facts.picks(budget - SHOWN, budget).reverse(), textOf);
    this.sides.out.show(facts.picks(budget, budget + SHOWN), textOf);
  }
}

class Side {
  constructor(title, name) {
    this.lines = Array.from({ length: SHOWN }, () => new Line());
    this.node = element("section", { class: "side", "data-side": name }, [
      element("h3", {}, [title]),
      element("ol", {}, this.lines.map((line) => line.node)),
    ]);
  }

  show(picks, textOf) {
    this.lines.forEach((line, at) => line.show(picks[at], textOf));
  }
}

class Line {
  constructor() {
    this.place = element("span", { class: "pick" });
    this.brings = element("span", { class: "brings" });
    this.text = element("span", { class: "text", dir: "auto" });
    this.node = element("li", {}, [this.place, this.brings, this.text]);
  }

  show(found, textOf) {
    this.node.classList.toggle("none", !found);
    if (!found) return this.clear();
    write(this.place, grouped(found.pick + 1));
    write(this.brings, brings(found));
    write(this.text, textOf(found.pick, found.row) ?? `row ${grouped(found.row)}`);
  }

  clear() {
    for (const part of [this.place, this.brings, this.text]) write(part, "");
  }
}

// What a row is for: what it brings to the subset, else to its round.
function brings({ gain, own }) {
  if (gain) return `+${grouped(gain)}`;
  if (own) return `${figure(own)} in round`;
  return gain === null ? "" : "+0";
}
