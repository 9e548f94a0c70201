// Elements, and what the curve does with them.
export { drawing, element, set } from "../coreset-atlas.shared/dom.js";

// Writes only what differs, so that a frame in which nothing changed costs nothing.
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
