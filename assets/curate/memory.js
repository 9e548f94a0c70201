// What a tab keeps over a reload: events without an answer, the last strokes, and drafts.

const PREFIX = "coreset-atlas.curate.";
const ID = /^[0-9a-f]{32}$/;
const RECENT = 12; // strokes whose cards are kept, so that one can go back to them

// Of one owner (workspace, project and curator); nothing where nothing of use was kept.
export function recall(owner) {
  const found = parsed(sessionStorage.getItem(PREFIX + owner));
  const events = listed(found?.events).filter(isEvent);
  const strokes = listed(found?.strokes).filter((one) => ID.test(one?.id));
  const drafts = Object.entries(found?.drafts ?? {}).filter(([example]) => ID.test(example));
  return { events, strokes, drafts: new Map(drafts) };
}

export function keep(owner, { events, strokes, drafts }) {
  const recent = strokes.slice(-RECENT);
  const older = strokes.slice(0, -RECENT).filter(({ state }) => state === "pending").map(bare);
  const kept = { events, strokes: [...older, ...recent], drafts: Object.fromEntries(drafts) };
  try {
    sessionStorage.setItem(PREFIX + owner, JSON.stringify(kept));
  } catch {
    keepLess(owner, { ...kept, strokes: kept.strokes.map(bare) });
  }
}

// The tab's room is spent: the decisions matter, the texts do not.
function keepLess(owner, kept) {
  try {
    sessionStorage.removeItem(PREFIX + owner);
    sessionStorage.setItem(PREFIX + owner, JSON.stringify(kept));
  } catch {
    // A browser without storage: what is pending lives as long as the page.
  }
}

const isEvent = (one) => ID.test(one?.id) && ID.test(one.example) && Array.isArray(one.tags);
const bare = (stroke) => ({ ...stroke, card: null });
const listed = (value) => (Array.isArray(value) ? value : []);

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
