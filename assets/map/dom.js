// Elements without markup: text enters through textContent only.

const SVG = "http://www.w3.org/2000/svg";

// element("button", {class: "tool", "aria-pressed": "false"}, ["Lasso"])
export function element(name, attributes = {}, children = []) {
  return filled(document.createElement(name), attributes, children);
}

export function drawing(name, attributes = {}, children = []) {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

export function button(label, attributes, act) {
  const made = element("button", { type: "button", ...attributes }, [label]);
  made.addEventListener("click", act);
  return made;
}

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

function filled(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) made.setAttribute(name, value);
  }
  for (const child of children) made.append(child); // strings become text nodes
  return made;
}
