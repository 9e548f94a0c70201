"""Which examples are to be decided: the subset, its runners-up, a filter of the map, a dispute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import RequestError
from core.pipeline.cluster_edits import edited
from core.pipeline.colouring import CLUSTERS
from core.pipeline.filters import Filter, filtered
from core.pipeline.queue_orders import by_place
from core.pipeline.uncovered import rows_to_add
from core.pipeline.views import open_pool
from core.records import Rows
from core.select.selection import Selection
from core.workspace import Workspace

SCOPES = {
    "subset": "the subset",
    "runners-up": "the subset and its runners-up",
    "map": "what the map's filters keep",
    "cluster": "one cluster",
    "disputed": "where people disagree",
}
RUNNERS_UP = 10  # one runner-up for each so many rows chosen
FEWEST = 20  # runners-up


@dataclass(frozen=True, slots=True)
class Scope:
    """Which examples: one of SCOPES, with the filters of the map or of the cluster.

    Only those that hold `words` as they are typed, upper and lower case alike.
    """

    kind: str = "subset"
    filters: tuple[Filter, ...] = ()
    words: str = ""

    @property
    def key(self) -> str:
        """The same text for the same scope."""
        return "\n".join([self.kind, self.words, *(one.key for one in self.filters)])


def scope_rows(
    workspace: Workspace,
    scope: Scope,
    *,
    chosen: Selection | None,
    order: Selection | None = None,
    disputed: Rows | None = None,
) -> Rows:
    """The rows of a scope by pick order, those beyond it as they stand in the pool, or ranked.

    `order` is the subset's order, solved further than the subset; `disputed` are the rows about
    which people differ. RequestError where the scope needs a subset and there is none.
    """
    if scope.kind not in SCOPES:
        raise RequestError(f"a queue is over one of {', '.join(SCOPES)}; seen {scope.kind!r}")
    words = (Filter("words", {"text": scope.words, "case": False}),) if scope.words else ()
    if scope.kind in ("map", "cluster"):
        passed = filtered(workspace, (*scope.filters, *words), chosen=chosen)
        if passed.scores is not None:
            return passed.ranked()
        found = passed.rows
    else:
        found = _named(workspace, scope.kind, chosen, order, disputed)
        if words:
            found = found[filtered(workspace, words, chosen=chosen).mask[found]]
    longest = None if chosen is None else (order or chosen).rows
    return by_place(found, longest, open_pool(workspace).n_rows)


def _named(
    workspace: Workspace,
    kind: str,
    chosen: Selection | None,
    order: Selection | None,
    disputed: Rows | None,
) -> Rows:
    if kind == "disputed":
        return np.empty(0, dtype=np.int64) if disputed is None else np.sort(disputed)
    if chosen is None:
        raise RequestError("nothing is chosen yet; select a subset first")
    if kind == "subset":
        return chosen.rows
    return np.concatenate([chosen.rows, runners_up(workspace, chosen, order)])


def runners_up(workspace: Workspace, chosen: Selection, order: Selection | None) -> Rows:
    """The rows that would come next: along the order, or by what they would add to the subset."""
    count = max(FEWEST, len(chosen) // RUNNERS_UP)
    if order is not None and order.nested and len(order) > len(chosen):
        return order.rows[len(chosen) : len(chosen) + count]
    if "features" not in workspace.current():
        return np.empty(0, dtype=np.int64)
    return rows_to_add(workspace, chosen, count)["row"].to_numpy(dtype=np.int64)


def cluster_scope(role: str, labels: Sequence[int]) -> Scope:
    """The examples of some clusters."""
    value = {"role": role, "labels": [int(one) for one in labels]}
    return Scope("cluster", (Filter("cluster", value),))


def cluster_choices(workspace: Workspace) -> dict[str, str]:
    """The clusters that a queue can be over, as 'role:number', with name, method and size."""
    found: dict[str, str] = {}
    for role, title in CLUSTERS.items():
        if role in workspace.current():
            known = edited(workspace, role)
            sizes = known.sizes()
            numbers = known.numbers[np.argsort(-sizes[known.numbers], kind="stable")]
            method = title.removeprefix("cluster, ")
            for one in numbers.tolist():
                found[f"{role}:{one}"] = f"{known.names[one]} ({sizes[one]:,}, {method})"
    return found
