"""Reads sources into one pool: bad rows listed, exact duplicates kept once, the rest counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.data.building import PoolBuilder
from core.data.examples import example_id
from core.data.pool import Pool
from core.data.recognition import Recogniser
from core.data.report import IngestReport, Tally
from core.data.rows import BadRow, Rejected, Row
from core.data.schemas import SCHEMAS
from core.data.sources import Reading, reading, source_names
from core.errors import DataError
from core.options import option
from core.records import Progress, silent

MAX_BAD_SHARE = 0.2
TELL_EVERY = 512  # rows between two reports of progress
PARTS = 1_000  # units of progress a source


@dataclass(frozen=True, slots=True)
class IngestConfig:
    """How sources are read."""

    schema: str = option(
        "auto", "Shape of the records; auto goes by their columns.", choices=("auto", *SCHEMAS)
    )
    strict: bool = option(False, "Refuse the whole pool for one bad row.")
    limit: int | None = option(None, "Stop after this many distinct examples.", minimum=1)


@dataclass(frozen=True, slots=True)
class IngestResult:
    """The pool, and what was met on the way to it."""

    pool: Pool
    report: IngestReport


def ingest(
    sources: Sequence[str], config: IngestConfig, *, progress: Progress = silent
) -> IngestResult:
    """Read local files and hub datasets, in this order, into one pool.

    Raises DataError for a source that cannot be read, for more than 20 % bad rows among those
    read, for no usable row, and for any bad row where `strict` is set.
    """
    if not sources:
        raise DataError("no source given; name a file or a hub dataset such as org/name")
    work = _Ingestion(config, len(sources), progress)
    for number, (source, name) in enumerate(zip(sources, source_names(sources), strict=True)):
        if work.is_full:
            break
        with reading(source) as opened:
            work.read(opened, number, name)
    report = work.report()
    _check(report, config)
    pool = work.builder.build()
    progress(len(sources) * PARTS, len(sources) * PARTS, f"{pool.n_rows:,} examples")
    return IngestResult(pool, report)


class _Ingestion:
    """What is known half-way: the examples so far, their ids, and the tallies."""

    def __init__(self, config: IngestConfig, n_sources: int, progress: Progress) -> None:
        self.builder = PoolBuilder()
        self._config = config
        self._total = n_sources * PARTS
        self._progress = progress
        self._seen: set[bytes] = set()
        self._tallies: list[Tally] = []

    @property
    def is_full(self) -> bool:
        """Whether the limit is reached."""
        return self._config.limit is not None and self.builder.n_rows >= self._config.limit

    def read(self, opened: Reading, number: int, name: str) -> None:
        """Take every row of one source, or as many as the limit leaves."""
        tally = Tally(name, opened.identity)
        self._tallies.append(tally)
        recogniser = Recogniser(name, self._config.schema)
        for row in opened.rows:
            if tally.n_read % TELL_EVERY == 0:
                share = min(opened.fraction(tally.n_read), 1.0)
                done = number * PARTS + min(int(share * PARTS), PARTS - 1)
                self._progress(done, self._total, self._note())
            tally.n_read += 1
            self._take(row, tally, recogniser)
            if self.is_full:
                return
        recogniser.check_end()
        if not tally.n_read:
            raise DataError(f"{name!r} holds no record")

    def report(self) -> IngestReport:
        """The tallies of all sources."""
        return IngestReport(tuple(self._tallies), self.builder.metadata.n_left_out)

    def _take(self, row: Row | Rejected, tally: Tally, recogniser: Recogniser) -> None:
        if isinstance(row, Rejected):
            tally.refuse(row.line, row.reason)
            return
        try:
            schema = recogniser.schema_of(row.record)
            turns = schema.turns(row.record)
        except BadRow as reason:
            tally.refuse(row.line, str(reason))
            return
        name = example_id(turns)
        key = bytes.fromhex(name)
        if key in self._seen:
            tally.n_duplicates += 1
            return
        self._seen.add(key)
        tally.n_kept += 1
        self.builder.add(name, turns, row, source=tally.source, schema=schema)

    def _note(self) -> str:
        n_bad = sum(tally.n_bad for tally in self._tallies)
        return f"{self.builder.n_rows:,} examples" + (f", {n_bad:,} bad rows" if n_bad else "")


def _check(report: IngestReport, config: IngestConfig) -> None:
    if not report.n_bad:
        return
    source, line, reason = report.bad[0]
    seen = (
        f"{report.n_bad:,} of {report.n_read:,} rows are bad; the first is line {line} of "
        f"{source!r}: {reason}"
    )
    if not report.n_kept:
        raise DataError(f"no usable row: {seen}")
    if report.n_bad > MAX_BAD_SHARE * report.n_read:
        raise DataError(f"more than {MAX_BAD_SHARE:.0%} bad rows: {seen}; mend the source")
    if config.strict:
        raise DataError(f"strict reading stops at bad rows: {seen}; mend them or leave out strict")
