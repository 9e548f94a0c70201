// What the hand works with: buttons for every key, tags, reasons and the note. The switch for
// near-duplicates stands with the card (see view.js), since not every card has some.
import { counted, element } from "./shared.js";
import { Choices } from "./choices.js";

const LONGEST = 4_000; // characters of a note
const STRUCK = 150; // ms for which a button shows that its key was pressed

export class Desk {
  constructor(deciding) {
    const act = (name, label, key, title, more = {}) => {
      const about = { type: "button", class: `act ${name}`, title, "aria-keyshortcuts": key, ...more };
      const made = element("button", about, [
        element("span", { class: "what" }, [label]), element("kbd", {}, [key]),
      ]);
      made.addEventListener("click", () => deciding.act(name));
      return made;
    };
    this.buttons = {
      approve: act("approve", "Approve", "A", "Approve this example (A)"),
      reject: act("reject", "Reject", "X", "Reject this example (X)"),
      skip: act("skip", "Skip", "S", "Skip: record that you are unsure (S)"),
      undo: act("undo", "Undo", "Z", "Take back the last decision (Z or Ctrl Z)"),
      previous: act("previous", "\u2190", "K", "Previous example (K or left arrow)", {
        "aria-label": "Previous",
      }),
      next: act("next", "\u2192", "J", "Next example, without deciding (J or right arrow)", {
        "aria-label": "Next",
      }),
    };
    this.together = element("button", {
      type: "button", class: "together", role: "switch", "aria-checked": "false", hidden: "",
      title: "Decide the whole group in one stroke (or Shift A, Shift X)",
    });
    this.together.addEventListener("click", () => deciding.act("together"));
    this.tags = new Choices("Tags", (word) => deciding.tag(word));
    this.reasons = new Choices("Reason", (word) => deciding.giveReason(word), "R");
    this.note = element("textarea", {
      rows: "1", maxlength: String(LONGEST), placeholder: "Note (N)", "aria-label": "Note",
      autocomplete: "off",
    });
    this.note.addEventListener("input", () => deciding.write(this.note.value));
    this.node = element("div", { class: "desk" }, [
      element("div", { class: "acts", role: "toolbar", "aria-label": "Decide" }, [
        ...Object.values(this.buttons).slice(0, 4),
        element("span", { class: "gap" }),
        ...Object.values(this.buttons).slice(4),
      ]),
      this.tags.node, this.reasons.node, this.note,
    ]);
  }

  // `draft` is {tags, reason, note} of the card in front, `asks` whether X is to be pressed again.
  show({ tags, reasons, draft, card, isTogether, asks, canDecide, canUndo }) {
    for (const name of ["approve", "reject", "skip"]) this.buttons[name].disabled = !canDecide;
    this.buttons.undo.disabled = !canUndo;
    this.buttons.reject.classList.toggle("asks", asks);
    this.buttons.reject.firstChild.textContent = asks ? "Reject anyway" : "Reject";
    this.tags.show(tags, draft.tags, canDecide);
    this.reasons.show(reasons, [draft.reason], canDecide);
    this.note.disabled = !canDecide;
    if (this.note.value !== draft.note) this.note.value = draft.note;
    this.together.hidden = !card?.near.length;
    this.together.textContent = `Decide its ${counted(card?.near.length ?? 0, "near-duplicate")} with it`;
    this.together.setAttribute("aria-checked", String(isTogether));
  }

  // A key was pressed in place of its button.
  flash(name) {
    const button = this.buttons[name];
    if (!button) return;
    button.classList.add("struck");
    setTimeout(() => button.classList.remove("struck"), STRUCK);
  }
}
