"""What can be compared on a pool, and each of it cut to one budget: orders, files, snapshots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from core.errors import RequestError
from core.fingerprint import digest
from core.pipeline.comparison_baselines import BASELINES, baseline, fitting, tokens_of
from core.pipeline.comparison_sets import MOST
from core.pipeline.given import given_rows
from core.pipeline.selection import stored_order
from core.pipeline.snapshots import snapshots, subset_of
from core.pipeline.solutions import Solution, names, solutions
from core.records import Rows
from core.select.budget import Budget
from core.select.selection import Selection
from core.workspace import Workspace

Kind = Literal["order", "baseline", "given", "snapshot", "file"]


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that can be compared; `key` names it in an address."""

    key: str
    name: str
    kind: Kind
    detail: str  # how far it was solved, or how many rows a file has
    own: bool = False  # the order in use


@dataclass(frozen=True, slots=True)
class Member:
    """A subset under comparison. `note` says where it stands at another budget than was asked."""

    key: str
    name: str
    kind: Kind
    rows: Rows  # in the order of its picks
    own: bool = False
    note: str = ""

    @property
    def version(self) -> str:
        """Names these very rows, whatever they are called."""
        return version_of(self.rows)


def version_of(rows: Rows) -> str:
    """A name for a set of rows: their order does not matter."""
    return digest(np.sort(rows).astype("<i8").tobytes())[:16]


def offers(workspace: Workspace) -> tuple[Offer, ...]:
    """Everything that can be compared: the order in use, others, snapshots, files, baselines."""
    solved = _solved(workspace)
    known, own = names(solved), workspace.current().get("selection", "")
    orders = [
        Offer(f"order:{one.key}", known[one.key], "order", _reach(one), own in one.members)
        for one in solved
    ]
    ordered = sorted(orders, key=lambda one: not one.own)
    return (*ordered, *_snapshots(workspace), *_files(workspace), *_baselines(workspace))


def members(workspace: Workspace, keys: Sequence[str], budget: Budget) -> tuple[Member, ...]:
    """The subsets of these keys at one budget, each key once.

    A nested order is cut to it; any other subset stands as it was solved nearest to it, or as it
    was given, and says so. RequestError for a key that is not on offer, or for too many.
    """
    wanted = list(dict.fromkeys(keys))
    if len(wanted) > MOST:
        raise RequestError(f"at most {MOST} subsets are compared at once; seen {len(wanted)}")
    solved = _solved(workspace)  # read once: every one of them is a file
    return _told_apart([_member(workspace, key, budget, solved) for key in wanted])


def reference(workspace: Workspace, name: str, budget: Budget) -> Member:
    """A baseline as a member."""
    return Member(f"baseline:{name}", name, "baseline", baseline(workspace, name, budget))


def _member(workspace: Workspace, key: str, budget: Budget, solved: Sequence[Solution]) -> Member:
    kind, _, name = key.partition(":")
    if kind == "baseline" and name in BASELINES:
        return reference(workspace, name, budget)
    if kind == "order":
        return _of_order(workspace, key, budget, solved)
    if kind == "given":
        return _of_file(workspace, key, budget)
    if kind == "snapshot":
        return _kept(workspace, key, budget)
    raise RequestError(f"there is nothing to compare by the name {key[:80]!r}; choose again")


def resolved(workspace: Workspace, key: str) -> str | None:
    """The key under which an order is offered now, since a longer one has another name."""
    kind, _, fingerprint = key.partition(":")
    if kind == "order":
        one = _solution(_solved(workspace), fingerprint)
        return None if one is None else f"order:{one.key}"
    return key if key in {one.key for one in offers(workspace)} else None


def _told_apart(found: Sequence[Member]) -> tuple[Member, ...]:
    """The same subsets, of which no two have one name: a file may be called as a method is."""
    names = [one.name for one in found]
    return tuple(
        one if names.index(one.name) == at else replace(one, name=f"{one.name} ({at + 1})")
        for at, one in enumerate(found)
    )


def _of_order(workspace: Workspace, key: str, budget: Budget, solved: Sequence[Solution]) -> Member:
    one = _solution(solved, key.partition(":")[2])
    if one is None:
        raise RequestError(
            "one of these orders is not solved on the pool and the features in use; choose again"
        )
    own = workspace.current().get("selection", "") in one.members
    title = names(solved)[one.key]
    if one.nested:
        rows, note = _cut(stored_order(one.orders[-1]), budget, workspace)
        return Member(f"order:{one.key}", title, "order", rows, own, note)
    rows = stored_order(one.orders[_nearest(workspace, one, budget)]).rows
    note = "" if _is_met(workspace, rows, budget) else f"solved at {len(rows):,} rows"
    return Member(f"order:{one.key}", title, "order", rows, own, note)


def _of_file(workspace: Workspace, key: str, budget: Budget) -> Member:
    artifact = workspace.get("given", key.partition(":")[2])
    if artifact.parents.get("pool") != workspace.current().get("pool"):
        raise RequestError(f"{artifact.notes['name']} was read for another pool; bring it again")
    rows = np.asarray(given_rows(workspace, artifact.fingerprint))
    note = "" if _is_met(workspace, rows, budget) else f"all {len(rows):,} rows of the file"
    return Member(key, str(artifact.notes["name"]), "given", rows, note=note)


def _kept(workspace: Workspace, key: str, budget: Budget) -> Member:
    name = key.partition(":")[2]
    found = next((one for one in snapshots(workspace) if one.name == name), None)
    if found is None:
        raise RequestError(f"there is no snapshot {name[:80]!r}; choose again")
    rows, note = _cut(subset_of(workspace, found), budget, workspace)
    return Member(key, name, "snapshot", rows, note=note)


def _cut(order: Selection, budget: Budget, workspace: Workspace) -> tuple[Rows, str]:
    """An order at a budget: what was solved where it does not reach so far, with a note."""
    if not order.nested:
        met = _is_met(workspace, order.rows, budget)
        return order.rows, "" if met else f"solved at {len(order):,} rows"
    if budget.kind == "tokens":
        rows = fitting(order.rows, tokens_of(workspace), int(budget.value))
        ended = len(rows) == len(order)
        return rows, f"solved to {len(order):,} rows only" if ended else ""
    wanted = max(int(budget.value), order.n_pinned, 1)
    note = "" if wanted <= len(order) else f"solved to {len(order):,} rows only"
    return order.rows[:wanted], note


def _nearest(workspace: Workspace, one: Solution, budget: Budget) -> int:
    """Of the budgets at which a method was solved the one nearest to what is asked."""
    if budget.kind == "rows":
        sizes = list(one.sizes)
    else:
        tokens = tokens_of(workspace)
        sizes = [int(tokens[stored_order(each).rows].sum()) for each in one.orders]
    return min(range(len(sizes)), key=lambda at: abs(sizes[at] - budget.value))


def _is_met(workspace: Workspace, rows: Rows, budget: Budget) -> bool:
    if budget.kind == "rows":
        return len(rows) == int(budget.value)
    return int(tokens_of(workspace)[rows].sum()) == int(budget.value)


def _solved(workspace: Workspace) -> list[Solution]:
    """What was solved here; a subset from a file is offered as the file."""
    return [one for one in solutions(workspace) if one.method != "given"]


def _solution(solved: Sequence[Solution], fingerprint: str) -> Solution | None:
    return next((one for one in solved if fingerprint in one.members), None)


def _reach(one: Solution) -> str:
    if one.nested:
        return f"solved to {one.sizes[-1]:,} rows"
    return f"solved at {', '.join(f'{size:,}' for size in one.sizes)} rows"


def _snapshots(workspace: Workspace) -> list[Offer]:
    """Snapshots of the pool in use whose order is still there."""
    pool = workspace.current().get("pool")
    orders = {one.fingerprint: one.parents.get("pool") for one in workspace.artifacts("selection")}
    return [
        Offer(f"snapshot:{one.name}", one.name, "snapshot", f"snapshot, {one.n_rows:,} rows")
        for one in snapshots(workspace)
        if orders.get(one.selection) == pool
    ]


def _files(workspace: Workspace) -> list[Offer]:
    """What was read from files for the pool in use, newest first."""
    pool = workspace.current().get("pool")
    return [
        Offer(f"given:{one.fingerprint}", str(one.notes["name"]), "given", one.meta["title"])
        for one in reversed(workspace.artifacts("given"))
        if one.parents.get("pool") == pool
    ]


def _baselines(workspace: Workspace) -> list[Offer]:
    if "pool" not in workspace.current():
        return []
    return [
        Offer("baseline:random", "random", "baseline", "rows drawn evenly, seed 0"),
        Offer("baseline:longest", "longest", "baseline", "longest responses first"),
    ]
