// Elements without markup: text enters as text nodes only.

export function element(name, attributes = {}, children = []) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children); // strings become text nodes
  return made;
}

// Puts a node where [left, top, width, height], in per cent of what is around it, say.
export function place(node, [left, top, width, height]) {
  Object.assign(node.style, {
    left: `${left}%`, top: `${top}%`, width: `${width}%`, height: `${height}%`,
  });
  return node;
}
