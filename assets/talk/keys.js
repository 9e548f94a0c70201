// The list of the page's keys, and the key that leads to its search.

const SEARCH = "[data-testid=stMain] [data-testid=stTextInput] input";

// A dialog with one line a key; closing it by Escape is the browser's own.
export function keyList() {
  const dialog = document.createElement("dialog");
  dialog.className = "key-list";
  dialog.setAttribute("aria-label", "Keys of this page");
  dialog.addEventListener("click", () => dialog.close());
  return dialog;
}

export function fill(dialog, keys) {
  const table = document.createElement("dl");
  for (const [key, what] of keys) {
    const name = document.createElement("kbd");
    name.textContent = key;
    const term = document.createElement("dt");
    const meaning = document.createElement("dd");
    term.append(name);
    meaning.textContent = what;
    table.append(term, meaning);
  }
  dialog.replaceChildren(table);
}

// Puts the cursor into the page's first search field; says whether there is one.
export function toSearch() {
  const field = document.querySelector(SEARCH);
  field?.focus();
  field?.select();
  return Boolean(field);
}
