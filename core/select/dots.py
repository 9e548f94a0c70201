"""Products of some rows with one vector, on one core."""

from __future__ import annotations

import numpy as np
from numba import njit

from core.records import Floats


# sums may be taken in any order: callers allow for that noise, and it is eight times as fast
@njit(cache=True, nogil=True, fastmath={"reassoc", "contract", "nsz"})
def dots(rows: Floats, vector: Floats) -> Floats:
    """Product of each row with a vector, (n_rows,), of contiguous float32.

    For rows that fit in cache: waking a second core costs more than it saves, all the more on a
    busy machine, where BLAS waits for it.
    """
    found = np.empty(len(rows), dtype=np.float32)
    for row in range(len(rows)):
        total = np.float32(0.0)
        for at in range(len(vector)):
            total += rows[row, at] * vector[at]
        found[row] = total
    return found
