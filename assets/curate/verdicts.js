// The verdicts: their words, and a mark for each so that none is told by its colour alone.
import { element } from "./shared.js";

export const VERDICTS = {
  approved: { mark: "\u2713", done: "approved" },
  rejected: { mark: "\u2715", done: "rejected" },
  unsure: { mark: "?", done: "unsure" },
};
const NOTE = { mark: "\u270e", done: "note" };

// "✓ approved, pending"; a verdict of null is a note or tags alone.
export function verdictMark(verdict, more = "", kind = "") {
  const { mark, done } = VERDICTS[verdict] ?? NOTE;
  return element("span", { class: `verdict ${verdict ?? "noted"} ${kind}` }, [
    element("span", { class: "glyph", "aria-hidden": "true" }, [mark]),
    element("span", {}, [more ? `${done}, ${more}` : done]),
  ]);
}
