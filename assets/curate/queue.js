// The cards in hand: those behind, the one in front, those to come.

const BEHIND = 60; // cards kept to go back to

export class Queue {
  constructor() {
    this.name = null;
    this.cards = [];
    this.front = null; // example id; null at the end
    this.seen = new Set(); // examples that were in front
  }

  get card() {
    return this.find(this.front);
  }

  // Where the card in front stands; behind all of them at the end.
  get place() {
    const at = this.cards.findIndex(({ example }) => example === this.front);
    return at < 0 ? this.cards.length : at;
  }

  // The card in front and all that come after it.
  get held() {
    return this.cards.slice(this.place);
  }

  find(example) {
    return this.cards.find((card) => card.example === example) ?? null;
  }

  // Python's next cards. Under the same name the card in front stays, and so do those seen before;
  // what is new of them is taken over. Another name begins at its first card.
  refill(name, cards, isOpen) {
    if (name !== this.name) Object.assign(this, new Queue(), { name, cards });
    else this.cards = this.merged(cards);
    if (this.front === null) this.turn(this.open(0, isOpen));
  }

  merged(cards) {
    const fresh = new Map(cards.map((card) => [card.example, card]));
    const end = this.cards.findLastIndex(({ example }) => this.seen.has(example)) + 1;
    const spare = Math.max(0, Math.min(end - BEHIND, this.place));
    const kept = this.cards.slice(spare, end).map((card) => fresh.get(card.example) ?? card);
    const known = new Set(kept.map(({ example }) => example));
    return [...kept, ...cards.filter(({ example }) => !known.has(example))];
  }

  turn(example) {
    this.front = example;
    if (example !== null) this.seen.add(example);
  }

  // After a decision: the next one that is open, else one that was passed over, else the end.
  advance(isOpen) {
    this.turn(this.open(this.place + 1, isOpen) ?? this.open(0, isOpen));
  }

  // One step without deciding; says whether there was one.
  step(by) {
    const card = this.cards[this.place + by];
    if (card) this.turn(card.example);
    return Boolean(card);
  }

  // Puts a card in front.
  bring(card) {
    if (!this.find(card.example)) this.cards.splice(this.place, 0, card);
    this.turn(card.example);
  }

  // Puts a card next, where something is in front.
  bringNext(card) {
    if (this.front === null || this.front === card.example) return this.bring(card);
    this.cards = this.cards.filter(({ example }) => example !== card.example);
    this.cards.splice(this.place + 1, 0, card);
    this.seen.delete(card.example);
  }

  open(from, isOpen) {
    return this.cards.slice(from).find(({ example }) => isOpen(example))?.example ?? null;
  }
}
