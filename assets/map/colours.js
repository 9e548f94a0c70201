// Every colour on the map: the theme's, the categories', the sequences'.

// Okabe and Ito (2008), without black, which the theme's ink stands for, so that it shows on dark.
const HUES = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442"];
const STEPS = [0, -0.35, 0.45]; // lightness steps of the same hues: plain, darker, lighter
const STEPS_ON_DARK = [0, 0.45, -0.3]; // darker ones come last, where few points are
const INK_STEPS = [0, 0.3, 0.5]; // ink has no darker step; it steps towards the surface

// Ten samples each; viridis and cividis, see Nuñez, Anderton and Renslow (2018).
const SEQUENCES = {
  viridis: "440154 482878 3e4989 31688e 26828e 1f9e89 35b779 6ece58 b5de2b fde725",
  cividis: "00224e 123570 3b496c 575d6d 707173 8a8678 a59c74 c3b369 e1cc55 fee838",
};

const DIVERGING = ["#1f5fcc", "#5482d4", "#ce8649", "#b45309"]; // where the theme names none

export const SLOTS = 256; // codes fit one byte

// The colours the style sheet resolves for this theme, as [r, g, b] from 0 to 1.
export function themeColours(root) {
  const style = getComputedStyle(root);
  const read = (name) => parsed(style.getPropertyValue(name).trim() || "#888888", root);
  return {
    pool: read("--map-pool"),
    chosen: read("--map-chosen"),
    surface: read("--map-surface"),
    ink: read("--map-ink"),
    success: read("--map-success"),
    warning: read("--map-warning"),
    ends: divergingEnds(style, root),
  };
}

// The two outermost tokens of each arm of the diverging scale: blue, blue, orange, orange.
function divergingEnds(style, root) {
  const tokens = style.getPropertyValue("--st-chart-diverging-colors").split(/,(?![^(]*\))/);
  if (tokens.length < 4) return DIVERGING.map(hex);
  return [tokens[0], tokens[1], tokens.at(-2), tokens.at(-1)].map((text) => parsed(text, root));
}

// One colour a category: eight hues, then their steps; `grey` ones (noise, other) have none, `accent`
// ones that of what is chosen, `ink` ones that of the text, `success` and `warning` ones the theme's.
export function categoryColours({ names, grey, accent, ink, success, warning }, theme) {
  const steps = theme.surface[1] < 0.5 ? STEPS_ON_DARK : STEPS;
  return names.map((_, i) => {
    if (grey.includes(i)) return theme.pool;
    if (accent?.includes(i)) return theme.chosen;
    if (ink?.includes(i)) return theme.ink;
    if (success?.includes(i)) return theme.success;
    if (warning?.includes(i)) return theme.warning;
    const hue = i % (HUES.length + 1);
    const round = Math.floor(i / (HUES.length + 1)) % steps.length;
    if (hue === HUES.length) return mixed(theme.ink, theme.surface, INK_STEPS[round]);
    const step = steps[round];
    return mixed(hex(HUES[hue]), step < 0 ? [0, 0, 0] : [1, 1, 1], Math.abs(step));
  });
}

// A sequence as 256 colours. That of differences goes from blue to orange through the pool's grey,
// which is seen on any surface; its middle is zero.
export function sequence(name, { ends, pool }) {
  const stops = name === "difference"
    ? [ends[0], ends[1], pool, ends[2], ends[3]]
    : (SEQUENCES[name] ?? SEQUENCES.viridis).split(" ").map((text) => hex(`#${text}`));
  return Array.from({ length: SLOTS }, (_, i) => {
    const at = (i / (SLOTS - 1)) * (stops.length - 1);
    const k = Math.min(Math.floor(at), stops.length - 2);
    return mixed(stops[k], stops[k + 1], at - k);
  });
}

export function mixed(from, to, share) {
  return from.map((value, i) => value + (to[i] - value) * share);
}

export function css(colour) {
  return `rgb(${colour.map((value) => Math.round(255 * value)).join(" ")})`;
}

function hex(text) {
  const number = parseInt(text.slice(1), 16);
  return [(number >> 16) / 255, ((number >> 8) & 255) / 255, (number & 255) / 255];
}

// Any CSS colour, color-mix() included: the browser paints one pixel and we read it.
function parsed(text, root) {
  const probe = document.createElement("span");
  probe.style.color = text;
  probe.hidden = true;
  root.append(probe);
  const resolved = getComputedStyle(probe).color;
  probe.remove();
  const canvas = new OffscreenCanvas(1, 1);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.fillStyle = resolved;
  context.fillRect(0, 0, 1, 1);
  const [r, g, b] = context.getImageData(0, 0, 1, 1).data;
  return [r / 255, g / 255, b / 255];
}
