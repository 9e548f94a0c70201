"""How the chosen rows serve the pool: each row's nearest chosen one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from core.metrics.blocks import blocks, device_of, units_of
from core.metrics.subject import Chosen
from core.records import Floats, Halves, Progress, Rows, silent


@dataclass(frozen=True, slots=True)
class Served:
    """Each pool row's largest cosine to a chosen row, and which row that is, both (n_rows,).

    Without chosen rows the cosines are minus infinity and the nearest rows -1.
    """

    cosines: Floats
    nearest: Rows

    @classmethod
    def by_nobody(cls, n_rows: int) -> Served:
        """A pool of which nothing is chosen."""
        return cls(np.full(n_rows, -np.inf, dtype=np.float32), np.full(n_rows, -1))

    def at(self, part: slice) -> Served:
        """A part of the pool."""
        return Served(self.cosines[part], self.nearest[part])

    def put(self, part: slice, other: Served) -> None:
        """Write what was found for a part of the pool."""
        self.cosines[part], self.nearest[part] = other.cosines, other.nearest

    def also(self, other: Served) -> Served:
        """By the chosen rows of both; the rows of the first where both are as near."""
        nearer = other.cosines > self.cosines
        return Served(
            np.where(nearer, other.cosines, self.cosines),
            np.where(nearer, other.nearest, self.nearest),
        )


def served(
    embeddings: Floats | Halves, rows: Rows, *, device: str = "cpu", progress: Progress = silent
) -> Served:
    """Find every pool row's nearest chosen row by cosine, in blocks; O(n m d)."""
    return served_by_prefixes(embeddings, rows, [len(rows)], device=device, progress=progress)[0]


def served_by_prefixes(
    embeddings: Floats | Halves,
    rows: Rows,
    budgets: Sequence[int],
    *,
    device: str = "cpu",
    progress: Progress = silent,
) -> list[Served]:
    """How the first rows of an order serve the pool, for each budget; one pass, O(n m d)."""
    n_rows, d_in = embeddings.shape
    ends = sorted({0, *budgets})
    at = {end: Served.by_nobody(n_rows) for end in ends}
    where = device_of(device)
    chosen = units_of(embeddings, rows[: ends[-1]], where).T
    for part in blocks(n_rows if ends[-1] else 0, ends[-1], d_in):
        cosines = units_of(embeddings, part, where) @ chosen
        for start, end in pairwise(ends):
            best, place = cosines[:, start:end].max(dim=1)
            fresh = Served(best.cpu().numpy(), rows[start:end][place.cpu().numpy()])
            at[end].put(part, at[start].at(part).also(fresh))
        progress(part.stop, n_rows, "nearest chosen rows")
    return [at[budget] for budget in budgets]


def shared_served(chosen: Chosen) -> Served:
    """How these rows serve the pool, found once for all metrics that read it."""
    subject = chosen.subject
    return chosen.once(
        "served",
        lambda: served(
            subject.embeddings, chosen.rows, device=subject.device, progress=chosen.progress
        ),
    )


def shared_prefixes(chosen: Chosen, budgets: Sequence[int]) -> list[Served]:
    """How prefixes of these rows serve the pool, found once for all metrics that read it."""
    subject = chosen.subject
    return chosen.once(
        f"served {list(budgets)}",
        lambda: served_by_prefixes(
            subject.embeddings,
            chosen.rows,
            budgets,
            device=subject.device,
            progress=chosen.progress,
        ),
    )
