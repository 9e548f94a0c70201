// What stands beside the card: near-duplicates, what others said, what is known of the example.
import { counted, element, visible } from "./shared.js";
import { Part } from "./part.js";
import { turn } from "./sheet.js";
import { verdictMark } from "./verdicts.js";

const BEGINNING = 160; // characters of a near-duplicate before it is unfolded

export class Beside {
  constructor() {
    this.near = folded("near", (near) => near.map(nearly));
    this.others = folded("others", (others) => others.map(opinion));
    this.facts = folded("known", (facts) => [element("dl", { class: "facts" }, facts.map(fact))]);
    this.node = element("div", { class: "beside" }, [
      this.near.node, this.others.node, this.facts.node,
    ]);
    this.facts.node.open = true;
    this.others.node.open = true;
  }

  show(card) {
    this.near.show(card?.near ?? [], (near) => `${counted(near.length, "near-duplicate")} in its group`);
    this.others.show(card?.others ?? [], (others) => `Others (${others.length})`);
    this.facts.show(card?.facts ?? [], () => "What is known of it");
  }
}

// A list that can be folded away; it stays folded or unfolded from card to card.
function folded(kind, draw) {
  const name = element("summary");
  const part = new Part(element("div", { class: "inside" }), (items) => (items.length ? draw(items) : []));
  const node = element("details", { class: `fold ${kind}`, hidden: "" }, [name, part.node]);
  const show = (items, named) => {
    node.hidden = !items.length;
    name.textContent = named(items);
    part.show(items);
  };
  return { node, show };
}

function nearly({ title, likeness, verdict, turns, cut, sole }) {
  const whole = turns.map(({ text }) => text).join(" ");
  const beginning = whole.length > BEGINNING ? `${whole.slice(0, BEGINNING)}\u2026` : whole;
  const summary = element("summary", {}, [
    element("span", { class: "name" }, visible(title)),
    ...(likeness ? [element("span", { class: "quiet" }, visible(likeness))] : []),
    ...(verdict ? [verdictMark(verdict)] : []),
    element("span", { class: "beginning", dir: "auto" }, visible(beginning)),
  ]);
  return element("details", { class: "one" }, [
    summary,
    ...turns.map(turn),
    ...(cut ? [element("p", { class: "note" }, [cut])] : []),
    ...(sole ? [element("p", { class: "alert" }, visible(sole))] : []),
  ]);
}

function opinion({ curator, verdict, reason, note }) {
  const said = [reason, note].filter(Boolean).join(": ");
  return element("div", { class: "opinion" }, [
    element("span", { class: "name" }, visible(curator)),
    verdictMark(verdict),
    ...(said ? [element("span", { class: "said", dir: "auto" }, visible(said))] : []),
  ]);
}

function fact([name, value]) {
  return element("div", { class: "fact" }, [
    element("dt", {}, visible(name)),
    element("dd", { dir: "auto" }, visible(value)),
  ]);
}
