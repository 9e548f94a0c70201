// The arrays of a curve: fetched once a versioned address, cut into their parts.
import { download } from "../coreset-atlas.shared/arrays.js";

const KEPT = 12; // arrays that stay, of several orders
const kept = new Map(); // address -> promise of an ArrayBuffer, oldest first

// `current()` gives the reference as it stands now (its token may have been renewed meanwhile);
// `renew()` asks Python for a rerun, which brings fresh tokens.
export function fetched(reference, current, renew) {
  const { url } = reference;
  if (!kept.has(url)) {
    const pending = download(reference, current, renew);
    pending.catch(() => kept.delete(url));
    kept.set(url, pending);
    if (kept.size > KEPT) kept.delete(kept.keys().next().value);
  }
  return kept.get(url);
}

// Parts one after another, of 32 bits a number: {name, length, type} says how each is read.
export function parts(buffer, layout) {
  const found = {};
  let start = 0;
  for (const { name, length, type } of layout) {
    const View = type === "float32" ? Float32Array : Uint32Array;
    found[name] = new View(buffer, start, length);
    start += 4 * length;
  }
  return found;
}

// Texts that lie one after another behind their offsets; each is read when it is asked for.
export class Texts {
  constructor(buffer, count) {
    this.starts = new Uint32Array(buffer, 0, count + 1);
    this.bytes = new Uint8Array(buffer, 4 * (count + 1));
    this.decoder = new TextDecoder();
  }

  at(place) {
    if (place + 1 >= this.starts.length) return null;
    return this.decoder.decode(this.bytes.subarray(this.starts[place], this.starts[place + 1]));
  }
}
