"""Why a row was chosen, and why another was not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.records import FeatureSets, Floats, Halves, Ids, Rows
from core.select.carriers import first_carriers, gathered
from core.select.selection import Selection


@dataclass(frozen=True, slots=True)
class Nearest:
    """The chosen row most like another, by cosine of their embeddings."""

    row: int
    cosine: float


@dataclass(frozen=True, slots=True)
class WhyChosen:
    """What a chosen row brought, and when."""

    row: int
    rank: int  # position in pick order, from 0
    is_pinned: bool
    round: int  # from 0
    gain: int | None  # features new to the whole subset
    own_gain: float | None  # gain in the method's own objective
    first_to_bring: Ids  # features that no earlier row of its round has
    nearest: Nearest | None  # among the other chosen rows


@dataclass(frozen=True, slots=True)
class WhyNot:
    """What the subset already has of a row that was left out."""

    row: int
    n_features: int
    features: Ids  # those of its features that are covered, (n_covered,)
    carriers: Rows  # the chosen row that first brought each of them, (n_covered,)
    rank: int | None  # position in a longer order, where one is known and reaches it
    nearest: Nearest | None

    @property
    def n_covered(self) -> int:
        """How many of its features the subset has."""
        return len(self.features)

    def main_carriers(self, most: int = 5) -> list[tuple[int, int]]:
        """Chosen rows that first brought most of its features, as (row, features)."""
        rows, counts = np.unique(self.carriers, return_counts=True)
        order = np.lexsort((rows, -counts))[:most]
        return [(int(rows[at]), int(counts[at])) for at in order]


def why_chosen(
    selection: Selection,
    row: int,
    *,
    codes: FeatureSets | None = None,
    embeddings: Floats | Halves | None = None,
) -> WhyChosen:
    """The reasons for one chosen row; ValueError when it is not in the subset."""
    found = np.flatnonzero(selection.rows == row)
    if not len(found):
        raise ValueError(f"row {row} is not in the subset")
    rank = int(found[0])
    turn = int(np.searchsorted(selection.round_starts, rank, side="right")) - 1
    before = selection.rows[selection.round_starts[turn] : rank]
    others = np.delete(selection.rows, rank)
    own = selection.own_gains
    return WhyChosen(
        row=row,
        rank=rank,
        is_pinned=rank < selection.n_pinned,
        round=turn,
        gain=None if selection.gains is None else int(selection.gains[rank]),
        own_gain=None if own is None else float(own[rank]),
        first_to_bring=_lacking(codes, row, before),
        nearest=nearest_row(row, others, embeddings),
    )


def why_not(
    selection: Selection,
    row: int,
    *,
    codes: FeatureSets | None = None,
    embeddings: Floats | Halves | None = None,
    longer: Selection | None = None,
) -> WhyNot:
    """The reasons for one row left out; ValueError when it is in the subset.

    `longer` is the same method's order solved further, which tells how far down the row stands.
    """
    if (selection.rows == row).any():
        raise ValueError(f"row {row} is in the subset")
    features = np.empty(0, dtype=np.uint32) if codes is None else codes.rows.row(row)
    carriers = np.empty(0, dtype=np.int64)
    n_features = len(features)
    if codes is not None:
        first = first_carriers(codes, selection.rows)[features]
        features, carriers = features[first >= 0], selection.rows[first[first >= 0]]
    return WhyNot(
        row=row,
        n_features=n_features,
        features=features,
        carriers=carriers,
        rank=_rank_in(longer, row),
        nearest=nearest_row(row, selection.rows, embeddings),
    )


def nearest_row(row: int, among: Rows, embeddings: Floats | Halves | None) -> Nearest | None:
    """The row of `among` with the largest cosine to `row`; None without embeddings or rows."""
    if embeddings is None or not len(among):
        return None
    others = np.asarray(embeddings[among], dtype=np.float32)
    own = np.asarray(embeddings[row], dtype=np.float32)
    norms = np.linalg.norm(others, axis=1) * np.linalg.norm(own)
    cosines = (others @ own) / np.maximum(norms, np.finfo(np.float32).tiny)
    best = int(np.argmax(cosines))
    return Nearest(int(among[best]), float(cosines[best]))


def _lacking(codes: FeatureSets | None, row: int, before: Rows) -> Ids:
    if codes is None:
        return np.empty(0, dtype=np.uint32)
    covered = np.zeros(codes.n_features, dtype=np.bool_)
    covered[gathered(codes.rows, before)[0]] = True
    own = codes.rows.row(row)
    return own[~covered[own]]


def _rank_in(longer: Selection | None, row: int) -> int | None:
    if longer is None:
        return None
    found = np.flatnonzero(longer.rows == row)
    return int(found[0]) if len(found) else None
