"""#InsTag: rows with most tags first, each taken if it brings a tag that its scan lacks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.errors import RequestError
from core.options import option
from core.records import FeatureSets, Progress, silent
from core.select.base import selector
from core.select.carriers import first_carriers
from core.select.constraints import NO_CONSTRAINTS, Constraints
from core.select.scan import ScanOrder, scan_order
from core.select.selection import Picks
from core.select.tags import tag_sets
from core.select.view import View


@dataclass(frozen=True, slots=True)
class InstagConfig:
    """Where the tags come from; the scan itself is published."""

    column: str = option(
        "",
        "Column with the tags: text separated by commas, semicolons or line ends, lists, or JSON "
        "lists. Empty takes the SAE codes as tags, which is our reading; the paper uses InsTagger.",
        provenance="inferred",
    )


@selector(
    "instag",
    InstagConfig,
    title="#InsTag (complexity-first diverse sampling)",
    uses=("columns", "codes"),
    complexity="O(tags) a scan",
    when="With a column of tags; or to see what scanning by number of features gives.",
    source="Lu et al. 2023, arXiv 2308.07074, algorithm 1",
    provenance="confirmed",
)
def instag(
    view: View,
    budget: int,
    config: InstagConfig,
    *,
    constraints: Constraints = NO_CONSTRAINTS,
    seed: int = 42,
    progress: Progress = silent,
) -> Picks:
    """Scans by number of tags, descending; every scan begins with no tag covered.

    `explains` holds the tags of each pick and how many of them its scan lacked.
    """
    tags, word = _tags(view, config.column)
    found = scan_order(
        tags, budget, id_rank=view.id_rank, constraints=constraints, progress=progress
    )
    counts = tags.rows.lengths()[found.rows]
    explains = {"n_tags": counts.astype(np.int32), "new_tags": found.gains}
    return Picks(found.rows, found.round_starts, explains, _notes(tags, found, word))


def _tags(view: View, column: str) -> tuple[FeatureSets, str]:
    """The tags of each row and what they are called."""
    if column:
        return tag_sets(view.columns(column), column), f"tags of column {column!r}"
    if not view.offers("codes"):
        raise RequestError(
            "method 'instag' needs tags: name a column that holds them (column=…), or extract "
            "SAE codes, which then count as tags"
        )
    return view.codes, "features as tags"


def _notes(tags: FeatureSets, found: ScanOrder, word: str) -> tuple[str, ...]:
    sizes = tags.rows.lengths()
    covered = int((first_carriers(tags, found.rows) >= 0).sum())
    known = max(tags.n_reachable, 1)
    notes = [
        f"{word}: {covered:,} of {tags.n_reachable:,} covered ({100 * covered / known:.1f} %)",
        f"{sizes[found.rows].mean():.2f} tags a row on average, {sizes.mean():.2f} in the pool",
    ]
    if found.n_filled:
        notes.append(f"rows at the end without tags: {found.n_filled:,}")
    return tuple(notes)
