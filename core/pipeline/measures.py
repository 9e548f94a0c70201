"""What a subset amounts to at its budget, beside its baselines and its pool."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from core.metrics import OrderTables, PrefixFacts, Totals, totals
from core.pipeline.cards import sentence
from core.pipeline.curves import BASELINES, baseline, covered_at
from core.pipeline.selection import covered
from core.pipeline.tables import row_table
from core.pipeline.views import in_use, open_features, open_labels, open_pool, open_readings
from core.records import Halves
from core.select.reasons import Nearest, WhyChosen, why_chosen
from core.select.selection import Selection
from core.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Measures:
    """Numbers of one subset; None where the reading that they need is absent."""

    n_chosen: int
    n_pool: int
    n_covered: int | None  # latents
    n_reachable: int | None
    baselines: dict[str, int]  # baseline -> latents covered by as many rows
    words: Totals  # of responses
    tokens: Totals | None
    n_clusters: int | None
    n_clusters_reached: int | None


def measures(workspace: Workspace, subset: Selection, facts: PrefixFacts | None = None) -> Measures:
    """Measure a subset of the pool in use; `facts` are those of its order at this budget."""
    roles = workspace.current()
    pool = open_pool(workspace)
    has_codes = "features" in roles and subset.gains is not None
    reached = (facts or _facts(workspace, subset)).clusters
    return Measures(
        n_chosen=len(subset),
        n_pool=pool.n_rows,
        n_covered=covered(subset) if has_codes else None,
        n_reachable=in_use(workspace, "features").notes["n_reachable"] if has_codes else None,
        baselines=baselines_at(workspace, len(subset)) if has_codes else {},
        words=totals(pool.column("n_response_words").astype(np.int64), subset.rows),
        tokens=_tokens(workspace, subset) if "readings" in roles else None,
        n_clusters=None if reached is None else len(reached.values),
        n_clusters_reached=None if reached is None else int((reached.subset > 0).sum()),
    )


def _facts(workspace: Workspace, subset: Selection) -> PrefixFacts:
    has_clusters = "clusters" in workspace.current()
    clusters = np.asarray(open_labels(workspace)) if has_clusters else None
    return OrderTables.of(subset.rows, clusters=clusters).at(len(subset))


def baselines_at(workspace: Workspace, budget: int) -> dict[str, int]:
    """Latents covered by the first `budget` rows of each baseline."""
    return {name: covered_at(baseline(workspace, name, budget), budget) for name in BASELINES}


def reason_table(workspace: Workspace, subset: Selection, most: int = 100) -> pd.DataFrame:
    """The first chosen rows in pick order: what each brought, and why it was chosen."""
    rows = subset.rows[:most]
    table = row_table(workspace, rows, chosen=subset)
    if subset.gains is not None:
        table["new latents"] = subset.gains[:most]
    table["reason"] = [sentence(why) for why in _reasons(workspace, subset, len(rows))]
    return table


def _reasons(workspace: Workspace, subset: Selection, most: int) -> list[WhyChosen]:
    roles = workspace.current()
    codes = open_features(workspace).sets if "features" in roles else None
    reasons = [why_chosen(subset, int(row), codes=codes) for row in subset.rows[:most]]
    if "readings" not in roles or len(subset) < 2:
        return reasons
    nearest = _nearest(np.asarray(open_readings(workspace).embeddings), subset, most)
    return [replace(why, nearest=one) for why, one in zip(reasons, nearest, strict=True)]


def _nearest(embeddings: Halves, subset: Selection, most: int) -> list[Nearest]:
    """The nearest other chosen row of each of the first picks, all in one product."""
    units = embeddings[subset.rows].astype(np.float32)
    units /= np.maximum(np.linalg.norm(units, axis=1, keepdims=True), np.finfo(np.float32).tiny)
    cosines = units[:most] @ units.T
    np.fill_diagonal(cosines, -np.inf)
    best = cosines.argmax(axis=1)
    return [Nearest(int(subset.rows[at]), float(cosines[pick, at])) for pick, at in enumerate(best)]


def _tokens(workspace: Workspace, subset: Selection) -> Totals:
    return totals(np.asarray(open_readings(workspace).n_tokens, dtype=np.int64), subset.rows)
