// The keys that every page has: T hides everything but the page itself and enlarges the type (T or
// Escape ends it), ? lists the keys, / leads to the search. None of them needs the server, so a
// talk does not stop where the network does.
import { fill, keyList, toSearch } from "./keys.js";
import { mendPopovers } from "./popovers.js";
import { mendTables } from "./tables.js";

const KEPT = "coreset-atlas.talk"; // survives a page change and a reload, not the tab
const SAID = 2500; // ms the line about the keys stays

const root = document.documentElement;
let listening = null; // one listener a document, whatever page is shown
let timer = 0;

// Streamlit calls this on mount and again with every rerun.
export default function talk({ parentElement, data }) {
  const line = parentElement.querySelector("output") ?? announcement(parentElement);
  const dialog = parentElement.querySelector("dialog") ?? parentElement.appendChild(keyList());
  fill(dialog, data.keys);
  if (!listening) {
    listening = (event) => key(event);
    document.addEventListener("keydown", listening);
    mendTables();
    mendPopovers();
    if (sessionStorage.getItem(KEPT)) show(true);
  }
  Object.assign(talk, { line, dialog });
}

function announcement(parentElement) {
  const line = document.createElement("output");
  line.className = "talk-line";
  line.hidden = true;
  return parentElement.appendChild(line);
}

function key(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
  if (event.key === "?" && !event.defaultPrevented) talk.dialog?.showModal();
  else if (event.key === "/" && toSearch()) event.preventDefault();
  else if (event.key === "t") show(!isOn());
  else if (event.key === "Escape" && isOn() && !event.defaultPrevented) show(false);
}

const isOn = () => root.dataset.talk === "true";

function show(isWanted) {
  root.dataset.talk = String(isWanted);
  if (isWanted) sessionStorage.setItem(KEPT, "on");
  else sessionStorage.removeItem(KEPT);
  say(isWanted ? "Talk view. T or Escape ends it." : "");
  dispatchEvent(new Event("resize")); // tables and charts measure themselves again
}

function say(text) {
  const { line } = talk;
  if (!line) return;
  clearTimeout(timer);
  line.textContent = text;
  line.hidden = !text;
  timer = setTimeout(() => { line.hidden = true; }, SAID);
}

// Whether a letter would be written somewhere; the real target may lie in a shadow tree.
function isTyping(event) {
  const [target] = event.composedPath();
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName ?? "");
}
