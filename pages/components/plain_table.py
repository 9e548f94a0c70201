"""A small table of the browser's own: its heads wrap, and it grows with the type of a talk.

Streamlit's tables are drawn on a canvas by 1.2 MB of scripts; a few lines of numbers need neither.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from pages.components.layout import ASSETS

STYLE = ASSETS / "tables.css"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its head, its cells, and the group that several neighbours stand under."""

    title: str
    cells: Sequence[str]
    group: str = ""


def style() -> None:
    """The style of such tables."""
    st.html(STYLE)


def show(columns: Sequence[Column], *, label: str) -> None:
    """The table; the first column names the lines. All text may come from outside."""
    style()
    first, *rest = columns
    lines = zip(first.cells, *(one.cells for one in rest), strict=True)
    body = "".join(_line(name, cells) for name, *cells in lines)
    head = f"<tr>{''.join(_head(one.title, 'col') for one in columns)}</tr>"
    st.html(
        f'<table class="atlas-table" aria-label="{html.escape(label, quote=True)}">'
        f"<thead>{_groups(columns)}{head}</thead><tbody>{body}</tbody></table>"
    )


def _groups(columns: Sequence[Column]) -> str:
    """The line above the heads, where any column stands in a group."""
    if not any(one.group for one in columns):
        return ""
    cells, at = [], 0
    while at < len(columns):
        group = columns[at].group
        end = at + 1
        while group and end < len(columns) and columns[end].group == group:
            end += 1
        cells.append(_head(group, "colgroup", end - at) if group else "<td></td>")
        at = end
    return f"<tr>{''.join(cells)}</tr>"


def _head(title: str, scope: str, span: int = 1) -> str:
    across = f' colspan="{span}"' if scope == "colgroup" else ""
    return f'<th scope="{scope}"{across}>{html.escape(title)}</th>'


def _line(name: str, cells: Sequence[str]) -> str:
    shown = html.escape(name, quote=True)
    data = "".join(f"<td>{html.escape(one)}</td>" for one in cells)
    return f'<tr><th scope="row" title="{shown}">{shown}</th>{data}</tr>'
