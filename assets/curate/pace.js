// Decisions a minute over the last five minutes of work; pauses do not count.

const PAUSE = 60_000; // ms without a key, a click or a scroll
const WINDOW = 5 * 60_000; // ms of work
const FEWEST = 3; // decisions before a pace is told
const SHORTEST = 20_000; // ms of work before a pace is told

export class Pace {
  constructor(now = () => performance.now()) {
    this.now = now;
    this.worked = 0; // ms
    this.last = null;
    this.decisions = []; // ms of work at which each was made
  }

  // Something was done: the time since the last deed was work, unless it was a pause.
  act() {
    const now = this.now();
    if (this.last !== null && now - this.last <= PAUSE) this.worked += now - this.last;
    this.last = now;
  }

  decide() {
    this.act();
    this.decisions.push(this.worked);
    while (this.decisions[0] < this.worked - WINDOW) this.decisions.shift();
  }

  takeBack() {
    this.decisions.pop();
  }

  // Decisions a minute; null before it can be said.
  get rate() {
    const span = Math.min(this.worked, WINDOW);
    const n = this.decisions.filter((at) => at >= this.worked - WINDOW).length;
    return n < FEWEST || span < SHORTEST ? null : n / (span / 60_000);
  }
}

// "about 49 min left at this pace"
export function timeLeft(left, rate) {
  const minutes = Math.ceil(left / rate);
  if (minutes < 60) return `about ${minutes} min left at this pace`;
  return `about ${Math.floor(minutes / 60)} h ${minutes % 60} min left at this pace`;
}
