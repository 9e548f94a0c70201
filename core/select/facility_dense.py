"""Facility location with the similarities of all pairs kept: the fastest form where they fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from core.records import Floats, Rows
from core.select import facility_kernels as kernels
from core.select.threads import in_threads

TILE_ROWS, TILE_COLUMNS = 1024, 2048  # products of a tile: 8 MB, in cache until they are packed
MULTIPLYING = 0.95  # share of building; the rest is adding up
LOOKS = 64  # rows looked at one after the other before many are, in threads

Tell = Callable[[float], None]  # told the share of the work that is done


class AllPairs:
    """Every similarity in 16 bits, (n_rows, n_rows): 2 n^2 bytes, 5.4 GB for 52,000 rows."""

    form = "all pairs kept"
    passes, early = 0.5, 1 << 30  # picking takes half as long as building
    narrowest, widest = 1024, 8192  # rows of a sweep

    def __init__(self, vectors: Floats) -> None:
        self._vectors = vectors
        n_columns = -(-len(vectors) // kernels.GROUP) * kernels.GROUP
        self._matrix = np.zeros((0, n_columns), dtype=np.int16)
        self._cover = np.zeros(n_columns, dtype=np.int16)

    @staticmethod
    def size(n_rows: int) -> int:
        """Bytes that so many rows need."""
        return 2 * n_rows * (n_rows + kernels.GROUP)

    def build(self, tell: Tell) -> kernels.Wide:
        """Compute all similarities; the gain of each row as the first one, (n_rows,)."""
        vectors = self._vectors
        self._matrix = np.empty((len(vectors), len(self._cover)), dtype=np.int16)
        room = np.empty(TILE_ROWS * TILE_COLUMNS, dtype=np.float32)
        for rows, columns, done in tiles(len(vectors)):
            products = tile_of(vectors, rows, columns, room)
            if rows == columns:
                self._matrix[rows, len(vectors) :] = 0
                kernels.put(products, self._matrix, rows.start, columns.start)
            else:
                kernels.put_both(products, self._matrix, rows.start, columns.start)
            tell(MULTIPLYING * done)
        gains = np.empty(len(vectors), dtype=np.int64)
        for start in range(0, len(vectors), self.widest):
            part = np.arange(start, min(start + self.widest, len(vectors)))
            gains[part] = self.gains(part)
            tell(MULTIPLYING + (1 - MULTIPLYING) * (part[-1] + 1) / len(vectors))
        return gains

    def gains(self, rows: Rows) -> kernels.Wide:
        """The gain of each of these rows given what is chosen, (len(rows),)."""
        gains = np.empty(len(rows), dtype=np.int64)
        in_threads(
            lambda part: kernels.gains_of(self._matrix, self._cover, rows[part], gains[part]),
            len(rows),
        )
        return gains

    def settle(self, leaders: kernels.Leaders, chosen: int) -> int:
        """The best row if a short look finds it, else UNSETTLED; NOBODY where none is left."""
        return kernels.settle(self._matrix, self._cover, leaders, chosen, LOOKS)

    def take(self, row: int) -> int:
        """Choose a row; its gain."""
        gain = kernels.gain_of(self._matrix[row], self._cover)
        kernels.raise_cover(self._matrix[row], self._cover)
        return gain


def tiles(n_rows: int) -> Iterator[tuple[slice, slice, float]]:
    """Tiles of the upper half of all pairs, with the share done once each is finished."""
    pairs = n_rows * (n_rows + 1) / 2
    done = 0
    for start in range(0, n_rows, TILE_ROWS):
        rows = slice(start, min(start + TILE_ROWS, n_rows))
        height = rows.stop - start
        done += height * (height + 1) // 2
        yield rows, rows, done / pairs
        # the first tiles are the first to touch their memory, which may take longer than the rest
        step = TILE_COLUMNS if start else TILE_COLUMNS // 4
        for left in range(rows.stop, n_rows, step):
            columns = slice(left, min(left + step, n_rows))
            done += height * (columns.stop - left)
            yield rows, columns, done / pairs


def tile_of(vectors: Floats, rows: slice, columns: slice, room: Floats) -> Floats:
    """The products of some rows with others, written where the last tile was."""
    shape = rows.stop - rows.start, columns.stop - columns.start
    out = room[: shape[0] * shape[1]].reshape(shape)
    return np.matmul(vectors[rows], vectors[columns].T, out=out)
