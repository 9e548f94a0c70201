// What the reader's component lends: elements without markup, and text whose unseen characters
// are named. A component's files are served under its name, so this is the address of a sibling.
export { button, element } from "../coreset-atlas.reader/dom.js";
export { prose, visible } from "../coreset-atlas.reader/text.js";

const GROUPED = new Intl.NumberFormat("en-GB");
export const grouped = (number) => GROUPED.format(number);
export const counted = (number, noun) => `${grouped(number)} ${noun}${number === 1 ? "" : "s"}`;
