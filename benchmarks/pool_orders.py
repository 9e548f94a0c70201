"""Every method on the pool of a workspace: which draw, their stored orders, and the baselines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import RequestError
from core.extract import choose_device
from core.pipeline.requests import Request
from core.pipeline.selection import solve
from core.pipeline.targets import target_examples, target_sets
from core.pipeline.views import in_use, open_pool, selection_view
from core.records import Csr, FeatureSets, NeuronStates, Rows
from core.reporting import Reporter
from core.select import SELECTORS, Budget, View, select
from core.select.hashing import hash_order
from core.select.view import id_ranks
from core.sparse import transpose
from core.workspace import Workspace

LEFT_OUT = ("given",)  # somebody else's choice
N_TARGETS = 100
TARGET_SEED = 7
FEW = 400  # rows of the trial run that loads libraries and tells whether a method draws


@dataclass(frozen=True, slots=True)
class Order:
    """What a method chose at one budget and seed."""

    method: str
    budget: int
    seed: int
    rows: Rows
    round_starts: Rows
    fingerprint: str  # of the stored order
    nested: bool
    solved_rows: int  # how far the order behind was solved
    solved_s: float
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Methods:
    """The methods that run on a pool, those of them that draw, and why others cannot run."""

    able: tuple[str, ...]
    drawing: frozenset[str]
    refused: dict[str, str]


class PoolOrders:
    """Orders of one workspace; what is stored already is not solved again."""

    def __init__(self, workspace: Workspace, reporter: Reporter) -> None:
        self.workspace, self.reporter = workspace, reporter
        self.n_rows = int(in_use(workspace, "pool").notes["n_rows"])
        self.targets = self._targets()
        extra: dict[str, Callable[[], Any]] = {
            "targets": partial(target_sets, workspace, self.targets)
        }
        self.view = selection_view(workspace, extra, device=str(choose_device(None)))

    def methods(self, seeds: Sequence[int], only: Sequence[str] = ()) -> Methods:
        """Try methods on a few rows with each seed: they load, they draw or not, they refuse."""
        few = first_rows(self.view, min(FEW, self.n_rows))
        drawing, refused = set(), {}
        names = [one for one in SELECTORS if one not in LEFT_OUT and (not only or one in only)]
        for name in names:
            budget = Budget("rows", max(1, few.n_rows // 10))
            try:
                tried = [select(name, few, budget, seed=seed).rows.tolist() for seed in seeds]
            except RequestError as error:
                refused[name] = str(error)
                continue
            if any(rows != tried[0] for rows in tried):
                drawing.add(name)
        able = tuple(one for one in names if one not in refused)
        return Methods(able, frozenset(drawing), refused)

    def orders(self, method: str, budgets: Sequence[int], seed: int) -> Iterator[Order]:
        """The method's answer to each budget, the largest first: a nested order is solved once."""
        for budget in sorted(budgets, reverse=True):
            request = Request(method, Budget("rows", budget), seed=seed)
            if method == "target":
                request = replace(request, targets=self.targets)
            solved = solve(self.workspace, request, reporter=self.reporter)
            yield Order(
                method=method,
                budget=budget,
                seed=seed,
                rows=solved.subset.rows,
                round_starts=solved.order.round_starts,
                fingerprint=solved.artifact.fingerprint,
                nested=solved.order.nested,
                solved_rows=len(solved.order),
                solved_s=float(solved.artifact.notes["solve_seconds"]),
                notes=solved.order.notes,
            )

    def within_tokens(self, method: str, tokens: int, seed: int) -> Rows:
        """What a method chooses when the budget is one of tokens."""
        return select(method, self.view, Budget("tokens", tokens), seed=seed).rows

    def _targets(self) -> str:
        """Rows of the pool drawn by hash as target examples, read through the model in use."""
        pool = open_pool(self.workspace)
        view = selection_view(self.workspace, device="cpu")
        drawn = hash_order(TARGET_SEED, view.id_hash, view.id_rank)[:N_TARGETS]
        path = beside(self.workspace, "targets.jsonl")
        path.write_text("".join(f"{raw}\n" for raw in pool.raw_rows(np.sort(drawn))), "utf-8")
        return target_examples(self.workspace, path, reporter=self.reporter).fingerprint


def beside(workspace: Workspace, name: str) -> Path:
    """A file next to the workspace's folder, named after it."""
    return workspace.root.parent / f"{workspace.root.name}.{name}"


def first_rows(view: View, n_rows: int) -> View:
    """The first rows of a pool as a pool of their own, its columns left out."""
    cuts: dict[str, Callable[[Any], Any]] = {
        "codes": lambda sets: _first_sets(sets, n_rows),
        "neurons": lambda states: _first_states(states, n_rows),
        "targets": lambda targets: targets,
    }
    loaders: dict[str, Callable[[], Any]] = {
        "id_rank": lambda: id_ranks([f"{rank:012d}" for rank in view.id_rank[:n_rows]]),
        "id_hash": lambda: view.id_hash[:n_rows],
    }
    names = ("codes", "neurons", "embeddings", "clusters", "quality", "lengths", "tokens")
    for name in (*names, "scores", "targets"):
        if view.offers(name):
            cut = cuts.get(name, lambda values: values[:n_rows])
            loaders[name] = partial(_loaded, view, name, cut)
    return View(n_rows, loaders, device=view.device)


def _loaded(view: View, name: str, cut: Callable[[Any], Any]) -> Any:
    return cut(getattr(view, name))


def _first_csr(csr: Csr, n_rows: int) -> Csr:
    pointers = csr.indptr[: n_rows + 1]
    end = int(pointers[-1])
    values = None if csr.values is None else csr.values[:end]
    return Csr(pointers, csr.indices[:end], values, csr.n_columns)


def _first_sets(sets: FeatureSets, n_rows: int) -> FeatureSets:
    rows = _first_csr(sets.rows, n_rows)
    return FeatureSets(rows, transpose(rows))


def _first_states(states: NeuronStates, n_rows: int) -> NeuronStates:
    return replace(states, rows=_first_csr(states.rows, n_rows))
