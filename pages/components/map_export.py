"""Taking a map along: as one HTML file that opens offline, or as a picture."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import streamlit as st

from core.fingerprint import digest
from core.pipeline.map_drawing import Drawing, Palette, fair_sample
from core.pipeline.map_png import png
from core.records import Rows
from pages.components.map_figure import html_file, map_figure
from pages.components.palettes import palette

MOST = 200_000
"""Points in an HTML file; beyond, it holds a fair sample over the density of all, and says so."""

Texts = Callable[[Rows], Sequence[str]]


def offer(drawing: Drawing, *, texts: Texts, version: str, key: str) -> None:
    """A small menu with both forms; each is made when it is asked for.

    `version` names everything that is drawn; it is in the files' names, so that a file of other
    content never comes under the name of this one.
    """
    with st.popover("Take the map along", icon=":material/download:", key=f"{key}.menu"):
        with_texts = st.checkbox(
            "With the beginnings of the examples",
            key=f"{key}.texts",
            help="Shown in the page where one points. Leave it out for a pool that must not "
            "leave this machine.",
        )
        colours = palette()
        said = texts if with_texts else None
        name = f"{_slug(drawing.title)}-{digest(f'{version} {with_texts} {colours}'.encode())[:12]}"
        st.download_button(
            "Page that opens offline (HTML)",
            lambda: _html(drawing, colours, said),
            file_name=f"{name}.html",
            mime="text/html",
            on_click="ignore",
            key=f"{key}.html",
        )
        st.download_button(
            "Picture (PNG)",
            lambda: png(drawing, colours),
            file_name=f"{name}.png",
            mime="image/png",
            on_click="ignore",
            key=f"{key}.png",
        )
        if len(drawing.points) > MOST:
            st.caption(f"The page holds {MOST:,} points drawn at random; the picture holds all.")


def _html(drawing: Drawing, colours: Palette, texts: Texts | None) -> bytes:
    rows = fair_sample(drawing, MOST)
    said = texts(rows) if texts else ()
    return html_file(map_figure(drawing, colours, rows, texts=said, on_card=True))


def _slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "map"
