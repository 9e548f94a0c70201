"""The cards of a queue: an example as a person decides it, made in a millisecond each."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.data.examples import Turn
from core.data.pool import Pool
from core.pipeline.cards import sentence
from core.pipeline.cluster_edits import edited
from core.pipeline.colouring import CLUSTERS
from core.pipeline.queue_carriers import Carriers
from core.pipeline.queue_reasons import Reasons
from core.pipeline.views import open_features, open_pool, open_readings
from core.records import FeatureSets
from core.select.selection import Selection
from core.workspace import Workspace

KEPT = 400  # cards
MOST = 20_000  # characters of an example that a card holds
LONGEST = 200  # characters of a fact


@dataclass(frozen=True, slots=True)
class QueueCard:
    """An example with what helps to decide it; what changes with decisions is not in here."""

    row: int
    id: str
    turns: tuple[Turn, ...]
    n_cut: int  # characters that are left out
    facts: tuple[tuple[str, str], ...]
    reason: str | None
    is_chosen: bool


@dataclass(slots=True)
class Cards:
    """Makes cards and keeps the last of them; shared by all sessions."""

    pool: Pool
    labels: dict[str, NDArray[np.int32]]  # clusterings by title
    names: dict[str, tuple[str, ...]]
    sets: FeatureSets | None
    tokens: NDArray[np.integer] | None
    reasons: Reasons | None
    carriers: Carriers | None
    kept: OrderedDict[int, QueueCard] = field(default_factory=OrderedDict)
    guard: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def of(cls, workspace: Workspace, subset: Selection | None, order: Selection | None) -> Cards:
        """Open what cards need; `order` is the subset's order, solved further than it."""
        roles, pool = workspace.current(), open_pool(workspace)
        sets = open_features(workspace).sets if "features" in roles else None
        known = {
            title: edited(workspace, role) for role, title in CLUSTERS.items() if role in roles
        }
        reasons = None
        if subset is not None:
            reasons = Reasons.of(workspace, subset, order or subset, pool.n_rows)
        n_tokens = np.asarray(open_readings(workspace).n_tokens) if "readings" in roles else None
        return cls(
            pool=pool,
            labels={title: np.asarray(one.labels) for title, one in known.items()},
            names={title: one.names for title, one in known.items()},
            sets=sets,
            tokens=n_tokens,
            reasons=reasons,
            carriers=None if sets is None or subset is None else Carriers.of(sets, subset.rows),
        )

    def card(self, row: int) -> QueueCard:
        """The card of one row of the pool."""
        with self.guard:
            found = self.kept.get(row)
            if found is not None:
                self.kept.move_to_end(row)
                return found
        made = self._made(row)
        with self.guard:
            self.kept[row] = made
            while len(self.kept) > KEPT:
                self.kept.popitem(last=False)
        return made

    def _made(self, row: int) -> QueueCard:
        turns, n_cut = _cut(self.pool.turns(row))
        why = None if self.reasons is None else self.reasons.why(row)
        return QueueCard(
            row=row,
            id=self.pool.table["id"][row].as_py(),
            turns=turns,
            n_cut=n_cut,
            facts=tuple(self._facts(row)),
            reason=None if why is None else sentence(why),
            is_chosen=self.reasons is not None and bool(self.reasons.place[row] >= 0),
        )

    def _facts(self, row: int) -> list[tuple[str, str]]:
        facts = []
        if self.reasons is not None:
            at = int(self.reasons.place[row])
            facts.append(("pick", f"{at + 1:,}" if at >= 0 else "not chosen"))
        for title, labels in self.labels.items():
            label = int(labels[row])
            facts.append((title, self.names[title][label] if label >= 0 else "noise"))
        if self.sets is not None:
            facts.append(("latents", f"{len(self.sets.rows.row(row)):,}"))
        if self.tokens is not None:
            facts.append(("tokens", f"{int(self.tokens[row]):,}"))
        for column in self.pool.columns():
            value = self.pool.table[column.name][row].as_py()
            if value is not None and value != "":
                name = column.name.removeprefix("n_").replace("_", " ")
                facts.append((name, str(value)[:LONGEST]))
        return facts


def _cut(turns: tuple[Turn, ...]) -> tuple[tuple[Turn, ...], int]:
    """The first MOST characters of an example, and how many are left out."""
    kept, room = [], MOST
    for turn in turns:
        kept.append(Turn(turn.role, turn.text[:room]))
        room -= len(kept[-1].text)
        if not room:
            break
    return tuple(kept), sum(len(turn.text) for turn in turns) - (MOST - room)
