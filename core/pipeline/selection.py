"""Selecting on a workspace: solve a method once, keep its order, answer smaller budgets from it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from core.extract import choose_device
from core.fingerprint import Recipe
from core.options import as_values, configure
from core.pipeline.adopting import adopt
from core.pipeline.given import given_rows
from core.pipeline.requests import (
    Request,
    constraints_of,
    told_decisions,
    told_weights,
    with_marks,
)
from core.pipeline.result import StepResult
from core.pipeline.selection_file import write_selection
from core.pipeline.targets import target_sets
from core.pipeline.views import in_use, selection_view
from core.reporting import Quiet, Reporter
from core.select import SELECTORS, Selector, View, select
from core.select.budget import Budget, resolve
from core.select.constraints import Constraints
from core.select.selection import Selection
from core.select.within import check_limits
from core.stopwatch import Stopwatch
from core.workspace import Artifact, Workspace

VERSION = 2  # of this step; each method has its own beside it
REACH = (
    20_000  # a nested order is solved at least so far: under a second at 52K, then free to slide
)
PARENTS: tuple[str, ...] = ("pool", "features")
LISTED = 5  # unmatched rows that are named
ARRAYS = ("rows", "gains", "round_starts")


@dataclass(frozen=True, slots=True)
class Solved:
    """A stored order, and the part of it that answers the request."""

    artifact: Artifact
    order: Selection
    subset: Selection


def select_subset(
    workspace: Workspace,
    request: Request,
    *,
    out: Path | None = None,
    reporter: Reporter | None = None,
) -> StepResult:
    """Choose a subset, put it in use, and write its selection file when `out` is given.

    What the workspace's marks mute and weigh is honoured where the method weighs features.
    """
    started = time.monotonic()
    request = with_marks(workspace, request)
    solved = solve(workspace, request, reporter=reporter)
    adopt(workspace, "selection", solved.artifact.fingerprint)
    workspace.choose(budget=len(solved.subset))
    if out is not None:
        write_selection(workspace, solved.artifact, solved.subset, out)
    notes = {
        "rows": len(solved.subset),
        "coverage": covered(solved.subset),
        "solve_seconds": solved.artifact.notes["solve_seconds"],
        "remarks": [*_told(solved.subset, request), *_unmatched(workspace, request)],
    }
    return StepResult(
        {"selection": solved.artifact.fingerprint}, time.monotonic() - started, notes=notes
    )


def _told(subset: Selection, request: Request) -> list[str]:
    """The subset's notes and what marks and decisions had to say in it, each said once."""
    told = (told_weights(request), told_decisions(request))
    return list(dict.fromkeys([*subset.notes, *(one for one in told if one)]))


def _unmatched(workspace: Workspace, request: Request) -> list[str]:
    """What of somebody else's subset is not in the pool, in a sentence."""
    if not request.given:
        return []
    notes = workspace.get("given", request.given).notes
    if not notes["n_unmatched"]:
        return [f"every row of {notes['name']} is in the pool"]
    names = ", ".join(notes["unmatched"][:LISTED])
    more = ", …" if notes["n_unmatched"] > LISTED else ""
    return [f"{notes['n_unmatched']} rows of {notes['name']} are not in the pool: {names}{more}"]


def solve(workspace: Workspace, request: Request, *, reporter: Reporter | None = None) -> Solved:
    """The stored order of a request, made when it is not there yet; a share bundle keeps none.

    Raises RequestError when the method, an option, a pin or the budget cannot be honoured.
    """
    entry = SELECTORS.get(request.method)
    config: Any = configure(entry.config, request.options)
    pool = in_use(workspace, "pool")
    limits = constraints_of(workspace, request)
    reach = _reach(request.budget, pool, limits, ahead=entry.ahead)
    recipe = _recipe(workspace, request, as_values(config), reach)
    artifact = _stored(workspace, recipe, reach, nested=entry.nested)
    if artifact is None:
        view = _view(workspace, request, entry)
        progress = (reporter or Quiet()).stage("Selecting", "picks")
        with Stopwatch() as taken:
            order = select(
                request.method,
                view,
                reach,
                as_values(config),
                constraints=limits,
                seed=request.seed,
                progress=progress,
            )
        told = told_weights(request)
        order = replace(order, notes=(*order.notes, told)) if told else order
        if workspace.read_only:
            return Solved(_unkept(recipe), order, _answer(order, request.budget, pool, limits))
        artifact = _publish(workspace, recipe, order, taken.seconds)
    order = stored_order(artifact)
    return Solved(artifact, order, _answer(order, request.budget, pool, limits))


def check_budget(workspace: Workspace, request: Request) -> None:
    """Refuse a request that the pool in use cannot meet, before anything long is begun."""
    entry = SELECTORS.get(request.method)
    configure(entry.config, request.options)
    limits = constraints_of(workspace, request)
    reach = _reach(request.budget, in_use(workspace, "pool"), limits, ahead=entry.ahead)
    if reach.kind == "rows":
        check_limits(limits, selection_view(workspace, device="cpu"), int(reach.value))


def stored_order(artifact: Artifact) -> Selection:
    """A selection artifact as the record that selectors return."""
    arrays = {
        path.stem: np.load(path, allow_pickle=False) for path in artifact.folder.glob("*.npy")
    }
    notes = artifact.notes
    explains = {
        name.removeprefix("explains."): value
        for name, value in arrays.items()
        if name.startswith("explains.")
    }
    return Selection(
        rows=arrays["rows"],
        gains=arrays.get("gains"),
        round_starts=arrays["round_starts"],
        method=notes["method"],
        config=notes["config"],
        n_pinned=notes["n_pinned"],
        nested=notes["nested"],
        explains={**notes["facts"], **explains},
        notes=tuple(notes["remarks"]),
    )


def covered(subset: Selection) -> int | None:
    """Features the subset covers, or None where the pool has no codes."""
    return None if subset.gains is None else int(subset.gains.sum())


def _reach(budget: Budget, pool: Artifact, limits: Constraints, *, ahead: bool) -> Budget:
    """How far to solve: a cheap nested order reaches beyond the budget, so that sliding is free.

    Where a constraint may leave fewer rows than that, only as far as was asked.
    """
    if budget.kind == "tokens":
        return budget
    n_rows = pool.notes["n_rows"]
    wanted = _wanted(budget, n_rows, limits)
    if not ahead or limits.quotas or limits.groups is not None:
        return Budget("rows", wanted)
    return Budget("rows", min(n_rows - len(limits.forbidden), max(wanted, REACH)))


def _wanted(budget: Budget, n_rows: int, limits: Constraints) -> int:
    return resolve(
        budget, n_rows=n_rows, n_forbidden=len(limits.forbidden), n_pinned=len(limits.pinned)
    )


def _answer(order: Selection, budget: Budget, pool: Artifact, limits: Constraints) -> Selection:
    if budget.kind == "tokens" or not order.nested:
        return order
    return order.prefix(_wanted(budget, pool.notes["n_rows"], limits))


def _recipe(
    workspace: Workspace, request: Request, config: Mapping[str, Any], reach: Budget
) -> Recipe:
    roles = workspace.current()
    used = PARENTS if "features" in roles else ("pool", "readings")
    return Recipe(
        "select",
        version_of(request.method),
        {
            "method": request.method,
            "config": dict(config),
            "reach": {"kind": reach.kind, "value": reach.value},
            **request.as_config(),
        },
        {**{name: roles[name] for name in used if name in roles}, **request.parents()},
    )


def version_of(method: str) -> int:
    """The version of a method's orders: it rises with the step's and with the method's own."""
    return VERSION + SELECTORS.get(method).version - 1


def _stored(
    workspace: Workspace, recipe: Recipe, reach: Budget, *, nested: bool
) -> Artifact | None:
    """The order of a recipe as stored, or one that was solved further."""
    found = workspace.find("selection", recipe.fingerprint)
    if found is not None or not nested or reach.kind != "rows":
        return found
    asked = {name: value for name, value in recipe.config.items() if name != "reach"}
    for artifact in workspace.artifacts("selection"):
        config = dict(artifact.config)
        far = config.pop("reach")
        same = config == asked and artifact.parents == recipe.parents
        same = same and artifact.meta["recipe"]["version"] == recipe.version
        further = far["kind"] == "rows" and far["value"] >= reach.value
        if same and further and artifact.notes["nested"]:
            return artifact
    return None


def _view(workspace: Workspace, request: Request, entry: Selector[Any]) -> View:
    """The pool as the method sees it; a device is looked for only where it computes on one."""
    device = str(choose_device(None)) if "embeddings" in entry.needs else "cpu"
    extra: dict[str, Callable[[], Any]] = {}
    if request.given:
        extra["given"] = partial(given_rows, workspace, request.given)
    if request.targets:
        extra["targets"] = partial(target_sets, workspace, request.targets)
    return selection_view(workspace, extra, device=device)


def _unkept(recipe: Recipe) -> Artifact:
    """An order that a share bundle has no place for, by its name alone."""
    meta = {"recipe": recipe.as_json(), "notes": {}, "files": []}
    return Artifact("selection", recipe.fingerprint, Path(), meta)


def _publish(workspace: Workspace, recipe: Recipe, order: Selection, seconds: float) -> Artifact:
    facts = {k: v for k, v in order.explains.items() if not isinstance(v, np.ndarray)}
    arrays = {f"explains.{k}": v for k, v in order.explains.items() if isinstance(v, np.ndarray)}
    arrays |= {name: getattr(order, name) for name in ARRAYS if getattr(order, name) is not None}
    title = f"{order.method}, {len(order):,} rows"
    with workspace.publish("selection", recipe, title=title) as draft:
        for name, array in arrays.items():
            np.save(draft.folder / f"{name}.npy", array, allow_pickle=False)
        draft.notes.update(
            method=order.method,
            config=dict(order.config),
            n_pinned=order.n_pinned,
            nested=order.nested,
            facts=facts,
            remarks=list(order.notes),
            solve_seconds=round(seconds, 3),
        )
    return workspace.get("selection", recipe.fingerprint)
