"""Our side of the dense benchmark: a method on the first rows of a pool, timed and valued."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.dense_cases import QUALITY, SEED, Answer, Case
from benchmarks.machine import finished, peak_memory, seconds
from core.options import configure
from core.records import Floats, Halves, Rows
from core.select import SELECTORS, Budget, View, select
from core.select.selection import Selection
from core.select.vectors import unit_vectors_of
from core.select.view import id_hashes

WARM_UP = 200  # rows of the run before the clock: loops are compiled and libraries loaded by then


@dataclass(frozen=True, slots=True)
class Pool:
    """Embeddings as they are stored, and what peers read from files."""

    vectors: Floats | Halves
    seed: int
    folder: Path

    def quality(self, n_rows: int) -> NDArray[np.float64]:
        """A number from 0 to 1 for each row; the first and last in size are 0 and 1."""
        drawn = np.random.default_rng(self.seed).random(n_rows)
        quality: NDArray[np.float64] = (drawn - drawn.min()) / (drawn.max() - drawn.min())
        return quality

    def quality_file(self, n_rows: int) -> str:
        """The same as a file."""
        path = self.folder / f"quality-{n_rows}.npy"
        np.save(path, self.quality(n_rows))
        return str(path)

    def units(self, n_rows: int) -> Floats:
        """The first rows at unit length in float32, which objectives are of."""
        return unit_vectors_of(self.vectors[:n_rows])


class Ours:
    """A case run by our selector; every size is measured once."""

    def __init__(self, case: Case, pool: Pool, *, device: str, repeats: int) -> None:
        self.case, self.pool = case, pool
        self._device, self._repeats = device, repeats
        self._known: dict[tuple[int, int], dict[str, Any]] = {}
        self._first: dict[tuple[int, int], int] = {}
        self._solver(min(WARM_UP, len(pool.vectors)), 20)()

    def at(self, n_rows: int, budget: int) -> dict[str, Any]:
        """Seconds, memory and objective on the first rows of the pool."""
        size = (n_rows, budget)
        if size not in self._known:
            solve = self._solver(n_rows, budget)
            kept: list[Selection] = []
            memory = peak_memory(lambda: kept.append(solve()))
            self._first[size] = int(kept[0].rows[0])
            self._known[size] = {
                "rows": n_rows,
                "budget": budget,
                "seconds": seconds(solve, self._repeats),
                "memory": memory,
                "chosen": len(kept[0]),
                "objective": round(self.value(n_rows, self._found(kept[0], self._view(n_rows))), 6),
                "notes": list(kept[0].notes),
            }
        return self._known[size]

    def value(self, n_rows: int, found: Rows) -> float:
        """The objective of an answer on the first rows of the pool."""
        return self.case.value(Answer(self.pool.units(n_rows), self.pool.quality(n_rows), found))

    def settings(self, n_rows: int, budget: int) -> dict[str, Any]:
        """What peers are told: the settings of the case, our first row, the quality."""
        return {
            **self.case.settings,
            "first": self._first[n_rows, budget],
            "quality": self.pool.quality_file(n_rows),
        }

    def _view(self, n_rows: int) -> View:
        names = [f"{row:09d}" for row in range(n_rows)]
        ranks, hashes = np.arange(n_rows, dtype=np.int64), id_hashes(names)
        loaders: dict[str, Callable[[], Any]] = {
            "id_rank": lambda: ranks,
            "id_hash": lambda: hashes,
            "embeddings": lambda: self.pool.vectors[:n_rows],
            "columns": lambda: {QUALITY: self.pool.quality(n_rows)},
        }
        return View(n_rows, loaders, device=self._device)

    def _solver(self, n_rows: int, budget: int) -> Callable[[], Selection]:
        view = self._view(n_rows)

        def solve() -> Selection:
            found = select(
                self.case.method, view, Budget("rows", budget), self.case.options, seed=SEED
            )
            finished(self._device)
            return found

        return solve

    def _found(self, chosen: Selection, view: View) -> Rows:
        """What the objective is of: the rows, or the clusters behind them, made again."""
        if not self.case.labelled:
            return chosen.rows
        from core.select.clusters import clusters_of

        config: Any = configure(SELECTORS.get(self.case.method).config, self.case.options)
        found = clusters_of(view, len(chosen), config, seed=SEED)
        return found.partition.labels.astype(np.int64)
