"""How a pool is cut into shards: the unit of work, of resuming and of loss."""

from __future__ import annotations

SMALL, LARGE = 1_024, 16_384
LARGE_POOL = 1_000_000


def shard_rows(n_rows: int) -> int:
    """Rows a shard: 1,024 below a million rows, 16,384 from there on."""
    return LARGE if n_rows >= LARGE_POOL else SMALL


def shards_of(n_rows: int) -> list[tuple[int, int]]:
    """The (start, stop) of every shard of a pool, in order; the last may be short."""
    size = shard_rows(n_rows)
    return [(start, min(start + size, n_rows)) for start in range(0, n_rows, size)]
