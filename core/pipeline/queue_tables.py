"""Tables of decisions: who decided what, what people differ on, how far they agree, who came in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.curate.records import Event
from core.curate.state import State
from core.pipeline.changes import Replacements
from core.pipeline.queue_places import places
from core.pipeline.tables import previews
from core.pipeline.teams import agreement
from core.pipeline.views import open_pool
from core.records import Rows
from core.select.selection import Selection
from core.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 500


def decision_table(
    workspace: Workspace, state: State, curator: str | None = None, *, most: int = SHOWN
) -> pd.DataFrame:
    """What stands of each person's verdicts, newest first; of one person, or of everybody.

    Columns: row (-1 outside the pool in use), id, example, verdict, by, reason, note, tags, when
    (a date), event.
    """
    import pandas as pd

    names = state.curators if curator is None else (curator,)
    said = [one for name in names for one in _in_force(state, name)]
    said = sorted(said, key=lambda one: -(one.number or 0))[:most]
    ids = [one.example for one in said]
    rows = _rows(workspace, ids)
    table = {
        "row": rows,
        "id": ids,
        "example": _beginnings(workspace, rows),
        "verdict": [one.verdict for one in said],
        "by": [one.curator for one in said],
        "reason": [one.reason for one in said],
        "note": [one.note for one in said],
        "tags": [", ".join(one.tags) for one in said],
        "when": pd.to_datetime([one.at or 0.0 for one in said], unit="s", utc=True),
        "event": [one.id for one in said],
    }
    return pd.DataFrame(table)


def conflict_table(workspace: Workspace, state: State, *, most: int = SHOWN) -> pd.DataFrame:
    """The examples of the pool in use on which people differ: row, id, example, verdicts."""
    import pandas as pd

    here = [one for one in state.conflicts if len(places(workspace).of([one]))][:most]
    rows = _rows(workspace, here)
    return pd.DataFrame(
        {
            "row": rows,
            "id": here,
            "example": _beginnings(workspace, rows),
            "verdicts": [_told(state, one) for one in here],
        }
    )


def pair_table(workspace: Workspace) -> pd.DataFrame:
    """Cohen's kappa of every two people: first, second, examples, agree, kappa, remark."""
    import pandas as pd

    pairs = agreement(workspace).pairs
    return pd.DataFrame(
        {
            "first": [one.first for one in pairs],
            "second": [one.second for one in pairs],
            "examples": [one.kappa.n for one in pairs],
            "agree": [one.kappa.raw for one in pairs],
            "kappa": [one.kappa.value for one in pairs],
            "remark": [one.kappa.why or "" for one in pairs],
        }
    )


def group_table(workspace: Workspace) -> pd.DataFrame:
    """Fleiss' kappa for each number of people an example has: people, examples, agree, kappa."""
    import pandas as pd

    groups = agreement(workspace).groups
    return pd.DataFrame(
        {
            "people": [one.n_judges for one in groups],
            "examples": [one.kappa.n for one in groups],
            "agree": [one.kappa.raw for one in groups],
            "kappa": [one.kappa.value for one in groups],
            "remark": [one.kappa.why or "" for one in groups],
        }
    )


def out_table(workspace: Workspace, state: State, found: Replacements) -> pd.DataFrame:
    """The rows that left: row, id, example, why, and where the pool has codes what that costs.

    `alone` counts latents that only this row brought, `missing` those of them that are now
    uncovered; `heir` is the row that brings most of them.
    """
    import pandas as pd

    out = np.concatenate([found.rejected, found.moved])
    table: dict[str, Any] = _named(workspace, out)
    rejected = [_why(state, one) for one in table["id"][: len(found.rejected)]]
    table["why"] = rejected + ["made room"] * len(found.moved)
    cover = found.change.coverage
    if cover is not None:
        place = {int(row): at for at, row in enumerate(found.change.rows_out.tolist())}
        at = np.array([place[int(row)] for row in out], dtype=np.int64)
        table["alone"], table["missing"] = cover.cost[at], cover.missed[at]
        heirs = cover.heirs[at]
        table["heir"] = pd.array(np.where(heirs >= 0, heirs, 0), dtype="Int64")
        frame = pd.DataFrame(table)
        frame.loc[heirs < 0, "heir"] = pd.NA
        return frame
    return pd.DataFrame(table)


def in_table(
    workspace: Workspace, state: State, found: Replacements, after: Selection
) -> pd.DataFrame:
    """The rows that came in by pick order: row, id, example, why, pick, and what each brings."""
    import pandas as pd

    rows = found.change.rows_in
    table: dict[str, Any] = _named(workspace, rows)
    approved = set(state.approved)
    table["why"] = [_why(state, one) if one in approved else "takes a place" for one in table["id"]]
    place = np.full(open_pool(workspace).n_rows, -1, dtype=np.int64)
    place[after.rows] = np.arange(len(after))
    table["pick"] = place[rows] + 1
    if found.change.coverage is not None:
        table["brings"] = found.change.coverage.brings
    return pd.DataFrame(table)


def _in_force(state: State, curator: str) -> list[Event]:
    """A person's last verdict on each example."""
    said = (one for one in state.events_of(curator) if one.verdict is not None)
    return list({one.example: one for one in said}.values())


def _rows(workspace: Workspace, ids: list[str]) -> Rows:
    """The row of each id, -1 for those outside the pool in use."""
    known = places(workspace)
    found = [known.of([one]) for one in ids]
    return np.array([int(one[0]) if len(one) else -1 for one in found], dtype=np.int64)


def _beginnings(workspace: Workspace, rows: Rows) -> list[str]:
    there = rows >= 0
    texts = iter(previews(open_pool(workspace), rows[there]) if there.any() else ())
    return [next(texts) if here else "not in this pool" for here in there.tolist()]


def _named(workspace: Workspace, rows: Rows) -> dict[str, Any]:
    ids = open_pool(workspace).table["id"]
    return {
        "row": rows,
        "id": [ids[int(row)].as_py() for row in rows],
        "example": _beginnings(workspace, rows),
    }


def _told(state: State, example: str) -> str:
    known = state.of(example)
    said = known.by.values() if known else ()
    return ", ".join(f"{one.verdict} by {one.curator}" for one in said)


def _why(state: State, example: str) -> str:
    """Who gave the settled verdict, and their reason."""
    known = state.of(example)
    if known is None or known.verdict is None:
        return ""
    by = [one for one in known.by.values() if one.verdict == known.verdict]
    reasons = dict.fromkeys(one.reason for one in by if one.reason)
    who = ", ".join(one.curator for one in by)
    return f"{known.verdict} by {who}" + (f": {'; '.join(reasons)}" if reasons else "")
