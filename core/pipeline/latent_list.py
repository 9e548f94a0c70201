"""The list of latents: searched by number, name or words, filtered, ordered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.errors import RequestError
from core.pipeline.marks import Mark, marks
from core.pipeline.pools import rows_with
from core.pipeline.views import open_features, open_pool
from core.records import Rows
from core.select.carriers import gathered
from core.select.selection import Selection
from core.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 2_000
KINDS = (
    "live",
    "covered",
    "uncovered",
    "sole",
    "starred",
    "muted",
    "weighted",
    "labelled",
    "dead",
)
BY_SUBSET = ("covered", "uncovered", "sole")
BEST, NAMED = "match", "named"


@dataclass(frozen=True, slots=True)
class LatentList:
    """Latents that answer a question: how many, how many of each kind, the first as a table.

    Columns: latent, label, rows, density, maximum, mean, then with a subset chosen, covered and
    sole carrier, then starred, muted, weight; with words first `match`, see `latent_list`.
    """

    n_found: int
    n_rows: int | None  # examples that hold the words asked for; None when none were asked for
    counts: Mapping[str, int]  # of each kind, among all that answer the question
    table: pd.DataFrame


def latent_list(
    workspace: Workspace,
    chosen: Selection | None,
    *,
    asked: str = "",
    kind: str = "live",
    order: str | None = None,
    falling: bool = True,
    most: int = SHOWN,
) -> LatentList:
    """Latents by number, by name or by words, of one kind, ordered by a column.

    Words find latents whose label holds them, and latents that tell the examples with these words
    apart: `match` is F1 = 2 |A ∩ B| / (|A| + |B|), with A the rows that hold the words and B the
    rows that have the latent. Those named so come first, then the best matches; without words
    those that most rows have; unless `order` names a column. RequestError for an unknown kind or
    column.
    """
    if kind not in KINDS or (kind in BY_SUBSET and chosen is None):
        raise RequestError(f"latents cannot be listed by {kind!r}; there are {', '.join(KINDS)}")
    table = _table(workspace, chosen)
    table, n_rows = _answering(workspace, table, asked.strip())
    told = {name: of_kind(table, name) for name in KINDS}
    counts = {name: int(mask.sum()) for name, mask in told.items()}
    table = table[told[kind]]
    if order is not None and order not in table:
        names = ", ".join(str(name) for name in table if name != NAMED)
        raise RequestError(f"there is no column {order!r} to order by; there are {names}")
    by = [order] if order else [NAMED, BEST] if BEST in table else ["rows"]
    table = table.sort_values(
        [*by, "latent"], ascending=[*[not falling] * len(by), True], kind="stable"
    ).drop(columns=NAMED, errors="ignore")
    return LatentList(len(table), n_rows, counts, table.head(most).reset_index(drop=True))


def _table(workspace: Workspace, chosen: Selection | None) -> pd.DataFrame:
    """Every latent, dead ones too."""
    import pandas as pd

    features, known = open_features(workspace), marks(workspace).latents
    n = features.sets.n_features
    table = pd.DataFrame(
        {
            "latent": np.arange(n),
            "label": marked(known, n, "label", "", object),
            "rows": features.sets.columns.lengths(),
            "density": np.asarray(features.statistics.density),
            "maximum": np.asarray(features.statistics.maximum),
            "mean": np.asarray(features.statistics.mean),
        }
    )
    if chosen is not None:
        held, _ = gathered(features.sets.rows, chosen.rows)
        counts = np.bincount(held, minlength=n)
        table["chosen"] = counts
        table["covered"] = counts > 0
        table["sole carrier"] = counts == 1
    table["starred"] = marked(known, n, "starred", False, np.bool_)
    table["muted"] = marked(known, n, "muted", False, np.bool_)
    table["weight"] = marked(known, n, "counts", 1.0, np.float64)
    return table


def marked(
    known: Mapping[int, Mark], n: int, name: str, default: object, kind: type
) -> NDArray[Any]:
    """One field of the marks of `n` latents or neurons as a column."""
    column: NDArray[Any] = np.full(n, default, dtype=kind)
    for number, one in known.items():
        if number < n:
            column[number] = getattr(one, name)
    return column


def _answering(
    workspace: Workspace, table: pd.DataFrame, asked: str
) -> tuple[pd.DataFrame, int | None]:
    if not asked:
        return table, None
    if asked.isascii() and asked.isdigit():
        return table[table["latent"] == int(asked)], None
    rows = rows_with(open_pool(workspace), asked)
    match = _f1(workspace, table, rows)
    word = asked.casefold()
    named = np.array([word in label.casefold() for label in table["label"]], dtype=np.bool_)
    table = table.assign(**{NAMED: named})
    table.insert(1, BEST, match)
    return table[named | (match > 0)], len(rows)


def _f1(workspace: Workspace, table: pd.DataFrame, rows: Rows) -> NDArray[np.float64]:
    hits, _ = gathered(open_features(workspace).sets.rows, rows)
    shared = np.bincount(hits, minlength=len(table))
    return np.asarray(2 * shared / np.maximum(len(rows) + table["rows"].to_numpy(), 1), np.float64)


def of_kind(table: pd.DataFrame, kind: str) -> pd.Series[bool]:
    """Which lines of a list of latents or neurons are of a kind, such as uncovered."""
    live = table["rows"] > 0
    if kind in ("live", "dead"):
        return live if kind == "live" else ~live
    if kind == "weighted":
        return ~table["muted"] & (table["weight"] != 1)
    if kind == "labelled":
        return table["label"] != ""
    if kind in BY_SUBSET and "covered" not in table:
        return live & False
    columns = {"covered": "covered", "sole": "sole carrier", "starred": "starred", "muted": "muted"}
    return live & ~table["covered"] if kind == "uncovered" else table[columns[kind]]
