// The card in front: what it is, why it is here, what to beware of, and its text.
import { element, prose, visible } from "./shared.js";
import { Part } from "./part.js";
import { verdictMark } from "./verdicts.js";

export class Sheet {
  // `aside` stands between what there is to beware of and the text.
  constructor(aside) {
    this.text = element("div", { class: "page", tabindex: "0", role: "region", "aria-label": "Text" });
    this.head = new Part(element("header", { class: "head" }), head);
    this.why = new Part(element("p", { class: "reason" }), (why) => (why ? visible(why) : []));
    this.alerts = new Part(element("div", { class: "alerts" }), (alerts) => alerts.map(alert));
    this.body = new Part(this.text, body);
    this.node = element("article", { class: "sheet" }, [
      this.head.node, this.why.node, this.alerts.node, aside, this.text,
    ]);
  }

  // `standing` is {verdict, state} as it holds, `alerts` are [{kind, text}].
  show(card, standing, alerts) {
    const { title, place, reason, turns, cut } = card;
    this.head.show({ title, place, standing });
    this.why.show(reason);
    this.alerts.show(alerts);
    this.text.hidden = false;
    if (this.body.show({ example: card.example, turns, cut })) this.text.scrollTop = 0;
  }

  // Nothing is in front.
  end(text) {
    this.head.show({ title: text, place: null, standing: null });
    this.why.show("");
    this.alerts.show([]);
    this.body.show({ example: null, turns: [], cut: null });
  }

  // Moves the text by a share of what is seen of it.
  scroll(share) {
    this.text.scrollTop += share * this.text.clientHeight;
  }
}

export function turn({ role, text }) {
  return element("section", { class: "turn" }, [
    element("div", { class: "role" }, visible(role)),
    element("div", { class: "text", dir: "auto" }, prose(text)),
  ]);
}

function head({ title, place, standing }) {
  const nodes = [element("h2", { class: "title" }, visible(title))];
  if (place !== null) {
    const kind = place ? "chosen" : "left";
    nodes.push(element("span", { class: `state ${kind}` }, visible(place || "not chosen")));
  }
  if (standing) nodes.push(verdictMark(standing.verdict, standing.state));
  return nodes;
}

function alert({ kind, text }) {
  const asks = kind === "ask" || kind === "refused";
  return element("p", { class: `alert ${kind}`, role: asks ? "alert" : null }, visible(text));
}

function body({ turns, cut }) {
  return [...turns.map(turn), ...(cut ? [element("p", { class: "note" }, [cut])] : [])];
}
