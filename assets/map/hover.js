// The text of one row at a time, fetched when the pointer has come to rest on it.

const REST = 60; // ms on one point before it is asked for
const KEPT = 200; // texts kept in this page, the one unused for longest goes first
const PAUSE = 5000; // ms between two requests for fresh tokens

const texts = new Map(); // address -> text, shared by all maps

export class HoverText {
  // `renew()` asks Python for a rerun, which brings fresh tokens.
  constructor(renew) {
    this.renew = renew;
    this.renewedAt = -Infinity;
  }

  // The text where it is known; otherwise null now, and `arrived()` later unless the pointer moves
  // on. `reference` is {url with {row}, token}, or null where there are no texts.
  of(reference, row, arrived) {
    this.stop();
    if (!reference) return null;
    const address = reference.url.replace("{row}", row);
    const known = texts.get(address);
    if (known !== undefined) {
      keep(address, known);
      return known;
    }
    this.timer = setTimeout(() => this.fetch(address, reference.token, arrived), REST);
    return null;
  }

  // The pointer has left: nothing that is still on its way is of interest.
  stop() {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.asking = undefined;
  }

  async fetch(address, token, arrived) {
    this.asking = new AbortController();
    const { signal } = this.asking;
    try {
      const answer = await fetch(address, { headers: { "X-Atlas-Token": token }, signal });
      if (answer.ok) keep(address, await answer.text());
      else if (answer.status === 401 || answer.status === 404) this.refresh();
      if (answer.ok && !signal.aborted) arrived();
    } catch {
      // Aborted, or the server is away: the map still says the category.
    }
  }

  refresh() {
    if (performance.now() - this.renewedAt < PAUSE) return;
    this.renewedAt = performance.now();
    this.renew();
  }
}

function keep(address, text) {
  texts.delete(address);
  texts.set(address, text);
  while (texts.size > KEPT) texts.delete(texts.keys().next().value);
}
