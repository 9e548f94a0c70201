"""The verb that finds which neurons are active in each row, for the pages that list them."""

from __future__ import annotations

from typing import Any

from core.options import parse_assignments
from core.reporting import Reporter
from core.verbs.calls import AsJson, Assignments, Call, JobDir, WorkspaceDir, app


@app.command()
def neurons(
    workspace: WorkspaceDir,
    assignments: Assignments = None,
    as_json: AsJson = False,
    job: JobDir = None,
) -> Call:
    """Find each row's active neurons by the rule of MADS; its options are set with --set."""

    def step(reporter: Reporter) -> dict[str, Any]:
        from core.pipeline import neuron_facts
        from core.workspace import Workspace

        options = parse_assignments(assignments or [])
        return neuron_facts.make(Workspace.open(workspace), options, reporter=reporter).as_json()

    return Call(step, as_json, job)
