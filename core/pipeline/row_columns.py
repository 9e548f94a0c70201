"""The columns that a condition sees: what the pool says of each row, and what was made of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.data.metadata import OWN_COLUMNS
from core.data.pool import Pool
from core.errors import RequestError
from core.pipeline.cluster_edits import edited
from core.pipeline.views import open_features, open_pool
from core.search.predicate import checked
from core.select.selection import Selection
from core.workspace import Workspace

ANSWERS = "assistant"  # the role of a turn that counts as response; every other one is prompt
LOOKED = 1_000  # rows among which an example value is looked for
EXAMPLE = 60  # characters of an example value
COUNTS = {
    "n_turns": "n_turns",
    "prompt_words": "n_prompt_words",
    "response_words": "n_response_words",
}
LINE_FEED = pa.scalar("\n", pa.large_string())

Load = Callable[[], Any]


@dataclass(frozen=True, slots=True)
class RowColumn:
    """One column: how a condition names it, what it holds, and how it is read."""

    name: str
    type: str  # text, number, or true/false
    load: Load  # an Arrow array, (n_rows,)


def row_columns(workspace: Workspace, chosen: Selection | None) -> dict[str, RowColumn]:
    """Every column by name; a field of the pool that has one of our names is `meta.<name>`.

    Names are told apart without case, as SQL does.
    """
    return _columns(workspace, open_pool(workspace), chosen)


def predicate_columns(
    workspace: Workspace, chosen: Selection | None = None
) -> list[tuple[str, str, str]]:
    """Name, type and an example value of every column that a condition sees, for its help.

    A name that has to be quoted in SQL is given in its double quotes.
    """
    head = Pool(open_pool(workspace).table.slice(0, LOOKED))
    return [
        (_as_written(one.name), one.type, _example(one.load()))
        for one in _columns(workspace, head, chosen).values()
    ]


def _columns(workspace: Workspace, pool: Pool, chosen: Selection | None) -> dict[str, RowColumn]:
    own = {one.name: one for one in _own(workspace, pool, chosen)}
    taken = {name.lower() for name in own}
    for field in pool.columns():
        if field.name in OWN_COLUMNS:
            continue
        name = field.name if field.name.lower() not in taken else f"meta.{field.name}"
        if name.lower() not in taken:
            taken.add(name.lower())
            kind = "number" if field.kind == "numeric" else "text"
            own[name] = RowColumn(name, kind, _field(pool, field.name))
    return own


def _own(workspace: Workspace, pool: Pool, chosen: Selection | None) -> list[RowColumn]:
    roles = workspace.current()
    found = [
        RowColumn("id", "text", lambda: pool.table["id"]),
        RowColumn("source", "text", lambda: pool.table["source"]),
        RowColumn("prompt", "text", lambda: _side(pool, response=False)),
        RowColumn("response", "text", lambda: _side(pool, response=True)),
    ]
    found += [RowColumn(name, "number", _field(pool, own)) for name, own in COUNTS.items()]
    if "clusters" in roles:
        found += [
            RowColumn("cluster", "text", lambda: _cluster_names(workspace)),
            RowColumn("cluster_number", "number", lambda: _cluster_numbers(workspace)),
        ]
    found += [
        RowColumn("chosen", "true/false", lambda: pa.array(_picks(chosen, pool.n_rows) > 0)),
        RowColumn("pick", "number", lambda: _pick_column(chosen, pool.n_rows)),
    ]
    if "features" in roles:
        found.append(RowColumn("n_latents", "number", lambda: _n_latents(workspace)))
    return found


def _field(pool: Pool, name: str) -> Load:
    return lambda: pool.table[name]


def _side(pool: Pool, *, response: bool) -> pa.ChunkedArray:
    """The texts of the turns of one side, joined by a line feed, (n_rows,)."""
    chunks = [_joined(chunk, response=response) for chunk in pool.table["turns"].chunks]
    return pa.chunked_array(chunks, pa.large_string())


def _joined(turns: pa.Array, *, response: bool) -> pa.Array:
    flat = turns.flatten()  # honours a slice
    said = pc.equal(pc.struct_field(flat, "role"), ANSWERS)
    wanted = said if response else pc.invert(said)
    texts = pc.struct_field(flat, "text").filter(wanted)
    parents = pc.list_parent_indices(turns).filter(wanted).to_numpy(zero_copy_only=False)
    offsets = np.searchsorted(parents, np.arange(len(turns) + 1)).astype(np.int64)
    return pc.binary_join(pa.LargeListArray.from_arrays(pa.array(offsets), texts), LINE_FEED)


def _cluster_names(workspace: Workspace) -> pa.Array:
    known = edited(workspace)
    names = pa.array([*known.names, "noise"], pa.string())
    return names.take(pa.array(np.where(known.labels < 0, len(known.names), known.labels)))


def _cluster_numbers(workspace: Workspace) -> pa.Array:
    return pa.array(np.asarray(edited(workspace).labels, dtype=np.int64))


def _picks(chosen: Selection | None, n_rows: int) -> Any:
    """Each row's place in the subset from 1, 0 where it is not chosen."""
    place = np.zeros(n_rows, dtype=np.int64)
    if chosen is not None:
        inside = chosen.rows < n_rows
        place[chosen.rows[inside]] = np.flatnonzero(inside) + 1
    return place


def _pick_column(chosen: Selection | None, n_rows: int) -> pa.Array:
    place = _picks(chosen, n_rows)
    return pa.array(place, mask=place == 0)


def _n_latents(workspace: Workspace) -> pa.Array:
    return pa.array(open_features(workspace).sets.rows.lengths())


def _as_written(name: str) -> str:
    """A name as it stands where SQL reads it so, else in double quotes."""
    try:
        if checked(name, [name]).columns == (name,):
            return name
    except RequestError:
        pass
    escaped = name.replace('"', '""')
    return f'"{escaped}"'


def _example(values: Any) -> str:
    """The first value that is there, as a condition would write it, cut where it is long."""
    present = values.slice(0, LOOKED).drop_null()
    if not len(present):
        return ""
    value = present[0].as_py()
    if not isinstance(value, str):
        return str(value).lower() if isinstance(value, bool) else f"{value:g}"
    line = " ".join(value.split())
    cut = line if len(line) <= EXAMPLE else line[: EXAMPLE - 1] + "…"
    return "'" + cut.replace("'", "''") + "'"
