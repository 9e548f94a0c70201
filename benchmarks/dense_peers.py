"""A peer beside ours: at the largest pool that it can take within its limits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.children import Limits, Outcome, installed, run_child
from benchmarks.dense_ours import Ours
from benchmarks.peers.known import LADDER, Peer

SHARE = 2  # a budget is at most a half of the rows

Say = Callable[[str], None]


class Children:
    """Runs peers in child processes; what two cases ask alike is run once."""

    def __init__(self, limits: Limits, *, repeats: int, say: Say) -> None:
        self.limits, self.say = limits, say
        self._repeats = repeats
        self._known: dict[str, Outcome] = {}
        self._versions: dict[str, tuple[str | None, str]] = {}

    def version(self, peer: Peer) -> tuple[str | None, str]:
        """Version of a peer's library, and what is in the way where it is None."""
        if peer.module not in self._versions:
            self._versions[peer.module] = installed(peer.module, peer.distribution, self.limits)
        return self._versions[peer.module]

    def run(self, peer: Peer, ours: Ours, n_rows: int, budget: int) -> Outcome:
        """A peer on the first rows of our pool, or why it cannot."""
        needed, allowed = peer.bytes_for(n_rows), self.limits.memory_bytes
        if allowed and needed > allowed:
            said = f"needs about {needed / 2**30:.0f} GB, above {allowed / 2**30:.0f} GB"
            return Outcome(None, (), None, None, said)
        key = repr((peer.call, n_rows, budget, sorted(ours.case.settings.items())))
        if key not in self._known:
            self.say(f"{ours.case.key}: {peer.name}, {n_rows:,} rows")
            self._known[key] = run_child(
                peer.call,
                ours.pool.vectors[:n_rows],
                budget,
                settings=ours.settings(n_rows, budget),
                repeats=self._repeats,
                limits=self.limits,
            )
        return self._known[key]


def beside(peer: Peer, ours: Ours, budget: int, children: Children) -> dict[str, Any]:
    """Seconds and objective of a peer with ours at the same rows, the ratio, and what was tried."""
    told: dict[str, Any] = {"peer": peer.name, "library": peer.is_library, "note": peer.note}
    found, missing = children.version(peer)
    if found is None:
        return told | {"not_measured": missing}
    told["version"] = found
    climb = _Climb(peer, ours, budget, children)
    best = climb.best()
    told["tried"] = climb.tried
    if best is None:
        return told | climb.bound()
    n_rows, outcome = best
    return told | _compared(ours, n_rows, _budget(budget, n_rows), outcome)


class _Climb:
    """Tries pool sizes: up while the peer can, down from where it begins while it cannot."""

    def __init__(self, peer: Peer, ours: Ours, budget: int, children: Children) -> None:
        self.tried: list[dict[str, Any]] = []
        self._peer, self._ours, self._budget, self._children = peer, ours, budget, children
        whole = len(ours.pool.vectors)
        self._sizes = [one for one in LADDER if one < whole] + [whole]

    def best(self) -> tuple[int, Outcome] | None:
        """The largest size that went well."""
        begin = self._place(self._peer.begins)
        best = None
        for place in range(begin, len(self._sizes)):
            outcome = self._try(self._sizes[place])
            if outcome.answer is None:
                break
            best = (self._sizes[place], outcome)
        for place in range(begin - 1, -1, -1):
            if best is not None:
                break
            outcome = self._try(self._sizes[place])
            if outcome.answer is not None:
                best = (self._sizes[place], outcome)
        return best

    def bound(self) -> dict[str, Any]:
        """A ratio that the true one is above, where not even the smallest size was finished."""
        above = [one for one in self.tried if one["outcome"].startswith("above")]
        if not above:
            return {"not_measured": self.tried[-1]["outcome"]}
        n_rows, budget = above[-1]["rows"], above[-1]["budget"]
        ours = self._ours.at(n_rows, budget)
        ratio = self._children.limits.seconds / ours["seconds"]["median_s"]
        told = {"rows": n_rows, "budget": budget, "ours": ours, "ratio_above": round(ratio, 2)}
        return told | {"not_measured": above[-1]["outcome"]}

    def _place(self, begins: int | None) -> int:
        if begins is None:
            return len(self._sizes) - 1
        return min(range(len(self._sizes)), key=lambda place: abs(self._sizes[place] - begins))

    def _try(self, n_rows: int) -> Outcome:
        budget = _budget(self._budget, n_rows)
        self._ours.at(n_rows, budget)
        outcome = self._children.run(self._peer, self._ours, n_rows, budget)
        self._note(n_rows, budget, outcome)
        return outcome

    def _note(self, n_rows: int, budget: int, outcome: Outcome) -> None:
        seconds = round(float(np.median(outcome.runs_s)), 3) if outcome.runs_s else None
        self.tried.append(
            {"rows": n_rows, "budget": budget, "outcome": outcome.said, "median_s": seconds}
        )
        self._children.say(f"    {outcome.said}" + ("" if seconds is None else f", {seconds:g} s"))


def _compared(ours: Ours, n_rows: int, budget: int, outcome: Outcome) -> dict[str, Any]:
    answer = np.empty(0, dtype=np.int64) if outcome.answer is None else outcome.answer
    same = ours.at(n_rows, budget)
    median = float(np.median(outcome.runs_s))
    return {
        "rows": n_rows,
        "budget": budget,
        "seconds": {
            "median_s": round(median, 5),
            "min_s": min(outcome.runs_s),
            "max_s": max(outcome.runs_s),
            "preparing_s": outcome.preparing_s,
            "runs_s": list(outcome.runs_s),
        },
        "peak_mb": outcome.peak_mb,
        "chosen": len(answer),
        "objective": round(ours.value(n_rows, answer), 6),
        "ours": same,
        "ratio": round(median / same["seconds"]["median_s"], 2),
    }


def _budget(budget: int, n_rows: int) -> int:
    return min(budget, n_rows // SHARE)
