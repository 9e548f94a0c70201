// What siblings lend: elements without markup, and of the reader text whose unseen characters are
// named. A component's files are served under its name, so these are the addresses of siblings.
export { button, element } from "../coreset-atlas.shared/dom.js";
export { prose, visible } from "../coreset-atlas.reader/text.js";

const GROUPED = new Intl.NumberFormat("en-GB");
export const grouped = (number) => GROUPED.format(number);
export const counted = (number, noun) => `${grouped(number)} ${noun}${number === 1 ? "" : "s"}`;
