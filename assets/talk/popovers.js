// Streamlit's popovers by keyboard: opened by a key, one takes the focus to its first field. It
// stands at the end of the page, where Tab would reach it after everything else.

const OPENER = "[data-testid=stPopover]";
const FIELDS = ":is(input, textarea, select, button, a[href], [tabindex='0']):not([disabled])";
const PATIENCE = 30; // frames until it is there

export function mendPopovers() {
  document.addEventListener("click", ({ target, detail }) => {
    const isByKey = detail === 0;
    if (isByKey && target.closest?.(OPENER)) enter(PATIENCE);
  });
}

function enter(frames) {
  const field = document.querySelector(`[data-testid=stPopoverBody] ${FIELDS}`);
  if (field) field.focus();
  else if (frames) requestAnimationFrame(() => enter(frames - 1));
}
