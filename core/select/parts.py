"""The progress of parts, told as the progress of the whole."""

from __future__ import annotations

from core.records import Progress


def part_of(progress: Progress, whole: int, *, begin: float, end: float) -> Progress:
    """Progress of a part that takes a whole of `total` from one share of it to another."""

    def told(done: int, total: int, note: str = "") -> None:
        share = begin + (end - begin) * done / max(total, 1)
        progress(int(share * whole), whole, note)

    return told
