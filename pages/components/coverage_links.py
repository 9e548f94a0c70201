"""From a part of the coverage page to its rows on the map: a chip there, and the page itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.pipeline.filters import Filter
from core.workspace import Workspace
from pages.components import chips, shell


def to_map(
    workspace: Workspace,
    label: str,
    kind: str,
    value: Mapping[str, Any],
    *,
    key: str,
    help: str | None = None,
) -> None:
    """A button that adds the filter to the map's chips and goes there."""
    if st.button(label, key=key, icon=":material/scatter_plot:", help=help):
        chips.add(workspace, Filter(kind, value))
        st.switch_page(str(shell.PAGES / "map.py"))
