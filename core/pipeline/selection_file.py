"""The selection file: a subset as JSON, which export, compare and evaluate read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from core.errors import DataError
from core.pipeline.views import open_pool
from core.publish import write_json
from core.select.selection import Selection
from core.workspace import Artifact, Workspace


def write_selection(workspace: Workspace, artifact: Artifact, subset: Selection, out: Path) -> None:
    """Write the selection file: example ids in pick order with gains, rounds and constraints."""
    out.parent.mkdir(parents=True, exist_ok=True)
    write_json(out, selection_record(workspace, artifact, subset))


def selection_record(workspace: Workspace, artifact: Artifact, subset: Selection) -> dict[str, Any]:
    """What a selection file holds, for a subset of a stored order."""
    ids = open_pool(workspace).ids()
    config = artifact.config
    return {
        "method": subset.method,
        "config": dict(subset.config),
        "budget": len(subset),
        "seed": config["seed"],
        "rows": [ids[row] for row in subset.rows],
        "gains": None if subset.gains is None else subset.gains.tolist(),
        "rounds": subset.round_starts.tolist(),
        "pinned": config["pinned"],
        "forbidden": config["forbidden"],
        "fingerprint": artifact.fingerprint,
        "dataset": artifact.parents["pool"],
    }


def read_selection(path: Path) -> dict[str, Any]:
    """A selection file; DataError when it is none."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"{path} is not a selection file: {error}") from error
    needed = {"method", "budget", "rows", "fingerprint", "dataset"}
    if not isinstance(value, dict) or not needed <= set(value):
        raise DataError(
            f"{path} is not a selection file: it lacks {', '.join(sorted(needed - set(value)))}"
        )
    return value
