"""Why a row stands in the queue: the reasons of its subset, made at once for many rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.pipeline.queue_orders import units_of
from core.pipeline.views import open_features, open_readings
from core.records import FeatureSets, Floats, Halves, Ids, Rows
from core.select.carriers import first_carriers
from core.select.reasons import Nearest, WhyChosen, WhyNot, why_chosen
from core.select.selection import Selection
from core.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Reasons:
    """What a subset says of each row of the pool, with what that needs kept at hand.

    The same answers as `why_chosen` and `why_not`, which look at the whole subset for each row.
    """

    subset: Selection
    place: Rows  # (n_rows,), in the subset; -1 outside
    beyond: Rows  # (n_rows,), in the longer order; -1 where it does not reach
    codes: FeatureSets | None
    first: NDArray[np.int32] | None  # (n_features,), place of the row that brought it; -1
    embeddings: Floats | Halves | None
    units: Floats | None  # (len(subset), d)

    @classmethod
    def of(cls, workspace: Workspace, subset: Selection, order: Selection, n_rows: int) -> Reasons:
        """Keep what the reasons of this subset need; `order` is it solved further."""
        roles = workspace.current()
        codes = open_features(workspace).sets if "features" in roles else None
        embeddings = open_readings(workspace).embeddings if "readings" in roles else None
        longer = order.rows if order.nested else np.empty(0, dtype=np.int64)
        return cls(
            subset=subset,
            place=_places(subset.rows, n_rows),
            beyond=_places(longer, n_rows),
            codes=codes,
            first=None if codes is None else first_carriers(codes, subset.rows),
            embeddings=embeddings,
            units=None if embeddings is None else units_of(np.asarray(embeddings[subset.rows])),
        )

    def why(self, row: int) -> WhyChosen | WhyNot:
        """The reason for or against one row."""
        at = int(self.place[row])
        return self._not(row) if at < 0 else self._chosen(row, at)

    def _chosen(self, row: int, at: int) -> WhyChosen:
        subset = self.subset
        turn = int(np.searchsorted(subset.round_starts, at, side="right")) - 1
        if turn > 0:  # what is new to a later round takes a look at that round
            return why_chosen(subset, row, codes=self.codes, embeddings=self.embeddings)
        own = subset.own_gains
        return WhyChosen(
            row=row,
            rank=at,
            is_pinned=at < subset.n_pinned,
            round=turn,
            gain=None if subset.gains is None else int(subset.gains[at]),
            own_gain=None if own is None else float(own[at]),
            first_to_bring=self._brought(row, at),
            nearest=self._nearest(row, at),
        )

    def _not(self, row: int) -> WhyNot:
        own, carriers = np.empty(0, dtype=np.uint32), np.empty(0, dtype=np.int64)
        n_features = 0
        if self.codes is not None and self.first is not None:
            whole = self.codes.rows.row(row)
            first = self.first[whole]
            n_features = len(whole)
            own, carriers = whole[first >= 0], self.subset.rows[first[first >= 0]]
        rank = int(self.beyond[row])
        return WhyNot(
            row, n_features, own, carriers, rank if rank >= 0 else None, self._nearest(row)
        )

    def _brought(self, row: int, at: int) -> Ids:
        if self.codes is None or self.first is None:
            return np.empty(0, dtype=np.uint32)
        own = self.codes.rows.row(row)
        return own[self.first[own] == at]

    def _nearest(self, row: int, at: int | None = None) -> Nearest | None:
        """The chosen row most like this one; the row at place `at` is itself."""
        if self.units is None or self.embeddings is None or len(self.units) <= (at is not None):
            return None
        cosines = self.units @ units_of(np.asarray(self.embeddings[row])[None])[0]
        if at is not None:
            cosines[at] = -np.inf
        best = int(cosines.argmax())
        return Nearest(int(self.subset.rows[best]), float(cosines[best]))


def _places(rows: Rows, n_rows: int) -> Rows:
    place = np.full(n_rows, -1, dtype=np.int64)
    place[rows] = np.arange(len(rows))
    return place
