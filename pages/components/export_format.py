"""Which format the export page writes: what a trainer does with each, and its first lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.errors import RequestError
from core.pipeline.export_preview import Preview
from core.pipeline.rows_to_export import Plan
from core.pipeline.settings import FORMATS
from core.workspace import Workspace
from pages.components import export_loaders, forms, words
from pages.components.code_block import code_block

ORDER = {"source": 0, "trainer": 1, "other": 2}
FIRST = "jsonl"
DATA_HEIGHT = 360  # px
SIDECAR_HEIGHT = 240


def choose() -> tuple[str, dict[str, Any]]:
    """Ask for the format and its options."""
    names = sorted(FORMATS, key=lambda one: (ORDER[FORMATS.get(one).group], one != FIRST))
    form = st.radio(
        "Format",
        names,
        format_func=lambda one: FORMATS.get(one).title,
        captions=[FORMATS.get(one).brief for one in names],
        key="export.format",
    )
    return form, forms.settings_expander(FORMATS.get(form).config, key=f"export.{form}")


def show(
    workspace: Workspace, planned: Plan, form: str, options: Mapping[str, Any]
) -> Preview | None:
    """The first lines as they will be written, and what the format cannot carry."""
    kind = FORMATS.get(form)
    st.subheader(f"First rows as {kind.title}", anchor=False)
    st.caption(words.plain(kind.about))
    if not planned.ids:
        st.text("None of these rows is approved yet, so there is nothing to write.")
        return None
    try:
        found = export_loaders.preview(workspace, planned, form, options)
    except RequestError as refusal:
        st.warning(words.plain(str(refusal)), icon=":material/warning:")
        return None
    _losses(found)
    for number, (name, text) in enumerate(found.files):
        st.caption(words.plain(name))
        height = SIDECAR_HEIGHT if number else DATA_HEIGHT
        code_block(text, name=f"Beginning of {name}", key=f"export.first.{name}", height=height)
    if kind.documentation:
        st.caption(f"As documented at {words.plain(kind.documentation)}")
    return found


def _losses(found: Preview) -> None:
    """What will not be in the file, before it is written."""
    of = "" if found.n_tried == found.n_rows + sum(found.refused.values()) else "tried "
    for reason, n_rows in found.refused.items():
        told = f"{words.count(n_rows, f'{of}row')} will not be in it, each of which {reason}."
        st.warning(words.plain(told), icon=":material/warning:")
    if found.omitted:
        fields = ", ".join(f"{name} ({n:,} rows)" for name, n in found.omitted.items())
        st.caption(words.plain(f"Not in this format: {fields}"))
    for note in found.notes:
        st.caption(words.plain(note))
