// One hand at work: what Python says, what it is told, and what the tab keeps.
import { Deciding } from "./deciding.js";
import { Drafts } from "./drafts.js";
import { listen } from "./keys.js";
import { keep, recall } from "./memory.js";
import { Outbox } from "./outbox.js";
import { Pace } from "./pace.js";
import { Queue } from "./queue.js";
import { Strokes } from "./strokes.js";
import { View } from "./view.js";

const REST = 400; // ms on a card before Python is told where the hand is
const TICK = 1_000; // ms between looks at the clock
const SILENT = 5; // s without an answer before leaving the page asks
const ACTIVITY = ["keydown", "pointermove", "wheel"];

export class Hand {
  constructor(mount) {
    this.life = new AbortController(); // ends what listens to the window
    this.outbox = new Outbox((events) => this.tell(events));
    this.queue = new Queue();
    this.strokes = new Strokes();
    this.drafts = new Drafts();
    this.pace = new Pace();
    this.refusals = new Map(); // example id -> why its last decision was refused
    this.wanted = null; // an example to go back to whose card is not held
    this.deciding = new Deciding(this);
    this.view = new View(this.deciding);
    mount.append(this.view.root);
    whenStyled(mount).then(() => this.show());
    this.begin();
  }

  begin() {
    const { signal } = this.life;
    const acted = () => this.pace.act();
    for (const kind of ACTIVITY) addEventListener(kind, acted, { capture: true, passive: true, signal });
    addEventListener("online", () => this.outbox.size && this.outbox.post(), { signal });
    addEventListener("beforeunload", (event) => {
      if (this.outbox.silence > SILENT) event.preventDefault();
    }, { signal });
    document.addEventListener("visibilitychange", () => {
      if (document.hidden && this.deciding.sendDraft()) this.finish();
    }, { signal });
    listen(this, signal);
    this.clock = setInterval(() => this.spec && this.view.count(this), TICK);
  }

  // --- what Python says ---------------------------------------------------------------------

  // Called for every rerun that changed something; the card in front stays as it is.
  update(spec, send) {
    const isOther = spec.owner !== this.spec?.owner;
    this.send = send;
    this.spec = spec;
    if (isOther) this.takeOver(spec.owner);
    const news = this.outbox.hear(spec.answers);
    const refused = news.map(([id, answer]) => this.strokes.hear(id, answer)).filter(Boolean);
    const isAnew = spec.queue !== this.queue.name;
    const isSent = isAnew && this.deciding.sendDraft();
    if (isAnew) this.deciding.turned();
    this.queue.refill(spec.queue, spec.cards, (example) => this.isOpen(example));
    for (const stroke of refused) this.giveBack(stroke);
    this.heed(spec.bring);
    if (news.length || isSent) this.save();
    if ((isOther || isSent) && this.outbox.size) this.outbox.post();
    this.draw();
    this.view.root.dataset.ready = "true";
  }

  // What the tab kept of this owner, and nothing of the one before.
  takeOver(owner) {
    const { events, strokes, drafts } = recall(owner);
    this.outbox.become(events);
    this.strokes.become(strokes);
    this.drafts.become(drafts, events);
    this.refusals.clear();
    this.queue = new Queue();
  }

  // A refused decision: its card comes next, or to the front where nothing is there.
  giveBack({ card, examples: [example], draft, why, verdict }) {
    this.refusals.set(example, why);
    this.drafts.restore(example, draft);
    if (verdict && card) this.queue.bringNext(card);
    this.view.say(`Not stored: ${why}`);
  }

  // A card that Python puts in front, once.
  heed(bring) {
    const said = JSON.stringify(bring);
    if (said === this.brought) return;
    this.brought = said;
    const card = bring && this.queue.find(bring[0]);
    if (card) this.deciding.turnTo(card);
  }

  // --- what Python is told ------------------------------------------------------------------

  // Drawn first, kept in the tab, then sent.
  finish() {
    clearTimeout(this.resting);
    this.draw();
    this.save();
    this.outbox.post();
  }

  // Where the hand is, once it rests there.
  rest(wait = REST) {
    this.draw();
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.outbox.post(), wait);
  }

  tell(events) {
    const { spec: { owner }, queue, wanted } = this;
    this.wanted = null;
    this.turn = (this.turn ?? 0) + 1; // no two words are the same
    const held = queue.held.map(({ example }) => example);
    this.send({ owner, turn: this.turn, events, at: queue.front, held, wanted });
  }

  save() {
    const { outbox: { events }, strokes: { all: strokes }, drafts: { changed: drafts } } = this;
    keep(this.spec.owner, { events, strokes, drafts });
  }

  // --- what it holds ------------------------------------------------------------------------

  // Not decided by this hand in this queue.
  isOpen(example) {
    return this.strokes.of(example, this.queue.name) === null;
  }

  // A card by its example: in the queue, or with the stroke that decided it.
  held(example) {
    const { all } = this.strokes;
    return this.queue.find(example) ?? all.findLast((one) => one.examples[0] === example)?.card;
  }

  show() {
    this.view.root.hidden = false;
  }

  draw() {
    this.view.draw(this);
  }

  destroy() {
    this.life.abort();
    clearInterval(this.clock);
    clearTimeout(this.resting);
    this.outbox.destroy();
    this.view.root.remove();
  }
}

// Resolves once the style sheet that Streamlit puts beside the component has arrived, or failed to.
async function whenStyled(mount) {
  const link = mount.querySelector("link[rel=stylesheet]");
  if (!link || link.sheet) return;
  await new Promise((settled) => {
    link.addEventListener("load", settled, { once: true });
    link.addEventListener("error", settled, { once: true });
  });
}
