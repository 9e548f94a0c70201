// Names over the map that never overlap: the largest first, and more of them the closer one looks.
import { element, replaceChildren } from "./dom.js";

const SMALLEST = 12; // px of type, in a stage whose own type is 14 px
const LARGEST = 17;
const GROWTH = 0.1; // power of the zoom by which type grows
const MOST_GROWTH = 1.35;
const ROOM = 16_000; // px² of the stage for one name, or they would cover the points
const LONGEST = 30; // letters; the legend has the whole name
const LINE = 1.25; // height of a line in type sizes
const STAYS = 1.5; // a name on show counts as so much larger, or names would flicker
const GAP = 3; // px between names on show
const GAP_TO_ENTER = 9;
const EDGE = 6; // px between a name and the stage's edge

export class Labels {
  // `tools` is the toolbar, which names keep away from.
  constructor(tools) {
    this.node = element("div", { class: "labels", "aria-hidden": "true" });
    this.tools = tools;
    this.items = [];
    this.isOn = true;
    this.watcher = new ResizeObserver(() => (this.placed = null));
    this.watcher.observe(tools);
    document.fonts.ready.then(() => this.forget());
  }

  // `labels` are {x, y, text, size}, x and y in data units; the same again changes nothing.
  set(labels) {
    const said = JSON.stringify(labels);
    if (said === this.said) return;
    this.said = said;
    this.placed = null;
    const largest = Math.max(...labels.map(({ size }) => size), 1e-9);
    this.items = labels.map(({ x, y, text, size }) => {
      const letters = [...text];
      const isLong = letters.length > LONGEST;
      const short = isLong ? `${letters.slice(0, LONGEST - 1).join("")}…` : text;
      const share = Math.max(0, size) / largest;
      const node = element("span", { class: "place" }, [short]);
      return { x, y, share, short, node, width: null, isShown: false };
    });
    this.items.sort((a, b) => b.share - a.share);
    replaceChildren(this.node, this.items.map(({ node }) => node));
  }

  get isEmpty() {
    return this.items.length === 0;
  }

  toggle() {
    this.isOn = !this.isOn;
    this.node.hidden = !this.isOn;
    this.placed = null;
  }

  // The type has changed: widths are measured anew.
  forget() {
    for (const item of this.items) item.width = null;
    this.placed = null;
  }

  // Puts every name where its place is now; where nothing has moved, nothing is done.
  redraw(camera) {
    const { x, y, zoom, width, height } = camera;
    const placed = [x, y, zoom, width, height].join();
    if (placed === this.placed || !this.isOn) return;
    this.placed = placed;
    this.measure();
    const taken = [this.toolbar()];
    const rank = ({ share, isShown }) => share * (isShown ? STAYS : 1);
    const most = Math.ceil((width * height) / ROOM);
    for (const item of this.items.toSorted((a, b) => rank(b) - rank(a))) {
      const box = this.box(item, camera);
      const gap = item.isShown ? GAP : GAP_TO_ENTER;
      item.isShown = box !== null && taken.length <= most && !taken.some(meets(box, gap));
      if (item.isShown) taken.push(box);
      item.node.classList.toggle("shown", item.isShown);
    }
  }

  // The width of each name in letters of one px; type scales in proportion.
  measure() {
    const style = getComputedStyle(this.node);
    this.unit = parseFloat(style.fontSize) / 14;
    if (this.items.every(({ width }) => width !== null)) return;
    const context = new OffscreenCanvas(1, 1).getContext("2d");
    context.font = `600 100px ${style.fontFamily}`;
    for (const item of this.items) item.width = context.measureText(item.short).width / 100;
  }

  // The box of a name, [left, top, right, bottom], inside the stage; null where its place is not.
  box(item, camera) {
    const [x, y] = camera.toScreen(item.x, item.y);
    const growth = Math.min(MOST_GROWTH, Math.max(1, camera.zoom) ** GROWTH);
    const type = (SMALLEST + (LARGEST - SMALLEST) * Math.sqrt(item.share)) * growth;
    const size = Math.round(2 * type * this.unit) / 2; // half pixels, so that type is calm
    const [width, height] = [item.width * size, LINE * size];
    const left = within(x - width / 2, EDGE, camera.width - EDGE - width);
    const top = within(y - height / 2, EDGE, camera.height - EDGE - height);
    item.node.style.fontSize = `${size}px`;
    item.node.style.transform = `translate(${left.toFixed(1)}px, ${top.toFixed(1)}px)`;
    const isInView = x >= 0 && x <= camera.width && y >= 0 && y <= camera.height;
    return isInView ? [left, top, left + width, top + height] : null;
  }

  toolbar() {
    const { offsetLeft, offsetTop, offsetWidth, offsetHeight } = this.tools;
    return [offsetLeft, offsetTop, offsetLeft + offsetWidth, offsetTop + offsetHeight];
  }

  destroy() {
    this.watcher.disconnect();
  }
}

function meets([left, top, right, bottom], gap) {
  return ([otherLeft, otherTop, otherRight, otherBottom]) =>
    left < otherRight + gap && right > otherLeft - gap &&
    top < otherBottom + gap && bottom > otherTop - gap;
}

function within(value, low, high) {
  return Math.max(low, Math.min(high, value));
}
