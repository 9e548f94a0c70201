// How large, how dense and how shaded the map is drawn: it depends on how many share the canvas.

const REFERENCE = 52_000; // points at which one has the reference size
const REFERENCE_SIZE = 3.2; // CSS px across; 1.5 px at a million
const POWER = 0.25;
const SHADED = 0.6; // the shading's share of the tone, where points lie on one another
const SHADED_UNDER_COLOUR = 0.35; // more grey would dull the colours

// Sizes in device px, alphas from 0 to 1, and what the shaders need to tell how crowded a place
// is. `drawn` points stand for the pool and `chosen` are chosen; `pixels` is device px a CSS px.
export function appearance({ camera, density, drawn, chosen, colouring, ringed, pixels }) {
  const closer = Math.min(2.2, Math.max(1, camera.zoom) ** 0.22);
  const size = within(REFERENCE_SIZE * (REFERENCE / Math.max(drawn, 1)) ** POWER, 1.4, 7) * closer;
  const fewer = within(3.4 * (REFERENCE / Math.max(chosen, 1)) ** 0.17, 3.4, 9);
  const room = colouring && ringed ? 1.3 : 1; // a ring around a colour needs room for both
  const chosenSize = Math.max(size * 1.3, fewer * Math.min(closer, 1.5), 3) * room;
  // Halo and ring part few chosen points from the pool; among many they would hide the colours.
  const halo = within((1000 / Math.max(chosen, 1)) ** 0.4, 0.3, 1.1);
  const ring = within(1.5 * (300 / Math.max(chosen, 1)) ** 0.4, 0.4, 1.6);
  // Points of a cell that lie on one pixel of it, for each point in the cell.
  const crowd = (Math.PI / 4) * (size / (density.side * camera.scale)) ** 2;
  const full = Math.max(density.full * crowd, 0.5);
  const merged = smoothly(1, 12, full); // 0 = each point is seen, 1 = they make one surface
  return {
    size: size * pixels,
    chosenSize: chosenSize * pixels,
    rim: (colouring ? (ringed ? ring : 0) : halo) * pixels,
    crowd, full,
    shade: merged * (colouring ? SHADED_UNDER_COLOUR : SHADED),
    alone: 0.85 - 0.3 * merged,
    context: chosen > 0 ? 0.55 : 0,
  };
}

function within(value, low, high) {
  return Math.min(high, Math.max(low, value));
}

function smoothly(low, high, value) {
  const share = within((value - low) / (high - low), 0, 1);
  return share * share * (3 - 2 * share);
}
