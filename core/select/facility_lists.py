"""Facility location without keeping all pairs: rows compared anew, or with their nearest only."""

from __future__ import annotations

import numpy as np

from core.records import Floats, Rows
from core.select import facility_list_kernels as kernels
from core.select.facility_dense import TILE_COLUMNS, TILE_ROWS, Tell, tile_of, tiles
from core.select.facility_kernels import Leaders, Wide, fixed, raise_cover
from core.select.threads import in_threads

WORK = 1 << 32  # multiplications at once: about 0.06 s on two cores
FEWEST, MOST = 16, 1024  # rows compared at once
ENTRY = 6  # bytes of an entry
LOOKS = 4096  # lists read before the next look at the progress


class Anew:
    """Rows are compared with the pool whenever needed; lists that are short enough are kept.

    Chooses the same rows as with all pairs kept. A row's list holds what it can still add to: one
    pair in five after the first pick, in 30 after ten, in 300 after a hundred. `room` is how many
    bytes the lists may take, the same for each row; a row whose list fits is never compared again.
    Time: 1.5 passes over all pairs where there is room for one pair in five, at most about 5.
    """

    form = "pairs compared anew"
    passes, early = 3.0, 30  # building does half of all pairs

    def __init__(self, vectors: Floats, *, room: int) -> None:
        n_rows = len(vectors)
        self._vectors = vectors
        self._longest = min(room // (ENTRY * max(n_rows, 1)), n_rows // 4)
        self._lists = empty_lists(n_rows, n_rows * (self._longest + 1))
        self._lists.starts[:] = np.arange(n_rows) * (self._longest + 1)
        self._cover = np.zeros(n_rows, dtype=np.int16)
        self.narrowest = self.widest = batch_rows(vectors)

    def build(self, tell: Tell) -> Wide:
        """The gain of each row as the first one, (n_rows,): one pass over all pairs."""
        sums = np.zeros(len(self._vectors), dtype=np.int64)
        room = np.empty(TILE_ROWS * TILE_COLUMNS, dtype=np.float32)
        for rows, columns, done in tiles(len(self._vectors)):
            products = tile_of(self._vectors, rows, columns, room)
            kernels.add_sums(products, rows.start, columns.start, sums)
            tell(done)
        return sums

    def gains(self, rows: Rows) -> Wide:
        """The gain of each of these rows given what is chosen, (len(rows),)."""
        gains = np.empty(len(rows), dtype=np.int64)
        absent = self._lists.lengths[rows] == kernels.ABSENT
        listed = np.empty(int((~absent).sum()), dtype=np.int64)
        kernels.gains_listed(rows[~absent], self._lists, self._cover, listed)
        gains[~absent] = listed
        gains[absent] = self._compared(rows[absent])
        return gains

    def settle(self, leaders: Leaders, chosen: int) -> int:
        """The best row if those that lead have lists, else UNSETTLED; NOBODY where none is left."""
        return kernels.settle_listed(self._lists, self._cover, leaders, chosen, LOOKS)

    def take(self, row: int) -> int:
        """Choose a row; its gain."""
        gain = int(self.gains(np.array([row]))[0])
        if self._lists.lengths[row] == kernels.ABSENT:
            similar = np.empty(len(self._cover), dtype=np.int16)
            fixed(cosines(self._vectors, np.array([row]))[0], similar)
            raise_cover(similar, self._cover)
        else:
            kernels.raise_listed(row, self._lists, self._cover)
        return gain

    def _compared(self, rows: Rows) -> Wide:
        gains = np.empty(len(rows), dtype=np.int64)
        for start in range(0, len(rows), self.widest):
            batch = rows[start : start + self.widest]
            products, gained = cosines(self._vectors, batch), gains[start : start + self.widest]

            def absorb(
                part: slice, batch: Rows = batch, products: Floats = products, gained: Wide = gained
            ) -> None:
                lists, cover, most = self._lists, self._cover, self._longest
                kernels.absorb(products[part], batch[part], lists, cover, most, gained[part])

            in_threads(absorb, len(batch))
        return gains


class Nearest:
    """Each row of the pool counts for its k nearest only: O(n k) memory, not the same objective.

    The pairs of a row of the pool with all but its k nearest rows count as similarity 0.
    """

    form = "nearest pairs kept"
    passes, early = 0.1, 1 << 30
    narrowest, widest = 1024, 8192

    def __init__(self, vectors: Floats, k: int) -> None:
        self._vectors, self._k = vectors, min(k, len(vectors))
        self._lists = empty_lists(len(vectors), 0)
        self._cover = np.zeros(len(vectors), dtype=np.int16)

    def build(self, tell: Tell) -> Wide:
        """Find the nearest rows of each; the gain of each row as the first one, (n_rows,)."""
        n_rows, batch = len(self._vectors), batch_rows(self._vectors)
        near = np.empty((n_rows, self._k), dtype=np.int32)
        similar = np.empty((n_rows, self._k), dtype=np.int16)
        found = np.empty(n_rows, dtype=np.int32)
        for start in range(0, n_rows, batch):
            products = cosines(self._vectors, np.arange(start, min(start + batch, n_rows)))

            def search(part: slice, products: Floats = products, start: int = start) -> None:
                to = slice(start + part.start, start + part.stop)
                kernels.nearest(products[part], self._k, near[to], similar[to], found[to])

            in_threads(search, len(products))
            tell(min(1.0, (start + batch) / n_rows))
        self._lists = empty_lists(n_rows, int(found.sum()))
        kernels.turn(near, similar, found, self._lists)
        return self.gains(np.arange(n_rows))

    def gains(self, rows: Rows) -> Wide:
        """The gain of each of these rows given what is chosen, (len(rows),)."""
        gains = np.empty(len(rows), dtype=np.int64)
        kernels.gains_listed(rows, self._lists, self._cover, gains)
        return gains

    def settle(self, leaders: Leaders, chosen: int) -> int:
        """The best row if a short look finds it, else UNSETTLED; NOBODY where none is left."""
        return kernels.settle_listed(self._lists, self._cover, leaders, chosen, LOOKS)

    def take(self, row: int) -> int:
        """Choose a row; its gain."""
        gain = kernels.gain_listed(row, self._lists, self._cover)
        kernels.raise_listed(row, self._lists, self._cover)
        return gain


def empty_lists(n_rows: int, capacity: int) -> kernels.Lists:
    """No row has a list yet."""
    return kernels.Lists(
        starts=np.zeros(n_rows, dtype=np.int64),
        lengths=np.full(n_rows, kernels.ABSENT, dtype=np.int32),
        near=np.empty(capacity, dtype=np.int32),
        similar=np.empty(capacity, dtype=np.int16),
    )


def batch_rows(vectors: Floats) -> int:
    """How many rows to compare with the pool at once."""
    return int(np.clip(WORK // max(vectors.size, 1), FEWEST, MOST))


def cosines(vectors: Floats, rows: Rows) -> Floats:
    """The cosines of these rows with all rows, (len(rows), n_rows)."""
    if len(rows) == 1:  # a product with one vector is another routine, which rounds otherwise
        products: Floats = vectors[np.repeat(rows, 2)] @ vectors.T
        return products[:1]
    return vectors[rows] @ vectors.T
