// How large and how dense points are drawn: it depends on how many share the canvas.

const REFERENCE = 52_000; // points at which one has the reference size
const REFERENCE_SIZE = 3.2; // CSS px across; 1.5 px at a million
const POWER = 0.25;

// Sizes in device px, the pool's alpha and how far it steps back behind the chosen points, for
// `count` points of which `chosen` are chosen. `density` is device px a CSS px.
export function appearance({ camera, count, chosen, colouring, density }) {
  const closer = Math.min(2.2, Math.max(1, camera.zoom) ** 0.22);
  const size = within(REFERENCE_SIZE * (REFERENCE / Math.max(count, 1)) ** POWER, 1.4, 7) * closer;
  const fewer = within(3.4 * (REFERENCE / Math.max(chosen, 1)) ** 0.13, 3.4, 9);
  const ringed = colouring ? 1.3 : 1; // a ring around a colour needs room for both
  const chosenSize = Math.max(size * 1.3, fewer * Math.min(closer, 1.5), 3) * ringed;
  // Halo and ring part few chosen points from the pool; among many they would hide the colours.
  const halo = within((1000 / Math.max(chosen, 1)) ** 0.4, 0.3, 1.1);
  const ring = within(1.5 * (500 / Math.max(chosen, 1)) ** 0.25, 0.75, 1.6);
  // Share of the canvas that the points would cover side by side.
  const covered = (count * size * size) / (camera.width * camera.height * camera.zoom ** 2);
  return {
    size: size * density,
    chosenSize: chosenSize * density,
    rim: (colouring ? ring : halo) * density,
    alpha: within(0.9 / (1 + 1.2 * covered), 0.16, 0.85),
    context: chosen > 0 ? 0.55 : 0,
  };
}

function within(value, low, high) {
  return Math.min(high, Math.max(low, value));
}
