// What the hand does with the card in front: decide, take back, move on, tag, note.
import { newId } from "./outbox.js";

const VERDICTS = { approve: "approved", reject: "rejected", skip: "unsure" };

export class Deciding {
  constructor(hand) {
    this.hand = hand;
    this.isTogether = false; // near-duplicates are decided with the card
    this.asked = null; // {example, all}: whether a sole carrier is to go
  }

  // A deed by its name, from a key or a button. `all` takes the near-duplicates along, `share` is
  // how far the text moves.
  act(deed, { all = false, share = 0 } = {}) {
    const { view } = this.hand;
    view.desk.flash(deed);
    if (deed in VERDICTS) this.decide(deed, all || this.isTogether);
    else if (deed === "undo") this.undo();
    else if (deed === "next") this.step(1);
    else if (deed === "previous") this.step(-1);
    else if (deed === "note") view.desk.note.focus();
    else if (deed === "reasons") view.desk.reasons.enter();
    else if (deed === "scroll") view.sheet.scroll(share);
    else if (deed === "together") this.together(!this.isTogether);
    else if (deed.startsWith("tag ")) this.tag(this.hand.spec.tags[Number(deed.slice(4)) - 1]);
  }

  get card() {
    return this.hand.queue.card;
  }

  get mayDecide() {
    return this.hand.spec.mayDecide;
  }

  // --- verdicts -----------------------------------------------------------------------------

  decide(deed, withNear) {
    const { card } = this;
    if (!card || !this.mayDecide) return;
    const all = this.asks ? this.asked.all : withNear;
    if (deed === "reject" && !this.asks && this.losses(card, all).length) return this.ask(card, all);
    this.strike(card, VERDICTS[deed], all && deed !== "skip" ? card.near : []);
  }

  // One stroke: events for the card and those decided with it, the next card, and word to Python.
  strike(card, verdict, near) {
    const { hand } = this;
    if (hand.drafts.clears(card)) this.sendDraft();
    const { tags, reason, note } = hand.drafts.of(card);
    const batch = near.length ? newId() : null;
    const said = { verdict, reason, batch };
    const events = [
      event(card.example, { ...said, note, tags, resolves: card.isConflict }),
      ...near.map(({ example }) => event(example, said)),
    ];
    this.record(card, events, batch ?? events[0].id);
    hand.pace.decide();
    hand.queue.advance((example) => hand.isOpen(example));
    this.turned();
    hand.view.say(`${card.title} ${verdict}, pending.`);
    hand.finish();
  }

  // Puts a stroke among the pending ones.
  record(card, events, id) {
    const { hand } = this;
    const draft = hand.drafts.of(card);
    hand.drafts.sent(card);
    hand.refusals.delete(card.example);
    hand.outbox.add(events);
    hand.strokes.add({
      id, verdict: events[0].verdict, card, draft, title: card.title, queue: hand.queue.name,
      events: events.map((one) => one.id), examples: events.map(({ example }) => example),
    });
  }

  undo() {
    const { hand } = this;
    const stroke = hand.strokes.last;
    if (!stroke || !this.mayDecide) return;
    this.sendDraft();
    const [example] = stroke.examples;
    const back = event(example, { undoes: stroke.id });
    hand.outbox.add([back]);
    hand.strokes.takeBack(stroke, back.id);
    hand.pace.takeBack();
    hand.drafts.restore(example, stroke.draft);
    if (stroke.card) hand.queue.bring(stroke.card);
    else hand.wanted = example;
    this.turned();
    hand.view.say(`${stroke.title}: taking the verdict back.`);
    hand.finish();
  }

  // --- a sole carrier, and near-duplicates --------------------------------------------------

  get asks() {
    return this.asked !== null && this.asked.example === this.hand.queue.front;
  }

  // What would be lost with a card and those decided with it.
  losses(card, all) {
    return [card, ...(all ? card.near : [])].map(({ sole }) => sole).filter(Boolean);
  }

  ask(card, all) {
    this.asked = { example: card.example, all };
    this.hand.draw();
  }

  confirm() {
    this.act("reject");
  }

  leaveIt() {
    this.asked = null;
    this.hand.draw();
  }

  together(isTogether) {
    this.isTogether = isTogether;
    this.leaveIt();
  }

  // --- moving -------------------------------------------------------------------------------

  step(by) {
    const isSent = this.sendDraft();
    if (this.hand.queue.step(by)) this.turned();
    if (isSent) this.hand.finish();
    else this.hand.rest();
  }

  goTo(example) {
    const card = this.hand.held(example);
    if (card) return this.turnTo(card);
    this.hand.wanted = example;
    this.hand.rest(0);
  }

  turnTo(card) {
    const isSent = this.sendDraft();
    this.hand.queue.bring(card);
    this.turned();
    if (isSent) this.hand.finish();
    else this.hand.rest();
  }

  // Another card is in front: questions and switches were about the one before.
  turned() {
    this.asked = null;
    this.isTogether = false;
  }

  // --- tags, reason and note ----------------------------------------------------------------

  tag(word) {
    if (!this.card || word === undefined) return;
    const { tags } = this.hand.drafts.of(this.card);
    const isOn = tags.includes(word);
    this.draft({ tags: isOn ? tags.filter((one) => one !== word) : [...tags, word] });
    this.hand.view.say(`Tag ${word} ${isOn ? "off" : "on"}.`);
  }

  giveReason(word) {
    const isOn = this.hand.drafts.of(this.card).reason === word;
    this.draft({ reason: isOn ? "" : word });
    this.hand.view.say(isOn ? "No reason." : `Reason: ${word}.`);
  }

  write(note) {
    this.draft({ note });
  }

  draft(change) {
    if (!this.card || !this.mayDecide) return;
    this.hand.drafts.change(this.card, change);
    this.hand.save();
    this.hand.draw();
  }

  // Tags or a note without a verdict are recorded when the card is left; says whether there were.
  sendDraft() {
    const { card } = this;
    const draft = card && this.mayDecide ? this.hand.drafts.unsent(card) : null;
    if (!draft) return false;
    const said = event(card.example, { note: draft.note, tags: draft.tags });
    this.record(card, [said], said.id);
    return true;
  }
}

function event(example, said) {
  const empty = { verdict: null, reason: "", note: "", tags: [], batch: null, undoes: null, resolves: false };
  return { id: newId(), example, ...empty, ...said };
}
