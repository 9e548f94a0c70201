// Everything that is drawn of a hand, and the one place where it is drawn from.
import { Beside } from "./beside.js";
import { Desk } from "./desk.js";
import { Progress } from "./progress.js";
import { element } from "./shared.js";
import { Sheet } from "./sheet.js";
import { Strip } from "./strip.js";

export class View {
  constructor(deciding) {
    this.desk = new Desk(deciding);
    this.sheet = new Sheet(this.desk.together);
    this.beside = new Beside();
    this.strip = new Strip((example) => deciding.goTo(example));
    this.progress = new Progress();
    this.status = element("div", { class: "unseen", "aria-live": "polite" });
    this.root = element("div", { class: "curate reader", hidden: "" }, [
      this.progress.node, this.strip.node,
      element("div", { class: "bench" }, [
        element("div", { class: "work" }, [this.sheet.node, this.desk.node]), this.beside.node,
      ]),
      this.status,
    ]);
  }

  draw(hand) {
    const { spec, queue: { card }, deciding } = hand;
    if (card) this.sheet.show(card, standing(hand, card), alerts(hand, card));
    else this.sheet.end(ending(hand));
    this.beside.show(card);
    this.desk.show({
      tags: spec.tags, reasons: spec.reasons, draft: hand.drafts.of(card), card,
      isTogether: deciding.isTogether, asks: deciding.asks,
      canDecide: Boolean(card) && spec.mayDecide,
      canUndo: spec.mayDecide && hand.strokes.last !== null,
    });
    this.strip.show(hand.strokes.all);
    this.count(hand);
    this.root.dataset.front = card?.example ?? "";
    this.root.dataset.pending = String(hand.outbox.size);
  }

  count({ spec, outbox, pace }) {
    const { decided, left } = spec;
    this.progress.show({ decided, left, pending: outbox.size, rate: pace.rate, silence: outbox.silence });
  }

  // The text takes the focus, so that what had it keeps no keys to itself.
  focus() {
    this.sheet.text.focus({ preventScroll: true });
  }

  say(text) {
    this.status.textContent = text;
  }
}

// The verdict as it holds; null where there is none.
function standing({ strokes, queue }, { example, verdict }) {
  const stroke = strokes.of(example, queue.name);
  if (stroke) return { verdict: stroke.verdict, state: stroke.state };
  return verdict ? { verdict, state: "" } : null;
}

function alerts({ spec, refusals, deciding }, card) {
  const meanwhile = spec.meanwhile[card.example];
  const why = refusals.get(card.example);
  const plain = [...card.warnings, ...(card.sole && !deciding.asks ? [card.sole] : [])];
  return [
    ...(meanwhile ? [{ kind: "meanwhile", text: meanwhile }] : []),
    ...(why ? [{ kind: "refused", text: `Not stored: ${why}. Decide again.` }] : []),
    ...plain.map((text) => ({ kind: "", text })),
    ...(deciding.asks ? [{ kind: "ask", text: question(deciding, card) }] : []),
  ];
}

function question({ asked, losses }, card) {
  const what = asked.all ? `all ${card.near.length + 1}` : "it";
  return `${losses(card, asked.all).join(" ")} X again rejects ${what}; any other key leaves it.`;
}

function ending({ spec, outbox }) {
  return outbox.size > 0 || spec.left > 0 ? "Waiting for the next examples" : spec.done;
}
