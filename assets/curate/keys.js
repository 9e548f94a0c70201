// Keys to deeds. They work wherever the focus is, but not while something is typed.

const DEEDS = {
  a: "approve", x: "reject", s: "skip", z: "undo", j: "next", k: "previous", n: "note", r: "reasons",
  ArrowRight: "next", ArrowLeft: "previous", Enter: "note", " ": "scroll",
};
const REPEATED = ["next", "previous", "scroll"]; // by a key that is held down
const OWN_KEYS = "[role=application], [role=grid], [role=dialog], dialog, [data-testid=stDataFrame]";
const ARROWS = "[role=slider], [role=tablist], [role=radiogroup], [role=listbox], [role=menu]";
const PRESSED = "a, button, summary, [role=button], [role=option], [role=switch]";
const UNTYPED = "checkbox radio range button submit reset color file image".split(" ");

// Listens before anybody else does, so that a key has one meaning here; until `signal` ends it.
export function listen({ view, deciding }, signal) {
  addEventListener("keydown", (event) => hear(event, view, deciding), { capture: true, signal });
}

function hear(event, view, deciding) {
  if (event.isComposing || !view.root.checkVisibility()) return;
  const path = event.composedPath().filter((node) => node instanceof Element);
  if (path[0] === view.desk.note) return inNote(event, view);
  if (isTyping(path[0]) || path.some((node) => node.matches(OWN_KEYS))) return;
  if (deciding.asks && !isModifier(event)) return answer(event, deciding);
  const isInReasons = path.includes(view.desk.reasons.node);
  if (isInReasons && inReasons(event, view, deciding)) return taken(event);
  const deed = deedOf(event, path);
  if (!deed || (event.repeat && !REPEATED.includes(deed))) return;
  taken(event);
  deciding.act(deed, { all: event.shiftKey, share: event.shiftKey ? -0.85 : 0.85 });
}

function deedOf(event, path) {
  const { key, shiftKey } = event;
  const isUndo = (event.ctrlKey || event.metaKey) && !event.altKey && !shiftKey;
  if (isUndo) return key.toLowerCase() === "z" ? "undo" : null;
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  if (key.startsWith("Arrow") && path.some((node) => node.matches(ARROWS))) return null;
  if ((key === "Enter" || key === " ") && path.some((node) => node.matches(PRESSED))) return null;
  const digit = digitOf(event);
  if (digit) return `tag ${digit}`;
  const deed = DEEDS[key.length === 1 ? key.toLowerCase() : key];
  const shifted = ["approve", "reject", "scroll"];
  return shiftKey && key.length === 1 && !shifted.includes(deed) ? null : deed;
}

// 1 to 9, also where a keyboard needs Shift for digits; 0 for anything else.
function digitOf({ key, code, shiftKey }) {
  if (/^[1-9]$/.test(key)) return Number(key);
  const found = /^Digit([1-9])$/.exec(code);
  return found && !shiftKey && !/^[\w/?]$/.test(key) ? Number(found[1]) : 0;
}

// While it is asked whether a sole carrier goes: the same key again, or anything else to leave it.
function answer(event, deciding) {
  if (["Tab", "Enter", " "].includes(event.key)) return; // to the buttons, and press one
  taken(event);
  if (event.repeat) return;
  if (event.key.toLowerCase() === "x" && !event.ctrlKey && !event.metaKey) deciding.confirm();
  else deciding.leaveIt();
}

function inNote(event, view) {
  event.stopPropagation(); // letters are text, whatever they mean elsewhere
  if (event.key === "Escape") {
    event.preventDefault();
    view.focus();
  }
}

// Says whether the key meant a reason.
function inReasons(event, view, deciding) {
  const { reasons } = view.desk;
  const digit = digitOf(event);
  const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
  if (digit && reasons.words[digit - 1] !== undefined) {
    deciding.giveReason(reasons.words[digit - 1]);
    view.focus(); // digits mean tags again
  } else if (event.key in steps) reasons.rove(steps[event.key]);
  else if (event.key === "Escape") view.focus();
  else return false;
  return true;
}

function taken(event) {
  event.preventDefault();
  event.stopPropagation();
}

const isModifier = ({ key }) => ["Shift", "Control", "Alt", "Meta", "CapsLock"].includes(key);

function isTyping(target) {
  if (!target || target.isContentEditable) return Boolean(target);
  if (target.matches("textarea, select")) return true;
  return target.matches("input") && !UNTYPED.includes(target.type);
}
