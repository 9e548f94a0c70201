"""Token activations for a page: the model opened once a process, each latent read once."""

from __future__ import annotations

from pathlib import Path
from threading import Lock

import streamlit as st

from core.errors import CoreError
from core.pipeline import tokens
from core.pipeline.row_tokens import row_tokens
from core.pipeline.shading import ShadedExample, shaded
from core.workspace import Workspace

_ONE_AT_A_TIME = Lock()  # one pass fills the cores; two would only slow each other


def examples(workspace: Workspace, latent: int) -> list[ShadedExample] | str:
    """The latent's examples with their tokens, or why they cannot be had on this machine."""
    found = tokens.stored_tokens(workspace, latent)
    if found is None and workspace.read_only:
        return shaded(workspace, tokens.unread_tokens(workspace, latent))
    if found is None:
        try:
            with _ONE_AT_A_TIME:
                found = tokens.latent_tokens(workspace, latent, _opened(workspace))
        except CoreError as error:  # the rest of the page is as good without
            return str(error)
    return shaded(workspace, found)


def of_row(
    workspace: Workspace, row: int, latents: tuple[int, ...]
) -> dict[int, ShadedExample] | str:
    """One row's tokens under each of some latents, or why they cannot be had on this machine."""
    if workspace.read_only:
        return "A share bundle holds no model, so the tokens of a row cannot be shaded here."
    features = workspace.current()["features"]
    try:
        return _of_row(str(workspace.root), features, row, latents)
    except CoreError as error:
        return str(error)


def is_ready(workspace: Workspace, latent: int) -> bool:
    """Whether the examples can be shown within seconds, without asking first."""
    if workspace.read_only:
        return True  # as kept, or as plain text
    return tokens.is_quick(workspace) or tokens.stored_tokens(workspace, latent) is not None


def _opened(workspace: Workspace) -> tokens.TokenReader:
    readings = workspace.current()["readings"]
    return _reader(str(workspace.root), readings, workspace.choices().get("model"))


@st.cache_resource(max_entries=32, show_spinner=False)
def _of_row(
    root: str, features: str, row: int, latents: tuple[int, ...]
) -> dict[int, ShadedExample]:
    workspace = Workspace(Path(root))
    with _ONE_AT_A_TIME:
        found = row_tokens(workspace, row, latents, _opened(workspace))
    return {latent: shaded(workspace, [one])[0] for latent, one in found.items()}


@st.cache_resource(max_entries=1, show_spinner=False)
def _reader(root: str, readings: str, model: str | None) -> tokens.TokenReader:
    return tokens.open_reader(Workspace(Path(root)), model)
