// Elements, and their places.
export { element } from "../coreset-atlas.shared/dom.js";

// Puts a node where [left, top, width, height], in per cent of what is around it, say.
export function place(node, [left, top, width, height]) {
  Object.assign(node.style, {
    left: `${left}%`, top: `${top}%`, width: `${width}%`, height: `${height}%`,
  });
  return node;
}
