"""Indices: which rows were chosen, by their place in the pool and by example id, without text."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

from core.export.formats.format import FORMATS, At, Format
from core.export.records import Examples, Loading, Written
from core.options import NoConfig

FILE = "indices.json"


def write_indices(examples: Examples, folder: Path, config: NoConfig) -> Written:
    """{"rows": example ids, "indices": places in the pool}, both in the order of the choice."""
    chosen = [(example.id, example.row) for example in examples]
    ids, rows = [name for name, _ in chosen], [row for _, row in chosen]
    with (folder / FILE).open("x", encoding="utf-8", newline="\n") as stream:
        json.dump({"rows": ids, "indices": rows}, stream)
        stream.write("\n")
    note = "A place counts the distinct examples of the pool from 0, not the lines of a source."
    return Written(FILE, tuple(ids), notes=(note,))


def _loading(config: NoConfig, at: At) -> tuple[Loading, ...]:
    path = at(FILE)
    select = f"python -m core select --method given --from {shlex.quote(path)} --workspace DIR"
    return (
        Loading(
            "Python",
            "python",
            f"import json\n\nwith open({json.dumps(path)}) as file:\n"
            '    chosen = json.load(file)["indices"]',
        ),
        Loading("Coreset Atlas", "bash", select),
    )


FORMATS.add(
    "indices",
    Format(
        name="indices",
        title="Indices",
        brief="Places in the pool and ids, without text.",
        about="Places in the pool and example ids alone, for a pipeline that holds the rows.",
        group="other",
        write=write_indices,
        loading=_loading,
        is_data=False,
    ),
)
