// Tags, reason and note of a card before they are sent, and whether they differ from what is known.

export class Drafts {
  constructor() {
    this.changed = new Map(); // example id -> {tags, reason, note}
    this.told = new Map(); // example id -> the last one that was sent, until the queue knows it
  }

  // Other ones than before; `events` were sent or are about to be.
  become(changed, events) {
    this.changed = changed;
    this.told = new Map(events.filter(bringsWords).map(({ example, ...said }) => [example, said]));
  }

  // As it stands on the desk.
  of(card) {
    if (!card) return { tags: [], reason: "", note: "" };
    return this.changed.get(card.example) ?? this.known(card);
  }

  change(card, change) {
    this.changed.set(card.example, { ...this.of(card), ...change });
  }

  // What is to be sent without a verdict: tags or note differ from what is known. Null if nothing.
  unsent(card) {
    const draft = this.changed.get(card.example);
    if (!draft) return null;
    const { tags, note } = this.known(card);
    return note === draft.note && tags.join("\n") === draft.tags.join("\n") ? null : draft;
  }

  // Tags or a note are taken away: a verdict without them would leave them as they are.
  clears(card) {
    const before = this.known(card);
    const { tags, note } = this.of(card);
    return (before.tags.length > 0 && !tags.length) || (before.note !== "" && note === "");
  }

  sent(card) {
    this.told.set(card.example, this.of(card));
    this.changed.delete(card.example);
  }

  // What was sent came to nothing: it is a draft again.
  restore(example, draft) {
    this.told.delete(example);
    if (draft) this.changed.set(example, draft);
  }

  known(card) {
    return this.told.get(card.example) ?? { tags: card.tags, reason: card.given, note: card.note };
  }
}

// A verdict without tags and note leaves them as they are.
const bringsWords = ({ verdict, undoes, tags, note }) =>
  !undoes && (verdict === null || tags.length > 0 || note !== "");
