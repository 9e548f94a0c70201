"""The columns of lists of latents and neurons: which are shown, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from core.pipeline.marks import Kind

if TYPE_CHECKING:
    import pandas as pd

ORDER = (
    "match", "latent", "place", "label", "marks", "rows", "density", "share", "best row", "brings",
    "row", "maximum", "chosen", "cosine", "together", "jaccard", "lift", "example",
)  # fmt: skip


def shown(kind: Kind, table: pd.DataFrame) -> pd.DataFrame:
    """The columns that a list shows, with the marks in words."""
    told = table.copy()
    if kind == "neuron":
        told["place"] = told["layer"].astype(str) + "." + told["unit"].astype(str)
    for share in ("density", "share"):
        if share in told:
            told[share] = 100 * told[share]
    if "starred" in told:
        told["marks"] = [
            _marks(*one) for one in zip(told["starred"], told["muted"], told["weight"], strict=True)
        ]
    for name in ("label", "marks"):  # nothing said yet: no empty column
        if name in told and not (told[name] != "").any():
            told = told.drop(columns=name)
    return told[[name for name in ORDER if name in told]]


def look(kind: Kind) -> dict[str, Any]:
    """Names, formats and explanations of the columns."""
    number = st.column_config.NumberColumn
    of = "Pool rows whose strongest neurons include it." if kind == "neuron" else "Rows with it."
    return {
        "latent": number("latent", format="%d", width="small"),
        "place": st.column_config.TextColumn("layer.neuron", width="small"),
        "label": st.column_config.TextColumn("name", width="small"),
        "match": number(
            format="%.2f",
            help="F1 of the rows that have it against those that hold the words; a name that "
            "holds them counts 1 more.",
        ),
        "rows": number("rows", format="localized", help=of),
        "density": number("% of pool", format="%.3g", help="Share of the pool's rows."),
        "share": number("% of pool", format="%.3g", help="Share of the pool's rows."),
        "maximum": number("largest", format="%.2f", help="Largest activation on any row."),
        "chosen": number(
            "chosen rows", format="localized", help="Chosen rows that have it; 0: not covered."
        ),
        "best row": number(
            "row to add",
            format="localized",
            help="Of the rows that have it, the one that brings most uncovered latents.",
        ),
        "brings": number("brings", format="localized", help="Uncovered latents that this row has."),
        "row": number("chosen row", format="localized", help="The one chosen row that has it."),
        "cosine": number(format="%.2f", help="Of the two decoder directions; 1 is the same."),
        "together": number(format="localized", help="Rows that have both."),
        "jaccard": number(
            "overlap", format="%.2f", help="Jaccard: rows with both by rows with either."
        ),
        "lift": number("times chance", format="%.1f", help="Rows with both, by chance 1."),
        "example": st.column_config.TextColumn(width="large"),
    }


def _marks(starred: bool, muted: bool, weight: float) -> str:
    weighted = "" if muted or weight == 1 else f"weight {weight:g}"
    told = ("starred" if starred else "", "muted" if muted else "", weighted)
    return ", ".join(one for one in told if one)
