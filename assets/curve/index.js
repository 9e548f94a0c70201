// The component's entry: one curve lives on its mount point and outlives every change of its data.
import { CurveView } from "./view.js";

const VIEWS = new WeakMap(); // mount point -> CurveView

// Streamlit calls this on mount and again whenever the data or the theme changes.
export default function liveCurve({ parentElement, data, setStateValue, setTriggerValue }) {
  let view = VIEWS.get(parentElement);
  if (!view) {
    view = new CurveView(parentElement);
    VIEWS.set(parentElement, view);
  }
  view.update(data, { setStateValue, setTriggerValue });
  return () => leave(parentElement, view);
}

// The cleanup of an overtaken call also runs while the curve stays, so ask the document first.
function leave(parentElement, view) {
  setTimeout(() => {
    if (parentElement.isConnected || VIEWS.get(parentElement) !== view) return;
    VIEWS.delete(parentElement);
    view.destroy();
  }, 0);
}
