// Examples on which a latent fires, each token shaded by how strongly.
import { button, element } from "../coreset-atlas.shared/dom.js";
import { visible } from "./text.js";

const LONGEST_WORD = 30; // characters
const AROUND = 220; // characters shown at either side of the strongest token

export function tokens({ examples, maximum }, channel) {
  const tip = element("div", { class: "tip", role: "status", hidden: "" });
  const list = element("ol", { class: "examples" }, examples.map((one) => example(one, maximum, channel)));
  watch(list, tip);
  return [list, tip];
}

function example({ row, value, state, turns }, maximum, channel) {
  const body = element("div", { class: "turns plain" });
  const whole = [turns.map((turn) => shown(turn, turn.pieces, maximum))];
  const part = excerpt(turns, maximum);
  const node = element("li", { class: "example" }, [
    element("header", { class: "head" }, [
      element("span", { class: "value" }, [value]),
      button(`row ${row.toLocaleString("en-GB")}`, { class: "open" }, () => channel.read(row)),
      ...(state ? [element("span", { class: `state ${state.kind}` }, [state.text])] : []),
      ...(part ? [more(body, part, whole[0])] : []),
    ]),
    body,
  ]);
  body.replaceChildren(...(part ?? whole[0]));
  return node;
}

function more(body, part, whole) {
  const toggle = button("whole text", { class: "open", "aria-expanded": "false" }, () => {
    const open = toggle.getAttribute("aria-expanded") !== "true";
    toggle.setAttribute("aria-expanded", String(open));
    toggle.textContent = open ? "excerpt" : "whole text";
    body.replaceChildren(...(open ? whole : part));
  });
  return toggle;
}

// The turn with the strongest token, cut around it; null where everything fits anyway.
function excerpt(turns, maximum) {
  const length = turns.reduce((sum, { pieces }) => sum + size(pieces), 0);
  if (length <= 2.5 * AROUND) return null;
  const peak = Math.max(...turns.flatMap(({ pieces }) => pieces.map(([, value]) => value)));
  const turn = turns.find(({ pieces }) => pieces.some(([, value]) => value === peak));
  const at = turn.pieces.findIndex(([, value]) => value === peak);
  const before = backwards(turn.pieces.slice(0, at));
  const after = forwards(turn.pieces.slice(at + 1));
  return [shown(turn, [...before, turn.pieces[at], ...after], maximum)];
}

function forwards(pieces) {
  const kept = [];
  let room = AROUND;
  for (const [text, value] of pieces) {
    if (text.length > room) {
      kept.push([`${text.slice(0, wordBreak(text, room))}\u2026`, 0]);
      break;
    }
    kept.push([text, value]);
    room -= text.length;
  }
  return kept;
}

function backwards(pieces) {
  const kept = [];
  let room = AROUND;
  for (const [text, value] of pieces.toReversed()) {
    if (text.length > room) {
      kept.unshift([`\u2026${text.slice(text.length - wordBreak(reversed(text), room))}`, 0]);
      break;
    }
    kept.unshift([text, value]);
    room -= text.length;
  }
  return kept;
}

// A turn with its tokens shaded.
export function shown({ role, unread }, pieces, maximum) {
  const text = element("div", { class: "text", dir: "auto" }, pieces.flatMap((one) => piece(one, maximum)));
  if (unread) {
    const about = "beyond what the model reads of an example";
    text.append(element("span", { class: "unread", title: about }, visible(unread)));
  }
  return element("section", { class: "turn" }, [element("div", { class: "role" }, visible(role)), text]);
}

function piece([text, value], maximum) {
  if (!value) return visible(text);
  const share = Math.min(1, value / (maximum || 1));
  const token = element("span", { class: "token", "data-value": value.toPrecision(3) }, visible(text));
  token.style.setProperty("--heat", share.toFixed(3));
  return [token];
}

// Says in `tip` the value of the token under the pointer, while it is over `area`.
export function watch(area, tip) {
  area.addEventListener("pointerover", (event) => point(tip, event.target));
  area.addEventListener("pointerleave", () => point(tip, null));
}

// The value of the token under the pointer, beside it.
function point(tip, target) {
  const token = target?.closest?.(".token");
  tip.hidden = !token;
  if (!token) return;
  tip.textContent = token.dataset.value;
  const box = token.getClientRects()[0];
  const frame = tip.parentElement.getBoundingClientRect();
  tip.style.transform = `translate(${box.left - frame.left}px, ${box.top - frame.top - 28}px)`;
}

// Where to cut, near `room`, so that no word is cut in two; scripts without spaces are cut there.
function wordBreak(text, room) {
  const space = text.slice(0, room).search(/\s\S*$/);
  if (room - space <= LONGEST_WORD + 1) return space + 1; // 0 where the first word does not fit
  return /[\ud800-\udfff]/.test(text[room - 1]) ? room - 1 : room; // no half of a character
}

const reversed = (text) => text.split("").reverse().join("");
const size = (pieces) => pieces.reduce((sum, [text]) => sum + text.length, 0);
