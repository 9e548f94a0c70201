// What was decided here, stroke by stroke: pending until the page says stored, and taken back.

const REMEMBERED = 200;

// A stroke is {id, events: [id], examples: [id], card, verdict, queue, draft, state, why, undo}:
// `id` is that of its event or of its batch, `state` is pending, stored or refused, and `undo` is
// null or {id, state} of the event that takes it back.
export class Strokes {
  constructor() {
    this.all = [];
  }

  become(strokes) {
    this.all = strokes;
  }

  add(stroke) {
    this.all.push({ state: "pending", why: "", undo: null, waits: stroke.events, ...stroke });
    if (this.all.length > REMEMBERED) this.all.shift();
  }

  // The last decision that stands.
  get last() {
    return this.all.findLast((one) => one.verdict && stands(one)) ?? null;
  }

  // The verdict on an example as this hand gave it in a queue, with its state; null where none.
  of(example, queue) {
    return this.all.findLast(
      (one) => one.verdict && one.queue === queue && stands(one) && one.examples.includes(example),
    ) ?? null;
  }

  takeBack(stroke, id) {
    stroke.undo = { id, state: "pending" };
    stroke.why = "";
  }

  // Takes an answer in; gives the stroke that was refused by it, else null.
  hear(id, answer) {
    const isStored = answer === "stored";
    const why = answer.replace(/^refused:\s*/, "");
    const undone = this.all.find(({ undo }) => undo?.id === id);
    if (undone) {
      if (isStored) undone.undo.state = "stored";
      else Object.assign(undone, { undo: null, why: `not taken back: ${why}` });
      return null;
    }
    const stroke = this.all.find(({ events }) => events.includes(id));
    if (!stroke) return null;
    stroke.waits = stroke.waits.filter((one) => one !== id);
    if (isStored) {
      if (stroke.state === "pending" && !stroke.waits.length) stroke.state = "stored";
      return null;
    }
    const isNews = stroke.state !== "refused";
    Object.assign(stroke, { state: "refused", why });
    return isNews ? stroke : null;
  }
}

const stands = ({ state, undo }) => state !== "refused" && !undo;
