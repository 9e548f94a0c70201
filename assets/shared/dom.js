// Elements without markup: text enters as text nodes only.

const SVG = "http://www.w3.org/2000/svg";

// element("button", { class: "tool", "aria-pressed": "false" }, ["Lasso"])
export function element(name, attributes = {}, children = []) {
  return filled(document.createElement(name), attributes, children);
}

export function drawing(name, attributes = {}, children = []) {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

export function button(label, attributes, act) {
  const made = element("button", { type: "button", ...attributes }, [label]);
  made.addEventListener("click", act);
  return made;
}

// An attribute of null or undefined is left out.
export function set(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) node.setAttribute(name, value);
  }
  return node;
}

function filled(made, attributes, children) {
  set(made, attributes);
  made.append(...children); // strings become text nodes
  return made;
}
