// Text as it stands in a file, in monospace: whole, to be scrolled by hand or key, and to be copied.
import { button, element } from "../coreset-atlas.shared/dom.js";
import { visible } from "./text.js";

const SAID = 1500; // ms that the button says that it has copied

export function code({ text, name, height }) {
  const attributes = { class: "lines", tabindex: "0", role: "region", "aria-label": name };
  const lines = element("pre", attributes, [element("code", { dir: "auto" }, visible(text))]);
  if (height) lines.style.maxHeight = `${height}px`;
  const copy = button("Copy", { class: "copy", "aria-label": `Copy: ${name}` }, async () => {
    copy.textContent = (await copied(text)) ? "Copied" : "Selected";
    if (copy.textContent === "Selected") getSelection().selectAllChildren(lines);
    setTimeout(() => { copy.textContent = "Copy"; }, SAID);
  });
  return [element("div", { class: "code" }, [lines, copy])];
}

// Whether the clipboard took it: pages that are not served safely have none.
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
