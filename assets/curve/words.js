// Numbers as the rest of the app writes them.

const GROUPED = new Intl.NumberFormat("en-GB");

export const grouped = (number) => GROUPED.format(number);

export const count = (number, noun) => `${grouped(number)} ${noun}${number === 1 ? "" : "s"}`;

// "81 %"; complete is said of what is complete only.
export function share(part, whole) {
  if (!whole) return "0\u00a0%"; // one word, also at the end of a line
  const percent = (100 * part) / whole;
  const shown = percent >= 10 || percent === 0 ? percent.toFixed(0) : Number(percent.toPrecision(2)).toString();
  return `${shown === "100" && part < whole ? "99.9" : shown}\u00a0%`;
}

// Three significant digits: "82.4", "1,290", "1.29 million".
export function figure(number) {
  if (number >= 1e6) return `${Number((number / 1e6).toPrecision(3))} million`;
  return number >= 100 ? grouped(Math.round(number)) : Number(number.toPrecision(3)).toString();
}
