// Keys to rectangles: left and right follow the reading order, up and down go from group to group.
// Enter and the space bar press a rectangle as they press any button.

export function steer(event, treemap) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && treemap.tip.isShown) treemap.tip.hide();
  else {
    const next = target(event.key, event.target, treemap.tiles);
    if (!next) return;
    next.focus();
  }
  event.preventDefault();
}

function target(key, tile, tiles) {
  const at = tiles.indexOf(tile);
  const near = (step) => tiles[Math.min(tiles.length - 1, Math.max(0, at + step))];
  const there = {
    ArrowRight: () => near(1),
    ArrowLeft: () => near(-1),
    ArrowDown: () => beside(tile, "nextElementSibling"),
    ArrowUp: () => beside(tile, "previousElementSibling"),
    Home: () => tiles[0],
    End: () => tiles.at(-1),
  }[key];
  return there?.();
}

// The first rectangle of the group before or after; at either end, where one is.
function beside(tile, direction) {
  return tile.closest(".group")[direction]?.querySelector(".tile") ?? tile;
}
