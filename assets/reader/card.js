// One example: what it is called, what is known of it, why it is chosen or not, and its turns.
import { element } from "./dom.js";
import { prose, visible } from "./text.js";

export function card({ title, state, facts, reason, turns, cut }) {
  return [
    element("header", { class: "head" }, [
      element("span", { class: "title" }, [title]),
      ...(state ? [element("span", { class: `state ${state.kind}` }, [state.text])] : []),
    ]),
    ...(reason ? [element("p", { class: "reason" }, [reason])] : []),
    element("div", { class: "turns", tabindex: "0", role: "region", "aria-label": "Text" }, [
      ...turns.map(turn),
      ...(cut ? [element("p", { class: "note" }, [cut])] : []),
    ]),
    element("dl", { class: "facts" }, facts.map(fact)),
  ];
}

function turn({ role, text }) {
  return element("section", { class: "turn" }, [
    element("div", { class: "role" }, visible(role)),
    element("div", { class: "text", dir: "auto" }, prose(text)),
  ]);
}

function fact([name, value]) {
  return element("div", { class: "fact" }, [
    element("dt", {}, visible(name)),
    element("dd", { dir: "auto" }, visible(value)),
  ]);
}
