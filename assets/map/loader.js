// Fetches base arrays once a versioned address, with the token in a header.
import { download } from "../coreset-atlas.shared/arrays.js";

// What is kept in this page, so that two maps or a remount share it; beyond it the browser's own
// cache answers.
const KEPT = 12; // arrays
const KEPT_BYTES = 24e6;
const VIEWS = {
  float32: Float32Array,
  uint32: Uint32Array,
  uint16: Uint16Array,
  uint8: Uint8Array,
};

const buffers = new Map(); // address -> promise of an ArrayBuffer
const arrivals = new Map(); // address -> bytes, oldest first

// `current()` gives the reference as it stands now (its token may have been renewed meanwhile);
// `renew()` asks Python for a rerun, which brings fresh tokens.
export async function fetchArray(reference, current, renew) {
  const { url, dtype } = reference;
  if (!buffers.has(url)) {
    const pending = download(reference, current, renew);
    buffers.set(url, pending);
    pending.then((buffer) => arrived(url, buffer), () => buffers.delete(url));
  }
  const array = new VIEWS[dtype](await buffers.get(url));
  return reference.bounds ? unpacked(array, reference.bounds) : array;
}

function arrived(url, buffer) {
  arrivals.set(url, buffer.byteLength);
  forgetOldest();
}

function forgetOldest() {
  let bytes = 0;
  [...arrivals].reverse().forEach(([url, size], age) => {
    bytes += size;
    if (age < KEPT && bytes <= KEPT_BYTES) return;
    arrivals.delete(url);
    buffers.delete(url);
  });
}

// Places packed into 16 bits a coordinate, spread over [left, low, right, high].
function unpacked(packed, [left, low, right, high]) {
  const points = new Float32Array(packed.length);
  for (let i = 0; i < packed.length; i += 2) {
    points[i] = left + (packed[i] / 65535) * (right - left);
    points[i + 1] = low + (packed[i + 1] / 65535) * (high - low);
  }
  return points;
}
