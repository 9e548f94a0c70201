"""Model: read the pool through a model once, and see what the readings and the SAE are worth."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.pipeline import features, planning
from core.pipeline.distributions import features_a_row
from core.pipeline.readings import Ask
from core.pipeline.settings import ExtractConfig, SaeConfig, ThresholdConfig
from core.pipeline.views import in_use
from core.workspace import Workspace
from pages.components import (
    charts,
    commands,
    forms,
    job_panel,
    layout,
    loaders,
    model_facts,
    shell,
    staleness,
    state,
    words,
)
from pages.components.commands import ModelPlace

DEVICES = {"": "Chosen for this machine", "cpu": "CPU", "cuda": "CUDA"}
CHOSEN_SAE = "Chosen for the model"
FOLDER_SAE = "A folder"


def main() -> None:
    """The page from top to bottom."""
    workspace = shell.begin(
        "Model", "Read every example through a model once: embeddings, neurons and SAE features."
    )
    job_panel.show(workspace, "extract", "sae", "run")
    if loaders.in_use(workspace, "pool") is None:
        shell.empty(
            "A model reads the examples of a dataset. This page then shows what it saw: tokens, "
            "features a row, and how good the SAE is.",
            "Read a dataset first",
            "dataset",
        )
    with state.shown_errors():
        if loaders.in_use(workspace, "features") is None:
            staleness.show(workspace, "readings", "features", here="model")
            extract_form(workspace)
            sae_form(workspace)
            st.stop()
        seen(workspace)


def seen(workspace: Workspace) -> None:
    """What the pass saw, what it was made with, and the forms to make it otherwise."""
    readings, found = in_use(workspace, "readings"), in_use(workspace, "features")
    sae = workspace.find("sae", readings.parents["sae"])
    model_facts.show_counts(readings, found)
    instrument, inspector = layout.split("model")
    with inspector:
        model_facts.show_readings(readings)
        if sae is not None:
            model_facts.show_sae(sae)
    with instrument:
        st.subheader("Features a row", anchor=False)
        key = f"model.features.{found.fingerprint}"
        charts.features_histogram(features_a_row(workspace), key=key)
        model_facts.show_threshold(found)
        forms_behind_tabs(workspace)


def forms_behind_tabs(workspace: Workspace) -> None:
    """Everything that would change what is shown above."""
    extract_tab, sae_tab, threshold_tab = st.tabs(["Read again", "SAE", "Threshold"])
    with extract_tab:
        extract_form(workspace)
    with sae_tab:
        sae_form(workspace)
    with threshold_tab:
        threshold_form(workspace)


def extract_form(workspace: Workspace) -> None:
    """Which model, where, with which SAE; a preview of the pass, and its start."""
    st.subheader("Read the pool through a model", anchor=False)
    place = place_fields("model.extract", workspace)
    settings = forms.settings_expander(
        ExtractConfig, key="model.extract.more", without=("hookpoint",)
    )
    ask = Ask(
        model=place.model,
        hookpoint=place.hookpoint or None,
        sae=place.sae or None,
        options=settings,
    )
    preview(planning.plan(loaders.pool(workspace), ask))
    busy = job_panel.is_busy(workspace)
    rows = words.count(loaders.pool(workspace).n_rows, "row")
    if st.button(f"Read {rows}", type="primary", key="model.start", disabled=busy):
        job_panel.start(
            workspace,
            commands.extract(place, settings),
            title=f"Read {rows} through {place.model}",
        )


def place_fields(key: str, workspace: Workspace | None) -> ModelPlace:
    """Model, hookpoint, device and, given a workspace, the SAE."""
    first, second = st.columns(2)
    model = first.text_input(
        "Model", "minilm", key=f"{key}.model", help="minilm, a local folder or a hub id."
    )
    hookpoint = second.text_input(
        "Hookpoint",
        key=f"{key}.hookpoint",
        placeholder="the last block",
        help="The block whose output the SAE reads, written layers.N.",
    )
    device = second.selectbox(
        "Device", list(DEVICES), format_func=DEVICES.__getitem__, key=f"{key}.device"
    )
    sae = "" if workspace is None else sae_field(key, workspace, first)
    return ModelPlace(model.strip() or "minilm", hookpoint.strip(), sae, device)


def sae_field(key: str, workspace: Workspace, cell: Any) -> str:
    """An SAE of the workspace, a folder, or none named; one just trained is proposed."""
    known = {one.fingerprint: one.meta["title"] for one in workspace.artifacts("sae")}
    names = {"": CHOSEN_SAE, **known, "folder": FOLDER_SAE}
    roles = workspace.current()
    proposed = "" if "readings" in roles else roles.get("sae", "")
    chosen: str = cell.selectbox(
        "SAE",
        list(names),
        list(names).index(proposed),
        format_func=names.__getitem__,
        key=f"{key}.sae",
        help="The bundled SAE for MiniLM's last block; for any other model one is trained.",
    )
    if chosen != "folder":
        return chosen
    return st.text_input(
        "Folder of the SAE",
        key=f"{key}.folder",
        placeholder="holds cfg.json and sae.safetensors; chosen for the model while empty",
    ).strip()


def preview(plan: planning.Plan) -> None:
    """What the pass will take, before it is started."""
    length = "" if plan.max_length is None else f", {plan.max_length} a row at most"
    parts = [
        f"{words.count(plan.n_rows, 'row')}, about {words.about(plan.about_tokens)} tokens{length}."
    ]
    if plan.about_truncated:
        parts.append(f"About {words.count(plan.about_truncated, 'row')} will be cut short.")
    if plan.trains_sae:
        parts.append("An SAE is trained on the pool first, in a pass of its own.")
    st.text(" ".join(parts))


def sae_form(workspace: Workspace) -> None:
    """Train an SAE on the pool."""
    st.subheader("Train an SAE on the pool", anchor=False)
    st.caption(
        "Afterwards the pool is read again with it; until then readings, map and subset made with "
        "another SAE are out of use. They are kept."
    )
    place = place_fields("model.train", None)
    settings = forms.settings_expander(SaeConfig, key="model.train.more")
    busy = job_panel.is_busy(workspace)
    if st.button("Train the SAE", key="model.train.start", disabled=busy):
        job_panel.start(
            workspace, commands.train(place, settings), title=f"Train an SAE on {place.model}"
        )


def threshold_form(workspace: Workspace) -> None:
    """Another threshold on the same readings; the subset has to be chosen anew."""
    st.subheader("Another threshold", anchor=False)
    st.caption("Takes seconds, from the stored codes. The subset is chosen anew afterwards.")
    settings = forms.settings(ThresholdConfig, key="model.threshold")
    busy = job_panel.is_busy(workspace)
    if st.button("Use this threshold", key="model.threshold.start", disabled=busy):
        with st.spinner("Turning codes into features"):
            features.make(workspace, settings)
        st.rerun()


main()
