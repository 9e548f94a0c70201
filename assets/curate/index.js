// The component's entry: one hand lives on its mount point and outlives every change of its data.
import { Hand } from "./hand.js";

const HANDS = new WeakMap(); // mount point -> Hand

// Streamlit calls this on mount and again whenever the data changes.
export default function curateHand({ parentElement, data, setStateValue }) {
  let hand = HANDS.get(parentElement);
  if (!hand) {
    hand = new Hand(parentElement);
    HANDS.set(parentElement, hand);
  }
  hand.update(data, (value) => setStateValue("hand", value));
  return () => leave(parentElement, hand);
}

// The cleanup of an overtaken call also runs while the hand stays, so ask the document first.
function leave(parentElement, hand) {
  setTimeout(() => {
    if (parentElement.isConnected || HANDS.get(parentElement) !== hand) return;
    HANDS.delete(parentElement);
    hand.destroy();
  }, 0);
}
