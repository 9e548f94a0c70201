// Text from data as nodes: what cannot be seen is shown by its name, code stands in monospace.
import { element } from "../coreset-atlas.shared/dom.js";

// Controls, invisible and direction-changing characters, tags. A joiner inside a word or an emoji
// is part of its spelling and stays.
const UNSEEN = new RegExp(
  [
    "[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u180e\\u200b\\u200e\\u200f]",
    "[\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb\\u{e0000}-\\u{e007f}]",
    "(?<![\\p{L}\\p{M}\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\ufe0f])[\\u200c\\u200d]",
  ].join("|"),
  "gu",
);
const FENCE = /^(`{3,}|~{3,})[^\n]*\n([\s\S]*?)\n?^\1[ \t]*$/gm;
const PICTURES = 0x2400; // Unicode's pictures of the C0 controls

// The text with every unseen character replaced by a small mark that names it.
export function visible(text) {
  const nodes = [];
  let from = 0;
  for (const found of text.matchAll(UNSEEN)) {
    if (found.index > from) nodes.push(text.slice(from, found.index));
    nodes.push(mark(found[0].codePointAt(0)));
    from = found.index + found[0].length;
  }
  if (from < text.length) nodes.push(text.slice(from));
  return nodes;
}

// The same, with fenced blocks of code in monospace.
export function prose(text) {
  const nodes = [];
  let from = 0;
  for (const found of text.matchAll(FENCE)) {
    if (found.index > from) nodes.push(...visible(text.slice(from, found.index)));
    nodes.push(element("code", { class: "block", dir: "ltr" }, visible(found[2])));
    from = found.index + found[0].length;
    if (text[from] === "\n") from += 1; // the block ends its line by itself
  }
  nodes.push(...visible(text.slice(from)));
  return nodes;
}

function mark(code) {
  const name = `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
  const shown = code < 0x20 ? String.fromCodePoint(PICTURES + code) : name;
  return element("span", { class: "control", title: `control character ${name}` }, [shown]);
}
