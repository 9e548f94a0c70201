"""How alike the subsets are in pairs: Jaccard, and what random subsets so large would have.

A table of the browser's own: a chart of 25 numbers would wait for 4.7 MB of a chart library, which
took a third of the time to the first view.
"""

from __future__ import annotations

import html

import streamlit as st

from pages.components import drawing, plain_table
from pages.components.compare_scene import Scene
from pages.components.palettes import css, hexed, mixed

ABOUT = (
    "Jaccard |A and B| / |A or B|, 0 to 1: rows of both by rows of either. Neither high nor low is "
    "better. In brackets the mean of random subsets of the same sizes (overlaps are "
    "hypergeometric): well above it two subsets agree, well below it they avoid each other."
)
LOW, HIGH = 0.06, 0.55  # how far a cell goes from the surface to the grey of the pool, at 0 and 1


def heading() -> None:
    """What the matrix is, with its definition."""
    st.subheader("Alike in pairs", anchor=False, help=ABOUT)


def show(scene: Scene) -> None:
    """The matrix with its numbers written in; names of subsets come from outside."""
    plain_table.style()
    names = [html.escape(one.name, quote=True) for one in scene.members]
    head = "".join(f'<th scope="col" title="{one}"><span>{one}</span></th>' for one in names)
    lines = "".join(
        f'<tr><th scope="row" title="{name}">{name}</th>{_cells(scene, at)}</tr>'
        for at, name in enumerate(names)
    )
    st.html(
        '<table class="atlas-pairs" aria-label="Jaccard of each pair, by chance in brackets">'
        f"<thead><tr><td></td>{head}</tr></thead><tbody>{lines}</tbody></table>"
    )


def _cells(scene: Scene, at: int) -> str:
    """One line of the matrix; a subset beside itself says nothing."""
    jaccard, chance = scene.overlap.jaccard[at], scene.overlap.chance[at]
    return "".join(
        f'<td style="background:{_shade(value)}">{value:.2f}<small>({by_chance:.2f})</small></td>'
        if other != at
        else "<td></td>"
        for other, (value, by_chance) in enumerate(
            zip(jaccard.tolist(), chance.tolist(), strict=True)
        )
    )


def _shade(value: float) -> str:
    ink = drawing.ink()
    share = LOW + (HIGH - LOW) * value
    return css(mixed(hexed(ink.surface), hexed(ink.pool), share))
