"""Random numbers that belong to a row, not to its position: a hash of the seed and the id."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from core.records import Rows
from core.select.view import Hashes

BITS = (1 << 64) - 1


def seeded_hash(seed: int, id_hash: Hashes, stream: str = "") -> Hashes:
    """64 well-mixed bits of (seed, stream, id) for each row, (n_rows,).

    Two rounds of the splitmix64 finaliser (Steele, Lea and Flood 2014). A row keeps its number
    when the pool is reordered or grows. A method that draws names a stream of its own: with one
    for all, kmq and random shared 91 % of 5,000 rows of 51,924 where chance gives 5 %.
    """
    offset = np.full(1, (seed ^ _stream(stream)) & BITS, dtype=np.uint64)
    return _mixed(id_hash ^ _mixed(offset + np.uint64(0x9E3779B97F4A7C15)))


def hash_order(seed: int, id_hash: Hashes, id_rank: Rows, stream: str = "") -> Rows:
    """All rows by ascending seeded hash; rows of equal hash by example id, (n_rows,)."""
    return np.lexsort((id_rank, seeded_hash(seed, id_hash, stream))).astype(np.int64)


def uniforms(seed: int, id_hash: Hashes, stream: str = "") -> NDArray[np.float64]:
    """A number strictly between 0 and 1 for each row; the smallest hash has the largest."""
    bits = seeded_hash(seed, id_hash, stream)
    kept = (bits >> np.uint64(12)).astype(np.float64)  # 52 bits: never 1.0
    return 1.0 - (kept + 0.5) * 2.0**-52


def _stream(name: str) -> int:
    """64 bits of a stream's name; 0 for the one that random rows are drawn from."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest()) if name else 0


def _mixed(bits: Hashes) -> Hashes:
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))
