// Cards as a group of radio buttons: one stands in the order of Tab, arrows walk, Space chooses.
import { element } from "../coreset-atlas.shared/dom.js";

export class Cards {
  constructor(mount) {
    this.node = element("div", { class: "methods", role: "radiogroup", "aria-label": "Methods as cards" });
    mount.append(this.node);
    this.node.addEventListener("click", (event) => this.clicked(event));
    this.node.addEventListener("keydown", (event) => this.steer(event));
  }

  destroy() {
    this.node.remove();
  }

  show({ cards, chosen }) {
    const said = JSON.stringify(cards);
    if (said !== this.said) this.draw(cards);
    this.said = said;
    for (const card of this.cards) {
      const isChosen = card.dataset.name === chosen;
      card.setAttribute("aria-checked", String(isChosen));
      card.tabIndex = isChosen ? 0 : -1;
    }
    if (!this.cards.some((card) => card.tabIndex === 0) && this.cards.length) this.cards[0].tabIndex = 0;
    this.node.dataset.ready = "true";
  }

  // Other cards than before; whoever was on one by the keyboard stays on it.
  draw(cards) {
    const held = this.node.getRootNode().activeElement?.closest?.(".card")?.dataset.name;
    this.node.replaceChildren(...cards.map(boxOf));
    this.cards = [...this.node.querySelectorAll(".card")];
    this.cards.find((card) => card.dataset.name === held)?.focus({ preventScroll: true });
  }

  clicked(event) {
    const get = event.target.closest(".get");
    const card = event.target.closest(".card");
    if (get) this.get(get.dataset.page);
    else if (card) this.pick(card.dataset.name);
  }

  steer(event) {
    const card = event.target.closest(".card");
    if (!card) return;
    const at = this.cards.indexOf(card);
    const next = {
      ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1,
      Home: 0, End: this.cards.length - 1,
    }[event.key];
    if (next !== undefined) {
      event.preventDefault();
      event.stopPropagation();
      this.cards[(next + this.cards.length) % this.cards.length].focus();
    } else if (event.key === " " || event.key === "Enter") {
      event.preventDefault();
      this.pick(card.dataset.name);
    }
  }
}

// The link to what is lacking stands beside the radio button, since none may stand inside.
function boxOf({ name, title, when, facts, badge, lacks }) {
  const card = element("div", { class: "card", role: "radio", "data-name": name, tabindex: "-1" }, [
    element("div", { class: "head" }, [
      element("span", { class: "title" }, [title]),
      element("span", { class: `badge ${badge.kind}`, title: badge.about }, [badge.text]),
    ]),
    element("p", { class: "when" }, [when]),
    element("dl", {}, facts.flatMap(([term, told]) => [
      element("dt", {}, [term]), element("dd", {}, [told]),
    ])),
  ]);
  const missing = lacks.map(({ text, label, page }) => element("p", { class: "lacks" }, [
    `${text} `, ...(page ? [element("button", { type: "button", class: "get", "data-page": page }, [label])] : []),
  ]));
  return element("div", { class: lacks.length ? "box lacking" : "box" }, [card, ...missing]);
}
