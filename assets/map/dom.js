// Elements, and what the map does with them.
export { button, drawing, element } from "../coreset-atlas.shared/dom.js";

export function replaceChildren(parent, children) {
  parent.textContent = "";
  for (const child of children) parent.append(child);
}

export function place(mark, x, y) {
  mark.style.transform = `translate(${x}px, ${y}px)`;
}

// Resolves once the style sheet that Streamlit puts beside the component has arrived, or failed to.
export async function whenStyled(mount) {
  const link = mount.querySelector("link[rel=stylesheet]");
  if (!link || link.sheet) return;
  await new Promise((settled) => {
    link.addEventListener("load", settled, { once: true });
    link.addEventListener("error", settled, { once: true });
  });
}

const GROUPED = new Intl.NumberFormat("en-GB");
export const grouped = (number) => GROUPED.format(number);
