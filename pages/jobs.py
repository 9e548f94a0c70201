"""Jobs: every long step of this workspace, running or over."""

from __future__ import annotations

from pages.components import job_panel, shell, state

workspace = shell.begin(
    "Jobs",
    "Long steps run as processes of their own: they go on when this page or the app is closed.",
)
with state.shown_errors():
    if not job_panel.has_any(workspace):
        shell.empty(
            "Reading a dataset, extraction, training, map, clusters and long selections appear "
            "here with their progress, their log, and a way to stop or resume them.",
            "Read a dataset",
            "dataset",
        )
    job_panel.table(workspace)
