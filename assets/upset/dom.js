// Elements without markup: text enters as text nodes only.

export function element(name, attributes = {}, children = []) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children); // strings become text nodes
  return made;
}

export function grouped(number) {
  return Math.round(number).toLocaleString("en-US");
}
