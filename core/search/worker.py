"""Run by `core.search.conditions` as a child process: answers one condition and ends.

Standard input: JSON with the condition, the time budget, and the number of an open file that
holds the columns as Arrow IPC. Standard output: `rows` and row numbers as little-endian int64, or
`told` and one line for the person.
"""

from __future__ import annotations

import json
import sys
import threading
from typing import Any

from core.errors import RequestError
from core.search.predicate import LOCKED, checked, lock, one_line
from core.search.sandbox import TOO_LARGE, TOO_LONG, close_in, confine
from core.search.sharing import received

ROW = "row_number_of_ours"
MEMORY_LIMIT = "512MB"  # DuckDB's own; the limits of the process are the wall


def main() -> int:
    """Read the request, close every door, answer."""
    request = json.loads(sys.stdin.buffer.read())
    confine(request["seconds"])
    try:
        rows = _rows(request)
    except RequestError as error:
        sys.stdout.buffer.write(b"told\n" + str(error).encode("utf-8", "replace"))
    else:
        sys.stdout.buffer.write(b"rows\n" + rows)
    sys.stdout.buffer.flush()
    return 0


def _rows(request: dict[str, Any]) -> bytes:
    import duckdb

    table = received(request["fd"])
    names = [name for name in table.column_names if name != ROW]
    text = checked(request["text"], names).text
    connection = duckdb.connect(config={**LOCKED, "memory_limit": MEMORY_LIMIT})
    relation = connection.from_arrow(table)
    lock(connection)
    alarm = threading.Timer(request["seconds"], connection.interrupt)
    alarm.daemon = True
    alarm.start()
    close_in()
    try:
        return _matching(relation, text)
    except duckdb.InterruptException:
        raise RequestError(TOO_LONG.format(request["seconds"])) from None
    except (duckdb.OutOfMemoryException, MemoryError):
        raise RequestError(TOO_LARGE) from None
    except (duckdb.Error, RuntimeError) as error:
        raise RequestError(f"the condition cannot be answered: {one_line(error)}") from None


def _matching(relation: Any, text: str) -> bytes:
    """Row numbers for which the condition is true; neither false nor null."""
    import duckdb

    expression = duckdb.SQLExpression(text)
    kind = str(relation.select(expression).types[0])
    if kind != "BOOLEAN":
        raise RequestError(f"a condition is true or false; this one gives {kind.lower()}: compare")
    found = relation.filter(expression).select(duckdb.ColumnExpression(ROW)).fetchnumpy()[ROW]
    return bytes(found.astype("<i8").tobytes())


if __name__ == "__main__":
    sys.exit(main())
