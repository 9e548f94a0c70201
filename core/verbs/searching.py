"""The verb that searches the pool: by words, pattern, meaning, latent or a SQL condition."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from core.reporting import Reporter
from core.verbs.calls import AsJson, Call, JobDir, WorkspaceDir, app

EVERY_ROW = 1_000_000  # asked for beside other conditions, so that a meaning only ranks


@app.command()
def search(
    workspace: WorkspaceDir,
    words: Annotated[str | None, typer.Option(help="Text that a turn holds, case aside.")] = None,
    regex: Annotated[str | None, typer.Option(help="Pattern of RE2 that a turn matches.")] = None,
    meaning: Annotated[
        str | None, typer.Option(help="A question; the nearest rows, nearest first.")
    ] = None,
    latent: Annotated[int | None, typer.Option(help="A latent that the row has.")] = None,
    where: Annotated[
        str | None, typer.Option(help="SQL condition, such as: response_words > 100 and not chosen")
    ] = None,
    limit: Annotated[int, typer.Option(help="Rows to list.")] = 20,
    as_json: AsJson = False,
    job: JobDir = None,
) -> Call:
    """Find rows; several conditions are joined by AND."""

    def step(reporter: Reporter) -> dict[str, Any]:
        from core.pipeline.filters import Filter
        from core.pipeline.search import search as found
        from core.workspace import Workspace

        alone = (words, regex, latent, where) == (None, None, None, None)
        asked: dict[str, dict[str, Any]] = {
            "words": {"text": words},
            "regex": {"pattern": regex},
            "meaning": {"text": meaning, "count": max(limit, 1) if alone else EVERY_ROW},
            "latent": {"latent": latent},
            "sql": {"predicate": where},
        }
        given = {kind: value for kind, value in asked.items() if None not in value.values()}
        filters = [Filter(kind, value) for kind, value in given.items()]
        return found(Workspace.open(workspace), filters, limit=limit)

    return Call(step, as_json, job, _listing)


def _listing(found: dict[str, Any]) -> str:
    head = f"{found['n_found']:,} of {found['n_rows']:,} rows: {' and '.join(found['asked'])}"
    lines = []
    for row in found["rows"]:
        near = f"{row['similarity']:.3f}  " if "similarity" in row else ""
        lines.append(f"{row['id']}  {near}{row['preview']}")
    return "\n".join([head, *lines])
