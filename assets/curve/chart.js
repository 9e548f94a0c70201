// The curve itself: axes, baselines, the order, its knee, and the current point.
import { drawing, set, write } from "./dom.js";
import { Scale } from "./scale.js";
import { grouped, share } from "./words.js";

const ROOM = { left: 46, right: 128, top: 14, bottom: 48 }; // px around the plot
const LABEL_GAP = 16; // px between two labels at the ends of their lines
const TICKS = [0, 25, 50, 75, 100]; // per cent
const BASELINES = ["longest", "random"];

export class Chart {
  constructor() {
    const path = (name) => drawing("path", { class: name, fill: "none" });
    this.grid = drawing("g", { class: "grid" });
    this.paths = { longest: path("longest"), random: path("random"), ahead: path("ahead"), own: path("own") };
    this.fill = drawing("path", { class: "under" });
    this.clip = drawing("rect", { x: 0, y: 0, width: 0, height: 0 });
    const clip = drawing("clipPath", { id: "chosen" }, [this.clip]);
    this.knee = drawing("g", { class: "knee" }, [
      drawing("path", { d: "M0 -6 L6 0 L0 6 L-6 0 Z" }), drawing("text", { x: 10, y: 18 }),
    ]);
    this.points = drawing("g", { class: "points" });
    this.labels = drawing("g", { class: "labels" });
    this.line = drawing("line", { class: "now" });
    this.dots = Object.fromEntries(
      [...BASELINES, "own"].map((name) => [name, drawing("circle", { class: `dot ${name}`, r: name === "own" ? 6 : 4 })]),
    );
    this.node = drawing("svg", { class: "chart", role: "group" }, [
      drawing("defs", {}, [clip]), this.grid, this.fill, ...Object.values(this.paths), this.knee,
      this.points, this.labels, this.line, ...Object.values(this.dots),
    ]);
    for (const node of [this.fill, this.paths.own]) node.setAttribute("clip-path", "url(#chosen)");
  }

  // Everything that does not depend on the budget; a frame touches nothing of it.
  draw(facts, { width, height, kind }) {
    const { spec } = facts;
    this.facts = facts;
    this.floor = height - ROOM.bottom;
    set(this.node, { viewBox: `0 0 ${width} ${height}`, width, height });
    this.scale = new Scale({
      kind, least: 1, most: spec.most, left: ROOM.left, right: width - ROOM.right,
    });
    this.drawGrid(spec, width);
    for (const name of BASELINES) this.paths[name].setAttribute("d", this.path(facts.baselines?.[name]));
    const own = facts.hasCurve ? this.path(facts.order.covered) : "";
    this.paths.own.setAttribute("d", own);
    this.paths.ahead.setAttribute("d", own);
    this.fill.setAttribute("d", own && `${own} L${this.scale.x(facts.order.covered.length - 1)} ${this.floor} L${ROOM.left} ${this.floor} Z`);
    set(this.clip, { height });
    this.drawPoints(spec);
    this.drawKnee(spec);
    this.drawLabels(facts, width);
  }

  // What moves with the budget.
  move(budget, facts) {
    const x = this.scale.x(budget);
    set(this.clip, { width: Math.max(0, x) });
    set(this.line, { x1: x, x2: x, y1: ROOM.top, y2: this.floor });
    this.dot("random", x, facts.random);
    this.dot("longest", x, facts.longest);
    this.dot("own", this.facts.spec.nested ? x : this.scale.x(facts.rows), facts.covered);
    return { x, y: this.floor };
  }

  dot(name, x, covered) {
    const there = covered !== null && covered !== undefined;
    set(this.dots[name], { cx: x, cy: there ? this.y(covered) : 0, visibility: there ? "visible" : "hidden" });
  }

  y(covered) {
    const share = covered / Math.max(this.facts.spec.reachable, 1);
    return this.floor - share * (this.floor - ROOM.top);
  }

  // A point for every pixel, so that a curve of a million rows is drawn like one of a hundred.
  path(covered) {
    if (!covered) return "";
    const { scale } = this;
    const end = Math.min(covered.length - 1, scale.most);
    const places = [];
    let last = -1;
    for (let x = scale.left; x <= scale.x(end); x += 1) {
      const rows = Math.min(end, Math.max(0, Math.round(scale.exact(x))));
      if (rows === last) continue;
      last = rows;
      places.push(`${scale.x(rows).toFixed(1)} ${this.y(covered[rows]).toFixed(1)}`);
    }
    places.push(`${scale.x(end).toFixed(1)} ${this.y(covered[end]).toFixed(1)}`);
    return `M${places.join("L")}`;
  }

  drawGrid(spec, width) {
    const { scale } = this;
    const across = TICKS.flatMap((percent) => {
      const y = this.floor - (percent / 100) * (this.floor - ROOM.top);
      return [
        drawing("line", { x1: scale.left, x2: scale.right, y1: y, y2: y }),
        drawing("text", { x: scale.left - 8, y: y + 4, "text-anchor": "end" }, [String(percent)]),
      ];
    });
    const along = scale.ticks().map((rows) =>
      drawing("text", { x: scale.x(rows), y: this.floor + 30, "text-anchor": "middle" }, [grouped(rows)]));
    const title = spec.reachable ? `% of ${grouped(spec.reachable)} latents` : "";
    this.grid.replaceChildren(
      ...across, ...along,
      drawing("text", { class: "title", x: 0, y: 0, transform: `translate(11 ${(this.floor + ROOM.top) / 2}) rotate(-90)`, "text-anchor": "middle" }, [title]),
      drawing("text", { class: "title", x: width - ROOM.right + 8, y: this.floor + 30 }, [scale.kind === "log" ? "rows, log scale" : "rows"]),
    );
  }

  drawPoints(spec) {
    const found = spec.nested ? [] : spec.points.filter((point) => point.covered !== null);
    this.points.replaceChildren(...found.flatMap((point) => {
      const at = { x: this.scale.x(point.rows), y: this.y(point.covered) };
      return [
        drawing("circle", { cx: at.x, cy: at.y, r: 5, "data-rows": point.rows }),
        drawing("text", { x: at.x - 10, y: at.y - 8, "text-anchor": "end" }, [share(point.covered, spec.reachable)]),
      ];
    }));
  }

  drawKnee(spec) {
    set(this.knee, { visibility: spec.knee ? "visible" : "hidden" });
    if (!spec.knee) return;
    set(this.knee, { transform: `translate(${this.scale.x(spec.knee.rows)} ${this.y(spec.knee.covered)})` });
    write(this.knee.lastChild, `knee, ${grouped(spec.knee.rows)} rows`);
  }

  // Each line says at its end whose it is; none lies on another.
  drawLabels({ spec, order, baselines }, width) {
    const ends = BASELINES.filter((name) => baselines?.[name]).map((name) => [name, name, last(baselines[name], this.scale.most)]);
    if (order.covered && spec.nested) ends.push(["own", spec.name, last(order.covered, this.scale.most)]);
    ends.sort((one, other) => other[2] - one[2]);
    let above = -Infinity;
    const placed = ends.map(([kind, name, covered]) => {
      above = Math.max(this.y(covered) + 4, above + LABEL_GAP);
      return drawing("text", { class: kind, x: width - ROOM.right + 8, y: above },
        [`${name} ${share(covered, spec.reachable)}`]);
    });
    this.labels.replaceChildren(...placed);
  }
}

const last = (curve, most) => curve[Math.min(curve.length - 1, most)];
