"""Metrics of any rows of the pool, kept by the rows themselves: each subset is measured once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.fingerprint import Recipe
from core.metrics import METRICS, Subject, measure, metrics
from core.pipeline.comparison_members import version_of
from core.pipeline.scores import subject_of
from core.publish import write_json
from core.records import Progress, Rows, silent
from core.reporting import Quiet, Reporter
from core.workspace import Workspace

VERSION = 1
KIND = "measured"
ROLES = ("pool", "readings", "features", "clusters")

Values = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Line:
    """One metric with what people need to know of it, and the value of each subset."""

    name: str
    title: str
    formula: str
    direction: str  # higher, lower or neither is better
    source: str
    note: str  # how not to misread it
    unit: str
    values: tuple[float | None, ...]

    @property
    def best(self) -> int | None:
        """Which subset leads; None where nothing is better, or where several are equal."""
        known = [one for one in self.values if one is not None]
        if self.direction == "neither" or len(known) < 2:
            return None
        lead = max(known) if self.direction == "higher" else min(known)
        return self.values.index(lead) if known.count(lead) == 1 else None


def stored(workspace: Workspace, rows: Rows) -> Values | None:
    """The metrics of these rows as kept, or None before they are measured."""
    found = workspace.find(KIND, _recipe(workspace, rows).fingerprint)
    if found is None:
        return None
    values: dict[str, float] = json.loads((found.folder / "values.json").read_text("utf-8"))
    return values


def measured(
    workspace: Workspace,
    subsets: Mapping[str, Rows],
    *,
    reporter: Reporter | None = None,
    subject: Subject | None = None,
) -> dict[str, Values]:
    """Every metric of each subset, by its name here; what was measured before is not again."""
    found: dict[str, Values] = {}
    for name, rows in subsets.items():
        kept = stored(workspace, rows)
        if kept is None:
            subject = subject or subject_of(workspace)
            progress = (reporter or Quiet()).stage(f"Measuring {name}", "steps")
            kept = _kept(workspace, subject, rows, progress)
        found[name] = kept
    return found


def light(workspace: Workspace, subsets: Sequence[Rows]) -> list[Values]:
    """The metrics that read no embeddings, found while somebody waits: they need no device."""
    names = [one["name"] for one in metrics("light") if "embeddings" not in one["needs"]]
    subject = subject_of(workspace, device="cpu")
    return [measure(subject, rows, names) for rows in subsets]


def lines(values: Sequence[Values]) -> list[Line]:
    """Every metric that some subset has a value of, by title."""
    names = {name for one in values for name in one}
    return sorted((_line(name, values) for name in names), key=lambda line: line.title)


def _line(name: str, values: Sequence[Values]) -> Line:
    entry, part = METRICS.get(name.partition(":")[0]), name.partition(":")[2]
    return Line(
        name=name,
        title=f"{entry.title}, {part}" if part else entry.title,
        formula=entry.formula,
        direction=entry.direction,
        source=entry.source,
        note=entry.note,
        unit=entry.unit,
        values=tuple(one.get(name) for one in values),
    )


def _recipe(workspace: Workspace, rows: Rows) -> Recipe:
    roles = workspace.current()
    names = [one["name"] for one in metrics()]
    config = {"rows": version_of(rows), "n_rows": len(rows), "metrics": names}
    return Recipe("measure-rows", VERSION, config, {k: roles[k] for k in ROLES if k in roles})


def _kept(
    workspace: Workspace, subject: Subject, rows: Rows, progress: Progress = silent
) -> Values:
    values = measure(subject, np.sort(rows), progress=progress)
    title = f"metrics of {len(rows):,} rows"
    with workspace.publish(KIND, _recipe(workspace, rows), title=title) as draft:
        write_json(draft.folder / "values.json", values)
    return values
