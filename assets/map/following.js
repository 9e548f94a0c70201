// What linked maps tell this one; Python hears it from the map it was done on.

export function follow(view, topic, value) {
  const acts = {
    hover: () => view.hovering.follow(value),
    row: () => followRow(view, value),
    mask: () => view.selecting.follow(value),
    clear: () => view.selecting.clearOwn(),
    budget: () => followBudget(view, value),
    emphasis: () => view.legend.adopt(value) && view.painter.repaint(),
  };
  if (view.scene) acts[topic]();
}

function followRow(view, row) {
  const { version } = view.spec;
  view.row = row;
  view.exchange.expect("row", row === null ? null : { version, row });
  view.painter.frameMarks();
}

function followBudget(view, budget) {
  if (!view.spec.budget) return;
  view.slider.show(budget);
  view.exchange.expect("budget", budget);
  view.painter.frame();
}
