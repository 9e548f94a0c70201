"""Random numbers that belong to a row, not to its position: a hash of the seed and the id."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.records import Rows
from core.select.view import Hashes

BITS = (1 << 64) - 1


def seeded_hash(seed: int, id_hash: Hashes) -> Hashes:
    """64 well-mixed bits of (seed, id) for each row, (n_rows,).

    Two rounds of the splitmix64 finaliser (Steele, Lea and Flood 2014). A row keeps its number
    when the pool is reordered or grows.
    """
    offset = np.full(1, seed & BITS, dtype=np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    return _mixed(id_hash ^ _mixed(offset))


def hash_order(seed: int, id_hash: Hashes, id_rank: Rows) -> Rows:
    """All rows by ascending seeded hash; rows of equal hash by example id, (n_rows,)."""
    return np.lexsort((id_rank, seeded_hash(seed, id_hash))).astype(np.int64)


def uniforms(seed: int, id_hash: Hashes) -> NDArray[np.float64]:
    """A number strictly between 0 and 1 for each row; the smallest hash has the largest."""
    kept = (seeded_hash(seed, id_hash) >> np.uint64(12)).astype(np.float64)  # 52 bits: never 1.0
    return 1.0 - (kept + 0.5) * 2.0**-52


def _mixed(bits: Hashes) -> Hashes:
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))
