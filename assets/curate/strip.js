// The last decisions, each with how far it has come: pending, stored, refused, taken back.
import { element, visible } from "./shared.js";
import { Part } from "./part.js";
import { verdictMark } from "./verdicts.js";

const SHOWN = 10;

export class Strip {
  // `goTo(example)` when one is pressed.
  constructor(goTo) {
    this.goTo = goTo;
    this.list = new Part(
      element("ol", { class: "strokes" }), (strokes) => strokes.map((one) => this.stroke(one)),
    );
    this.node = element("section", { class: "strip", "aria-label": "Last decisions" }, [this.list.node]);
  }

  // The newest comes first.
  show(strokes) {
    this.list.show(strokes.slice(-SHOWN).reverse().map(summary));
    this.node.hidden = !strokes.length;
  }

  stroke({ id, example, title, verdict, more, state, why }) {
    const said = [state, why].filter(Boolean).join(": ");
    const button = element("button", { type: "button", class: `stroke ${kind(state)}`, title: said }, [
      verdictMark(verdict),
      element("span", { class: "name" }, visible(more ? `${title} and ${more} more` : title)),
      element("span", { class: "how" }, visible(said)),
    ]);
    button.addEventListener("click", () => this.goTo(example));
    return element("li", { "data-stroke": id, "data-state": kind(state) }, [button]);
  }
}

function summary({ id, examples, title, verdict, state, undo, why }) {
  const told = undo ? (undo.state === "stored" ? "taken back" : "taking back") : state;
  return { id, example: examples[0], title, verdict, more: examples.length - 1, state: told, why };
}

const kind = (state) => state.replace(" ", "-");
