"""Rows that meet a SQL condition, found by a child process that can do nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

import numpy as np
import pyarrow as pa

from core.errors import RequestError
from core.records import Rows
from core.search.predicate import checked
from core.search.sandbox import answer_of
from core.search.sharing import shared
from core.search.worker import ROW

SECONDS = 4.0  # for a pool of up to a million rows; as much again for each further million
WORKER = "core.search.worker"

Column = Callable[[], "pa.Array | pa.ChunkedArray"]


def rows_where(
    text: str, columns: Mapping[str, Column], n_rows: int, *, seconds: float | None = None
) -> Rows:
    """Rows, ascending, for which a condition on `columns` is true.

    Only the columns that it reads are loaded. RequestError, in one line, when the condition is
    refused, does not fit the columns, or takes too long or too much memory.
    """
    predicate = checked(text, columns)
    budget = seconds or SECONDS * max(1.0, n_rows / 1e6)
    arrays = {ROW: pa.array(np.arange(n_rows))}
    arrays |= {name: columns[name]() for name in predicate.columns}
    with shared(pa.table(arrays)) as fd:
        request = {"text": predicate.text, "seconds": budget, "fd": fd}
        answer = answer_of(
            WORKER, json.dumps(request).encode(), seconds=budget, most=8 * n_rows + 4_096, fds=[fd]
        )
    return _read(answer, n_rows)


def _read(answer: bytes, n_rows: int) -> Rows:
    head, mark, body = answer.partition(b"\n")
    if head == b"told":
        raise RequestError(body.decode("utf-8", "replace"))
    if head != b"rows" or not mark or len(body) % 8:
        raise RequestError("the search gave no answer; try again")
    rows = np.sort(np.frombuffer(body, dtype="<i8")).astype(np.int64)
    if len(rows) and not 0 <= rows[0] <= rows[-1] < n_rows:
        raise RequestError("the search gave no answer; try again")
    return rows
