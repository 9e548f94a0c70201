"""Files that a request brings along, as artifacts: somebody else's subset, target examples."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.pipeline.given import given_rows, given_subset
from core.pipeline.targets import target_examples
from core.reporting import Reporter
from core.select.budget import Budget
from core.workspace import NAME, Artifact, Workspace


@dataclass(frozen=True, slots=True)
class Brought:
    """What a request brings along, as artifacts of the workspace."""

    given: str | None
    targets: str | None
    whole: Budget | None  # all rows of the given subset


def named(
    workspace: Workspace,
    *,
    given: str | None,
    targets: str | None,
    reporter: Reporter | None = None,
) -> Brought:
    """Files, or fingerprints of what was made of them before, as artifacts of this workspace."""
    subset = examples = None
    if given:
        subset = _kept(workspace, "given", given) or given_subset(workspace, Path(given))
    if targets:
        examples = _kept(workspace, "targets", targets) or target_examples(
            workspace, Path(targets), reporter=reporter
        )
    return Brought(
        given=subset.fingerprint if subset else None,
        targets=examples.fingerprint if examples else None,
        whole=Budget("rows", len(given_rows(workspace, subset.fingerprint))) if subset else None,
    )


def _kept(workspace: Workspace, kind: str, text: str) -> Artifact | None:
    """What was made before, where `text` is a fingerprint and no file."""
    is_name = NAME.fullmatch(text) is not None and not Path(text).exists()
    return workspace.find(kind, text) if is_name else None
