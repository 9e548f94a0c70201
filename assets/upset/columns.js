// One intersection: a bar of its rows, a tick where chance would end, and a dot for each subset.
import { element, grouped } from "./dom.js";

export function columnOf({ pattern, members, rows, expected }, sets, most) {
  const names = members.map((at) => sets[at].name);
  const only = names.length === 1 ? `only in ${names[0]}` : `in ${names.join(" and ")} alone`;
  const about = `${grouped(rows)} rows ${only}; by chance ${grouped(expected)}`;
  return element(
    "button",
    {
      type: "button", class: "column", role: "option", tabindex: "-1",
      "data-pattern": pattern, "aria-label": about, title: about,
    },
    [barOf(rows, expected, most), dotsOf(members, sets)],
  );
}

function barOf(rows, expected, most) {
  const bar = element("span", { class: "bar" }, [element("span", { class: "count" }, [grouped(rows)])]);
  bar.style.height = `${(100 * rows) / most}%`;
  const chance = element("span", { class: "chance" });
  chance.style.bottom = `${(100 * expected) / most}%`;
  return element("span", { class: "room", "aria-hidden": "true" }, [bar, chance]);
}

// Dots from the first to the last member stand on one line.
function dotsOf(members, sets) {
  const dots = sets.map(({ colour }, at) => {
    const dot = element("span", { class: members.includes(at) ? "dot held" : "dot" });
    if (members.includes(at)) dot.style.background = colour;
    return element("span", { class: "cell" }, [dot]);
  });
  const line = element("span", { class: "line" });
  line.style.setProperty("--from", members[0]);
  line.style.setProperty("--to", members.at(-1));
  return element("span", { class: "dots", "aria-hidden": "true" }, [line, ...dots]);
}
