// Elements without markup: text enters as text nodes only.

export function element(name, attributes = {}, children = []) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children); // strings become text nodes
  return made;
}

export function button(label, attributes, act) {
  const made = element("button", { type: "button", ...attributes }, [label]);
  made.addEventListener("click", act);
  return made;
}
