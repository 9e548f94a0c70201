// Events until they are answered: each is sent again and again, and only an answer drops it.

const FIRST_WAIT = 4_000; // ms without an answer before everything is sent again
const LONGEST_WAIT = 30_000;
const MOST = 500; // events sent at once, oldest first

export class Outbox {
  // `send(events)` hands everything unanswered to Python.
  constructor(send) {
    this.held = new Map(); // id -> event, in the order of the decisions
    this.send = send;
    this.isCut = false;
    this.since = null; // when the oldest unanswered word was sent, ms since 1970
  }

  get events() {
    return [...this.held.values()];
  }

  get size() {
    return this.held.size;
  }

  // Seconds for which nothing was answered; 0 where nothing is asked.
  get silence() {
    return this.since === null ? 0 : (Date.now() - this.since) / 1000;
  }

  // Other events than before: those of another owner, or of this tab before a reload.
  become(events) {
    this.held = new Map(events.map((one) => [one.id, one]));
    this.since = null;
    clearTimeout(this.timer);
  }

  add(events) {
    for (const one of events) this.held.set(one.id, one);
  }

  // The answers that somebody waited for, as [id, answer]; their events are dropped.
  hear(answers) {
    const news = Object.entries(answers).filter(([id]) => this.held.delete(id));
    if (news.length) this.rest();
    return news;
  }

  // Hands over what there is, and again later unless an answer comes.
  post(wait = FIRST_WAIT) {
    clearTimeout(this.timer);
    this.isCut = this.size > MOST; // the rest goes as soon as some of these are answered
    this.send(this.events.slice(0, MOST));
    if (!this.size) return;
    this.since ??= Date.now();
    this.timer = setTimeout(() => this.post(Math.min(2 * wait, LONGEST_WAIT)), wait);
  }

  // Something was answered: patience begins anew for what is left.
  rest() {
    clearTimeout(this.timer);
    this.since = this.size ? Date.now() : null;
    if (this.isCut) this.post();
    else if (this.size) this.timer = setTimeout(() => this.post(), FIRST_WAIT);
  }

  destroy() {
    clearTimeout(this.timer);
  }
}

// 32 hex digits; made here, so that sending an event twice is harmless.
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
