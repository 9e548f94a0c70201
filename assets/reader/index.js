// The component's entry: an example as a person reads it, what a latent does on its tokens, or text
// as it stands in a file.
import { card } from "./card.js";
import { code } from "./code.js";
import { element } from "../coreset-atlas.shared/dom.js";
import { tokens } from "./tokens.js";

const KINDS = { card, code, tokens };
const SHOWN = new WeakMap(); // mount point -> { root, said, channel }

// Per cent of the highlight's colour at full activation: the text on it keeps its contrast.
const STRONGEST = { light: 70, dark: 38 };

// Streamlit calls this on mount and again whenever the data changes.
export default function reader({ parentElement, data, setTriggerValue }) {
  const said = JSON.stringify(data);
  const before = SHOWN.get(parentElement);
  const root = before?.root ?? parentElement.appendChild(element("div", { class: "reader" }));
  heat(root);
  const channel = { read: (row) => setTriggerValue("row", row) };
  if (before) Object.assign(before.channel, channel);
  if (before?.said === said) return;
  const lasting = before?.channel ?? channel;
  SHOWN.set(parentElement, { root, said, channel: lasting });
  root.replaceChildren(...KINDS[data.kind](data, lasting));
  root.dataset.ready = "true";
}

// The brightest of the theme's sequential colours, as strong as its text allows.
function heat(root) {
  const style = getComputedStyle(root);
  const colours = style.getPropertyValue("--st-chart-sequential-colors").split(",");
  const text = style.color.match(/[\d.]+/g)?.map(Number) ?? [0, 0, 0];
  const theme = text[0] + text[1] + text[2] > 382 ? "dark" : "light";
  root.style.setProperty("--reader-heat", colours.at(-1)?.trim() || "#fee838");
  root.style.setProperty("--reader-strongest", `${STRONGEST[theme]}%`);
}
