// Streamlit's tables by keyboard: Tab enters one at its picked line and leaves it at once, arrows
// move, Shift and the space bar pick. By themselves they leave the cursor nowhere while a line is
// picked, so that no arrow moves it, and Tab goes through every cell of a line.

const TABLE = "[data-testid=stDataFrame] canvas";
const PATIENCE = 30; // frames until a table that has just come into view has its cells

export function mendTables() {
  document.addEventListener("focusin", enter);
  document.addEventListener("keydown", leave, { capture: true }); // before the table hears it
}

// The table keeps its cells within its canvas, for assistive technology; one in focus is its cursor.
function enter({ target, relatedTarget }) {
  const comesBack = relatedTarget && target.contains(relatedTarget);
  if (!target.matches?.(TABLE) || comesBack || !target.matches(":focus-visible")) return;
  point(target, PATIENCE);
}

function point(table, frames) {
  if (table !== document.activeElement) return;
  const cell = table.querySelector("tr[aria-selected=true] td") ?? table.querySelector("td");
  if (cell) cell.focus();
  else if (frames) requestAnimationFrame(() => point(table, frames - 1));
}

function leave(event) {
  if (event.key === "Tab" && event.target.closest?.(TABLE)) event.stopPropagation();
}
