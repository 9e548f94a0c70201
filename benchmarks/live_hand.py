"""What a hand does on the live curve, as scripts that time it by the browser's clock."""

from __future__ import annotations

FIND = """() => [...document.querySelectorAll('*')]
  .map((host) => host.shadowRoot?.querySelector('.live-curve')).find(Boolean)"""
"""The curve, inside whatever shadow root it lies."""

# Armed before the key; `window.drawnAfter` is set in the frame after the one with a new order.
PRESSED = """() => {
  const curve = (FIND)();
  const before = curve.dataset.ready;
  window.drawnAfter = undefined;
  addEventListener('keydown', function begun(event) {
    if (event.key !== 'Enter') return;
    removeEventListener('keydown', begun, true);
    const start = performance.now();
    const look = () => {
      const now = (FIND)();
      if (!now || now.dataset.ready === before) return requestAnimationFrame(look);
      requestAnimationFrame(() => { window.drawnAfter = performance.now() - start; });
    };
    look();
  }, true);
}"""

DRAG = """async (node, {x, y, moves}) => {
  const curve = node.getRootNode().querySelector('.live-curve');
  const taken = [];
  for (let move = 1; move <= moves; move += 1) {
    const before = curve.dataset.budget, start = performance.now();
    const clientX = x - 5 * (move <= moves / 2 ? move : moves - move);
    node.dispatchEvent(new PointerEvent('pointermove', {clientX, clientY: y}));
    let frames = 0;
    while (curve.dataset.budget === before && frames++ < 60) {
      await new Promise(requestAnimationFrame);
    }
    taken.push(performance.now() - start);
  }
  return taken;
}"""
