// A piece of the page that is drawn anew only when what it shows has changed: scroll, selection and
// what was unfolded stay otherwise.

export class Part {
  // `draw(value)` gives the children; a piece without any is hidden.
  constructor(node, draw) {
    this.node = node;
    this.draw = draw;
    this.said = undefined;
  }

  // Says whether anything was drawn.
  show(value) {
    const said = JSON.stringify(value ?? null);
    if (said === this.said) return false;
    this.said = said;
    this.node.replaceChildren(...this.draw(value));
    this.node.hidden = !this.node.childNodes.length;
    return true;
  }
}
