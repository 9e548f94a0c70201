"""Deita: the best rows first, each unlike all rows accepted before it."""

from __future__ import annotations

from dataclasses import dataclass

from core.options import option
from core.records import Progress, silent
from core.select.base import selector
from core.select.constraints import NO_CONSTRAINTS, Constraints
from core.select.filtering import Ceiling, filter_order, highest_first
from core.select.limits import Limits
from core.select.ordering import by_id
from core.select.quality import QUALITY_HELP, quality_of
from core.select.selection import Picks
from core.select.view import View


@dataclass(frozen=True, slots=True)
class DeitaConfig:
    """How like an accepted row a new one may be, and what makes a row good."""

    threshold: float = option(
        0.9,
        "A row is accepted when its cosine with every accepted row is at most this: 1 keeps the "
        "best rows whatever they are like, smaller values ask for more variety.",
        minimum=-1.0,
        maximum=1.0,
        provenance="confirmed",
    )
    quality: str = option("auto", QUALITY_HELP)


@selector(
    "deita",
    DeitaConfig,
    title="Deita (score first, then diversity)",
    needs=("embeddings",),
    uses=("quality", "scores", "columns"),
    ahead=False,
    complexity="O(n b d), less when few rows have to be asked",
    when="With a quality score that you trust: it decides, variety only vetoes.",
    source="Liu et al. 2024, arXiv 2312.15685: cosine with every accepted row at most 0.9",
    provenance="confirmed",
)
def deita(
    view: View,
    budget: int,
    config: DeitaConfig,
    *,
    constraints: Constraints = NO_CONSTRAINTS,
    seed: int = 42,
    progress: Progress = silent,
) -> Picks:
    """One scan by quality, descending (equal ones by example id); the first row always passes.

    Pinned rows are accepted first. `explains["is_fill"]` marks rows that did not pass and only
    fill the budget, in the same order.
    """
    quality = quality_of(view, config.quality)
    found = filter_order(
        highest_first(quality.values, view.id_rank),
        view.embeddings,
        budget,
        ceiling=Ceiling(config.threshold, inclusive=True),
        first=by_id(constraints.pinned, view.id_rank),
        limits=Limits.of(constraints, n_rows=view.n_rows, budget=budget),
        device=view.device,
        progress=progress,
    )
    explains = {"is_fill": found.is_fill, "quality": quality.source, "device": view.device}
    return Picks(found.rows, explains=explains, notes=(found.note(), _quality_note(quality.source)))


def _quality_note(source: str) -> str:
    if source == "uniform":
        return "quality uniform: rows are asked by example id"
    return f"quality from {source}"
