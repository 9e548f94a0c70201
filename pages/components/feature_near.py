"""What is near a latent or neuron, as small tables of which a line leads on."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from core.fingerprint import digest
from core.pipeline.marks import Kind
from core.workspace import Workspace
from pages.components import feature_columns, feature_lines, feature_loaders

if TYPE_CHECKING:
    import pandas as pd

SENSES = {"together": "in the same rows", "alike": "writes alike"}
COLUMNS = ("latent", "place", "label", "cosine", "together", "jaccard", "lift")
ABOUT = {
    "together": "Latents that the same rows have, by overlap (Jaccard).",
    "alike": "Latents whose decoder directions are nearest by cosine.",
}


def latents(workspace: Workspace, latent: int) -> None:
    """Its neighbours in one of two senses."""
    sense = st.segmented_control(
        "Near in what sense",
        list(SENSES),
        default="together",
        required=True,
        format_func=SENSES.__getitem__,
        key="features.sense",
        label_visibility="collapsed",
    )
    st.caption(ABOUT[sense])
    found = feature_loaders.neighbours(workspace, latent)
    table = found.together if sense == "together" else found.alike
    leading("latent", table, f"features.near.{latent}.{sense}")


def leading(kind: Kind, table: pd.DataFrame, key: str) -> None:
    """A table of which a picked line opens that latent or neuron."""
    if not len(table):
        st.text(f"No other {kind} is near it.")
        return
    numbers = table[kind].to_numpy(dtype=np.int64)
    key = f"{key}.{digest(numbers.tobytes())[:16]}"
    st.dataframe(
        feature_columns.shown(kind, table),
        key=key,
        on_select=partial(feature_lines.picked, kind, numbers, key),
        selection_mode="single-row",
        hide_index=True,
        column_order=COLUMNS,
        height=min(330, 38 + 35 * (len(table) + 1)),
        column_config=feature_columns.look(kind),
    )
