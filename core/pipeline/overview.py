"""What a workspace holds, what is in use, and which jobs run."""

from __future__ import annotations

from typing import Any

from core import jobs
from core.errors import WorkspaceError
from core.reporting import Quiet, Reporter
from core.workspace import Artifact, Workspace


def status(
    workspace: Workspace, *, verify: bool = False, reporter: Reporter | None = None
) -> dict[str, Any]:
    """Artifacts by kind, roles in use, jobs; with `verify` every byte is read again.

    Raises WorkspaceError naming the damaged files when verification finds any.
    """
    found = [one for kind in workspace.kinds() for one in workspace.artifacts(kind)]
    if verify:
        _verify(found, (reporter or Quiet()))
    return {
        "workspace": str(workspace.root),
        "in_use": workspace.current(),
        "artifacts": {
            kind: [_line(one) for one in found if one.kind == kind] for kind in workspace.kinds()
        },
        "jobs": [
            {"id": job.id, "title": job.title, "state": job.state}
            for job in jobs.listed(workspace.root)
        ],
        "verified": verify,
    }


def _line(artifact: Artifact) -> dict[str, Any]:
    return {
        "fingerprint": artifact.fingerprint,
        "title": artifact.meta["title"],
        "bytes": sum(entry["size"] for entry in artifact.meta["files"]),
    }


def _verify(found: list[Artifact], reporter: Reporter) -> None:
    progress = reporter.stage("Verifying artifacts", "artifacts")
    damages = []
    for done, artifact in enumerate(found):
        progress(done, len(found), artifact.kind)
        damage = artifact.damage()
        if damage:
            damages.append(damage)
    progress(len(found), len(found))
    if damages:
        raise WorkspaceError(
            f"{len(damages)} of {len(found)} artifacts are damaged: {'; '.join(damages)}; "
            "delete their folders and run the steps again"
        )
