// How far the work is: what the server counts, what is pending, the pace, and what is left.
import { element, grouped } from "./shared.js";
import { timeLeft } from "./pace.js";

const QUIET = 5; // s without an answer before it is said

export class Progress {
  constructor() {
    this.counts = element("span");
    this.pending = element("span", { class: "pending", hidden: "" });
    this.pace = element("span", { class: "quiet" });
    this.problem = element("p", { class: "alert refused", role: "status", hidden: "" });
    this.bar = element("span", { class: "fill" });
    this.node = element("div", { class: "progress" }, [
      element("div", { class: "line" }, [this.counts, this.pending, this.pace]),
      element("div", { class: "bar", "aria-hidden": "true" }, [this.bar]),
      this.problem,
    ]);
  }

  show({ decided, left, pending, rate, silence }) {
    write(this.counts, `${grouped(decided)} decided, ${grouped(left)} left`);
    write(this.pending, `${grouped(pending)} pending`);
    this.pending.hidden = !pending;
    const pace = rate < 10 ? rate?.toFixed(1) : Math.round(rate);
    write(this.pace, rate ? `${pace} a minute, ${timeLeft(left, rate)}` : "");
    this.bar.style.width = `${decided + left ? (100 * decided) / (decided + left) : 0}%`;
    const isSilent = pending > 0 && silence >= QUIET;
    this.problem.hidden = !isSilent;
    const kept = "What is pending is kept in this tab and sent again.";
    write(this.problem, isSilent ? `The server has not answered for ${Math.round(silence)} s. ${kept}` : "");
  }
}

function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
