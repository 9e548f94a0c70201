// What the pointer is over: a ring, a few facts, and the text of that one row.
import { grouped } from "./dom.js";
import { HoverText } from "./hover.js";

export class Hovering {
  constructor(view) {
    this.view = view;
    this.pointer = null; // CSS px on the stage; null = not on the map, or busy dragging
    this.row = -1; // under the pointer
    this.shared = -1; // under the pointer on a linked map
    this.texts = new HoverText(() => view.exchange.renew());
  }

  move(position) {
    this.pointer = position;
    if (!position) this.texts.stop(); // at once, not with the next frame
    this.view.painter.frameMarks();
  }

  follow(row) {
    this.shared = row;
    this.view.painter.frameMarks();
  }

  // Draws the ring and the tip; gives the row under the pointer, or -1.
  draw(size) {
    const { scene, stage } = this.view;
    this.turnTo(this.pointer ? scene.rowAt(...this.pointer) : -1);
    const ringed = this.row < 0 ? this.shared : this.row;
    stage.mark(stage.hovered, scene.positionOf(ringed), size);
    stage.showTip(this.facts(this.row), this.text ?? "", scene.positionOf(this.row));
    return this.row;
  }

  turnTo(row) {
    const { spec, link, painter } = this.view;
    if (row === this.row && spec.hover?.url === this.url) return;
    this.row = row;
    this.url = spec.hover?.url;
    link.tell("hover", row);
    this.text = null;
    if (row < 0) return this.texts.stop();
    this.text = this.texts.of(spec.hover, row, () => {
      this.url = undefined; // look again: it is there now
      painter.frameMarks();
    });
  }

  // What a point is, in a few words.
  facts(row) {
    const { scene, spec, painter } = this.view;
    if (row < 0) return "";
    const rank = scene.rankOf(row);
    const name = spec.category?.names[scene.codeOf(row)];
    const score = spec.category ? "" : scoreOf(spec.score, scene.shareOf(row));
    const pick = rank < painter.shown ? `pick ${grouped(rank + 1)}` : "";
    return [name, score, pick].filter(Boolean).join(" \u00b7 ");
  }

  destroy() {
    this.texts.stop();
    if (this.row >= 0) this.view.link.tell("hover", -1);
  }
}

// A number where the scale's ends are known as numbers, else how far along the scale.
function scoreOf(score, share) {
  if (!score || share === undefined) return "";
  if (!score.ends) return `${score.title}: ${Math.round(100 * share)} % along the scale`;
  const [low, high] = score.ends;
  return `${score.title}: ${Number((low + share * (high - low)).toPrecision(3))}`;
}
