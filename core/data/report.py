"""What an ingest met: counts, bad rows with line and reason, and the identity of each source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.data.limits import MAX_LISTED


@dataclass(slots=True)
class Tally:
    """The counts of one source; n_read = n_kept + n_duplicates + n_bad."""

    source: str
    identity: Mapping[str, Any]  # name, size, sha256; of a hub dataset also the revision
    n_read: int = 0
    n_kept: int = 0
    n_duplicates: int = 0
    n_bad: int = 0
    bad: list[tuple[int, str]] = field(default_factory=list)  # (line, reason), the first 1,000

    def refuse(self, line: int, reason: str) -> None:
        """Count a bad row and list it while there is room."""
        self.n_bad += 1
        if len(self.bad) < MAX_LISTED:
            self.bad.append((line, reason))


@dataclass(frozen=True, slots=True)
class IngestReport:
    """The counts of all sources."""

    sources: tuple[Tally, ...]
    n_columns_left_out: int = 0  # metadata fields beyond the first 200, up to 200 counted

    @property
    def n_read(self) -> int:
        """Records met, good or bad."""
        return sum(tally.n_read for tally in self.sources)

    @property
    def n_kept(self) -> int:
        """Distinct examples."""
        return sum(tally.n_kept for tally in self.sources)

    @property
    def n_duplicates(self) -> int:
        """Examples met again, in the same source or an earlier one."""
        return sum(tally.n_duplicates for tally in self.sources)

    @property
    def n_bad(self) -> int:
        """Records that could not be used."""
        return sum(tally.n_bad for tally in self.sources)

    @property
    def bad(self) -> list[tuple[str, int, str]]:
        """(source, line, reason) of the first 1,000 bad rows."""
        listed = [(tally.source, *where) for tally in self.sources for where in tally.bad]
        return listed[:MAX_LISTED]

    def as_json(self) -> dict[str, Any]:
        """The report as plain JSON values."""
        return {
            "n_read": self.n_read,
            "n_kept": self.n_kept,
            "n_duplicates": self.n_duplicates,
            "n_bad": self.n_bad,
            "n_columns_left_out": self.n_columns_left_out,
            "bad": [list(where) for where in self.bad],
            "sources": [_source(tally) for tally in self.sources],
        }


def _source(tally: Tally) -> dict[str, Any]:
    return {
        **tally.identity,
        "source": tally.source,
        "n_read": tally.n_read,
        "n_kept": tally.n_kept,
        "n_duplicates": tally.n_duplicates,
        "n_bad": tally.n_bad,
    }
