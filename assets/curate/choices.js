// A row of words to choose from, each with its number: tags (several) or reasons (one).
import { element, visible } from "./shared.js";
import { Part } from "./part.js";

export class Choices {
  // `choose(word)` when one is pressed; the numbers count after the key `first`, where there is one.
  constructor(label, choose, first = "") {
    this.choose = choose;
    this.first = first;
    this.words = [];
    this.row = new Part(
      element("div", { class: "words" }), (words) => words.map((word, at) => this.word(word, at)),
    );
    this.node = element("div", { class: "choices", role: "group", "aria-label": label, hidden: "" }, [
      element("span", { class: "label", "aria-hidden": "true" }, [label]), this.row.node,
    ]);
  }

  show(words, chosen, isAble) {
    this.words = words;
    this.node.hidden = !words.length;
    this.row.show(words);
    for (const [at, button] of [...this.row.node.children].entries()) {
      button.setAttribute("aria-pressed", String(chosen.includes(words[at])));
      button.disabled = !isAble;
    }
  }

  enter() {
    const { children } = this.row.node;
    const pressed = [...children].find((button) => button.ariaPressed === "true");
    (pressed ?? children[0])?.focus();
  }

  // To the next or previous word, while one has the focus.
  rove(by) {
    const buttons = [...this.row.node.children];
    const at = buttons.indexOf(this.node.getRootNode().activeElement);
    buttons[Math.min(buttons.length - 1, Math.max(0, at + by))]?.focus();
  }

  word(word, at) {
    const number = at < 9 ? [element("kbd", {}, [`${this.first}${at + 1}`])] : [];
    const button = element("button", { type: "button", class: "word", "aria-pressed": "false" }, [
      ...number, element("span", {}, visible(word)),
    ]);
    button.addEventListener("click", () => this.choose(word));
    return button;
  }
}
