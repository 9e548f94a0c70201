// One example: what it is called, what is known of it, why it is chosen or not, and its turns.
import { element } from "../coreset-atlas.shared/dom.js";
import { prose, visible } from "./text.js";
import { shown, watch } from "./tokens.js";

export function card({ title, state, facts, reason, turns, shade, cut, compact }) {
  const tip = element("div", { class: "tip", role: "status", hidden: "" });
  const frame = compact ? "turns short" : "turns";
  const text = element("div", { class: frame, tabindex: "0", role: "region", "aria-label": "Text" }, [
    ...turns.map((one) => turn(one, shade)),
    ...(cut ? [element("p", { class: "note" }, [cut])] : []),
  ]);
  if (shade) {
    watch(text, tip);
    requestAnimationFrame(() => reveal(text));
  }
  return [
    element("header", { class: "head" }, [
      element("span", { class: "title" }, [title]),
      ...(state ? [element("span", { class: `state ${state.kind}` }, [state.text])] : []),
    ]),
    ...(reason ? [element("p", { class: "reason" }, [reason])] : []),
    ...(shade ? [element("p", { class: "note" }, visible(shade.title))] : []),
    text,
    ...(compact ? [folded(facts)] : [known(facts)]),
    tip,
  ];
}

function turn(one, shade) {
  if (shade) return shown(one, one.pieces, shade.maximum);
  const { role, text } = one;
  return element("section", { class: "turn" }, [
    element("div", { class: "role" }, visible(role)),
    element("div", { class: "text", dir: "auto" }, prose(text)),
  ]);
}

// Brings the strongest token into view, without moving the page.
function reveal(text) {
  const tokens = [...text.querySelectorAll(".token")];
  const heat = (token) => Number(token.style.getPropertyValue("--heat"));
  const strongest = tokens.reduce((best, one) => (best && heat(best) >= heat(one) ? best : one), null);
  if (!strongest) return;
  const gap = strongest.getBoundingClientRect().top - text.getBoundingClientRect().top;
  if (gap > text.clientHeight) text.scrollTop = gap - text.clientHeight / 2;
}

function known(facts) {
  return element("dl", { class: "facts" }, facts.map(fact));
}

function folded(facts) {
  const name = element("summary", {}, ["What is known of it"]);
  return element("details", { class: "fold" }, [name, known(facts)]);
}

function fact([name, value]) {
  return element("div", { class: "fact" }, [
    element("dt", {}, visible(name)),
    element("dd", { dir: "auto" }, visible(value)),
  ]);
}
