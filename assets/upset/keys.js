// Keys to columns: left and right go from one intersection to the next, Enter and the space bar
// press it as they press any button, Escape lets the picked one go.

export function steer(event, upset) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const column = event.target.closest(".column");
  if (!column) return;
  if (event.key === "Escape") {
    if (!upset.isPicked) return;
    upset.clear();
  } else {
    const next = target(event.key, column, upset.columns);
    if (!next) return;
    next.focus();
  }
  event.preventDefault();
}

function target(key, column, columns) {
  const at = columns.indexOf(column);
  const near = (step) => columns[Math.min(columns.length - 1, Math.max(0, at + step))];
  return {
    ArrowRight: () => near(1),
    ArrowLeft: () => near(-1),
    Home: () => columns[0],
    End: () => columns.at(-1),
  }[key]?.();
}
