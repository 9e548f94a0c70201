// Elements, and numbers as people read them.
export { element } from "../coreset-atlas.shared/dom.js";

export function grouped(number) {
  return Math.round(number).toLocaleString("en-US");
}
