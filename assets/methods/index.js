// The component's entry: methods as cards, of which one is chosen by click or key.
import { Cards } from "./cards.js";

const SHOWN = new WeakMap(); // mount point -> Cards

// Streamlit calls this on mount and again whenever the data changes.
export default function methodCards({ parentElement, data, setTriggerValue }) {
  if (!SHOWN.has(parentElement)) SHOWN.set(parentElement, new Cards(parentElement));
  const cards = SHOWN.get(parentElement);
  cards.pick = (name) => setTriggerValue("method", name);
  cards.get = (page) => setTriggerValue("page", page);
  cards.show(data);
  return () => {
    setTimeout(() => {
      if (parentElement.isConnected || SHOWN.get(parentElement) !== cards) return;
      cards.destroy();
      SHOWN.delete(parentElement);
    }, 0);
  };
}
