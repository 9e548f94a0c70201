"""Every method side by side, as the registry tells them."""

from __future__ import annotations

import streamlit as st

from core.pipeline.asking import missing_readings
from core.select import methods
from core.workspace import Workspace
from pages.components import words

SURE = {"confirmed": "as published", "inferred": "inferred", "default": "our own"}


def show(workspace: Workspace) -> None:
    """A line a method: when to use it, what it needs and costs, how sure its algorithm is."""
    with st.expander("All methods"):
        st.dataframe(
            [
                {
                    "method": one["title"],
                    "when": one["when"],
                    "needs": _needs(workspace, one["name"], one["needs"]),
                    "smaller budget": "a prefix" if one["nested"] else "solved anew",
                    "time": one["complexity"],
                    "source": one["source"],
                    "algorithm": SURE[one["provenance"]],
                }
                for one in methods()
            ],
            hide_index=True,
            height=430,
            column_config={
                "method": st.column_config.TextColumn(pinned=True, width="medium"),
                "when": st.column_config.TextColumn(width="large"),
                "time": st.column_config.TextColumn(width="medium"),
                "source": st.column_config.TextColumn(width="medium"),
            },
        )
        st.caption(
            "n rows of the pool, b the budget, d the width of an embedding, k clusters, nnz all "
            "features of all rows together."
        )


def _needs(workspace: Workspace, name: str, needs: list[str]) -> str:
    """The readings of a method; those that the pool lacks say so."""
    lacking = missing_readings(workspace, name)
    told = [f"{one} (not read yet)" if one in lacking else words.plain(one) for one in needs]
    return ", ".join(told) or "nothing"
