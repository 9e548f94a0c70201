"""The verb that chooses: select."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from core.options import parse_assignments
from core.reporting import Reporter
from core.verbs.calls import (
    AsJson,
    Assignments,
    BudgetRows,
    Call,
    JobDir,
    Method,
    OutFile,
    WorkspaceDir,
    app,
    budget_of,
)


@app.command()
def select(
    workspace: WorkspaceDir,
    method: Method = "sae-greedy",
    budget: BudgetRows = None,
    ratio: Annotated[str | None, typer.Option("--ratio", help="Share of the pool.")] = None,
    budget_tokens: Annotated[str | None, typer.Option(help="Tokens to choose.")] = None,
    assignments: Assignments = None,
    pin: Annotated[Path | None, typer.Option(help="File of example ids to keep.")] = None,
    forbid: Annotated[Path | None, typer.Option(help="File of example ids to leave out.")] = None,
    from_decisions: Annotated[
        bool,
        typer.Option("--from-decisions", help="Keep what people approved, leave out the rejected."),
    ] = False,
    quotas: Annotated[
        list[str] | None,
        typer.Option("--quota", help="column=value:least-most in rows or percent; repeatable."),
    ] = None,
    one_per_group: Annotated[
        bool, typer.Option("--one-per-group", help="One row of each group of near-duplicates.")
    ] = False,
    length_power: Annotated[
        float, typer.Option(help="Divide gains by length to this power; 0 as in the papers.")
    ] = 0.0,
    weights: Annotated[
        list[str] | None,
        typer.Option(
            "--weight", help="latent=weight (mads: neuron=weight), 0 mutes it; repeatable."
        ),
    ] = None,
    given: Annotated[
        str | None,
        typer.Option("--from", help="Method given: file of ids, row numbers or rows."),
    ] = None,
    targets: Annotated[
        str | None, typer.Option("--targets", help="Method target: file of examples to match.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of methods that draw.")] = 0,
    out: OutFile = None,
    as_json: AsJson = False,
    job: JobDir = None,
) -> Call:
    """Choose a subset under a budget."""

    def step(reporter: Reporter) -> dict[str, Any]:
        from core.pipeline import outside, selection
        from core.pipeline.decisions import told_elsewhere, with_decisions
        from core.pipeline.requests import Request, groups_in_use, read_ids, read_weights
        from core.workspace import Workspace

        opened = Workspace.open(workspace)
        brought = outside.named(opened, given=given, targets=targets, reporter=reporter)
        asked = (budget, ratio, budget_tokens)
        whole = brought.whole if asked == (None, None, None) else None
        request = Request(
            method=method,
            budget=whole or budget_of(*asked),
            options=parse_assignments(assignments or []),
            pinned=read_ids(pin) if pin else (),
            forbidden=read_ids(forbid) if forbid else (),
            seed=seed,
            quotas=tuple(quotas or ()),
            duplicates=groups_in_use(opened) if one_per_group else None,
            length_power=length_power,
            weights=read_weights(parse_assignments(weights or [])),
            given=brought.given,
            targets=brought.targets,
        )
        if from_decisions:
            request = with_decisions(opened, request)
        told = selection.select_subset(opened, request, out=out, reporter=reporter).as_json()
        if from_decisions:
            told["remarks"] += told_elsewhere(opened)
        return told

    return Call(step, as_json, job)
