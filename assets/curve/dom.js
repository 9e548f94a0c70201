// Elements without markup: text enters as text nodes only.

const SVG = "http://www.w3.org/2000/svg";

export function element(name, attributes = {}, children = []) {
  return filled(document.createElement(name), attributes, children);
}

export function drawing(name, attributes = {}, children = []) {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

export function set(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

// Writes only what differs, so that a frame in which nothing changed costs nothing.
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function filled(made, attributes, children) {
  set(made, attributes);
  made.append(...children); // strings become text nodes
  return made;
}
