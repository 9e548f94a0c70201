"""The verb that does everything: sources to a chosen subset."""

from __future__ import annotations

from typing import Any

from core.options import configure, parse_assignments
from core.reporting import Reporter
from core.verbs.calls import (
    AsJson,
    Assignments,
    BudgetRows,
    Call,
    Device,
    JobDir,
    Limit,
    Method,
    ModelId,
    OutFile,
    SaePath,
    Schema,
    Sources,
    Strict,
    WorkspaceDir,
    app,
    budget_of,
)


@app.command()
def run(
    sources: Sources,
    workspace: WorkspaceDir,
    budget: BudgetRows = None,
    method: Method = "sae-greedy",
    model: ModelId = "minilm",
    sae: SaePath = None,
    out: OutFile = None,
    assignments: Assignments = None,
    device: Device = None,
    schema: Schema = "auto",
    strict: Strict = False,
    limit: Limit = None,
    as_json: AsJson = False,
    job: JobDir = None,
) -> Call:
    """Everything, from the sources to a chosen subset."""

    def step(reporter: Reporter) -> dict[str, Any]:
        from core.data.ingest import IngestConfig
        from core.pipeline import journey
        from core.pipeline.requests import Request

        order = Request(
            method=method,
            budget=budget_of(budget, None, None),
            options=parse_assignments(assignments or []),
        )
        reading = configure(IngestConfig, {"schema": schema, "strict": strict, "limit": limit})
        place = journey.Place(model=model, sae=sae, device=device, ingest=reading)
        return journey.run(workspace, sources, order, place, out=out, reporter=reporter)

    return Call(step, as_json, job)
