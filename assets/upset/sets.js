// The subsets beside the matrix: name, rows as a bar, and their number.
import { element, grouped } from "./dom.js";

const TOLD = ["Rows in exactly the", "marked subsets"];

export function setsOf(sets) {
  const most = Math.max(1, ...sets.map(({ size }) => size));
  const key = element("div", { class: "key" }, [
    element("span", { class: "tick" }), "by chance, at these sizes",
  ]);
  const told = TOLD.map((line) => element("div", {}, [line]));
  return [
    element("div", { class: "head" }, [...told, key]),
    ...sets.map((one) => setOf(one, most)),
  ];
}

function setOf({ name, size, colour, sign }, most) {
  const bar = element("span", { class: `size ${sign}` });
  bar.style.setProperty("--share", `${(100 * size) / most}%`);
  bar.style.setProperty("--colour", colour);
  return element("div", { class: "set" }, [
    element("span", { class: "name", title: name }, [name]),
    element("span", { class: "track" }, [bar]),
    element("span", { class: "number" }, [grouped(size)]),
  ]);
}
