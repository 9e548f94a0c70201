"""Coverage inside bands of density, clusters and values of columns, with the way to their rows."""

from __future__ import annotations

import streamlit as st

from core.pipeline import coverage_bands
from core.pipeline.coverage_bands import DensityBand
from core.pipeline.coverage_parts import Part, Parts
from core.workspace import Workspace
from pages.components import coverage_bars, coverage_cache, coverage_links, part_picker, words
from pages.components.loaders import Chosen

DRAWN = 14  # parts on the chart
ABOUT_BANDS = (
    "Latents by the share of the pool's rows that have them. Rare: at most 0.1 % of the rows (or "
    "3 rows, in a small pool); common: 1 % and more (or three times the rare limit). Covered: at "
    "least one chosen row has it; higher is better. Random: as many rows, mean and range of 5 "
    "draws."
)
ABOUT_PARTS = (
    "Of the latents that any row of the part has, the share that chosen rows of this very part "
    "have; higher is better, and only beside as many random rows of the pool (mean of 5 draws). "
    "It grows with the rows chosen of a part, so the two counts stand beside it."
)


def show(workspace: Workspace, chosen: Chosen | None) -> None:
    """Bands first, then one way of cutting the pool."""
    if chosen is None:
        st.text("Choose a subset to see which clusters, values and latents it misses.")
        return
    _bands(workspace, chosen)
    _cuts(workspace, chosen)


def _bands(workspace: Workspace, chosen: Chosen) -> None:
    st.subheader("By how many rows have a latent", anchor=False, help=ABOUT_BANDS)
    found = coverage_cache.bands(workspace, chosen)
    version = f"{chosen.fingerprint}.{chosen.budget}"
    coverage_bars.density_bands(found, key=f"coverage.bands.{version}")
    st.caption(" · ".join(f"{one.name}: {_rows(one)}" for one in found))
    missed = [one for one in found if one.n_missed]
    if not missed:
        st.text("No band is missed: every latent that the pool has is in the subset.")
        return
    st.text(_missed_in_words(missed))
    with st.container(horizontal=True):
        for one in missed:
            coverage_links.to_map(
                workspace,
                f"Rows with missed {one.name} latents",
                "only",
                {
                    "ids": list(
                        coverage_bands.carriers_of_missed(workspace, chosen.subset.rows, one)
                    )
                },
                key=f"coverage.band.{one.name}",
                help=f"The {coverage_bands.SHOWN} rows that carry most of them, on the map.",
            )


def _rows(band: DensityBand) -> str:
    if band.low == band.high:
        return f"on {words.count(band.low, 'row')}"
    return f"on {band.low:,} to {words.count(band.high, 'row')}"


def _missed_in_words(missed: list[DensityBand]) -> str:
    parts = [
        f"{words.share(one.n_missed, one.n_latents, f'{one.name} latents')} "
        f"(random rows would miss {one.n_latents - one.n_covered_at_random:,.0f})"
        for one in missed
    ]
    return f"The subset misses {', '.join(parts)}."


def _cuts(workspace: Workspace, chosen: Chosen) -> None:
    key = part_picker.ask(workspace, about=ABOUT_PARTS, key="coverage.cut")
    if key is None:
        return
    parts = coverage_cache.parts(workspace, key, chosen)
    version = f"{key}.{chosen.fingerprint}.{chosen.budget}"
    st.text(_in_words(parts))
    shown = sorted(parts.parts, key=_lead)[:DRAWN]
    if len(shown) < len(parts.parts):
        st.caption(f"The {len(shown)} that fall furthest behind random rows; all in the table.")
    coverage_bars.parts(shown, key=f"coverage.parts.{version}")
    picked = _table(parts, version)
    kind, value = picked.filter
    coverage_links.to_map(workspace, "Show its rows on the map", kind, value, key="coverage.part")


def _in_words(parts: Parts) -> str:
    n = len(parts.parts)
    told = f"{n:,} parts; {len(parts.missed):,} without a chosen row, "
    told += f"{len(parts.behind):,} covered less than by random rows."
    if parts.n_left_out:
        told += f" The {parts.n_left_out:,} smallest are left out."
    return told


def _lead(part: Part) -> float:
    """How far a part is ahead of chance, in shares of its latents."""
    return (part.n_covered - part.n_covered_at_random) / max(part.n_latents, 1)


def _table(parts: Parts, version: str) -> Part:
    """Every part; gives the one that is picked."""
    n_rows = sum(part.n_rows for part in parts.parts) or 1
    n_chosen = sum(part.n_chosen for part in parts.parts) or 1
    done = st.dataframe(
        [
            {
                "part": part.name,
                "rows": part.n_rows,
                "chosen": part.n_chosen,
                "at random": part.n_random,
                "share of pool": part.n_rows / n_rows,
                "share of subset": part.n_chosen / n_chosen,
                "latents": part.n_latents,
                "covered": part.n_covered / max(part.n_latents, 1),
                "covered at random": part.n_covered_at_random / max(part.n_latents, 1),
            }
            for part in parts.parts
        ],
        key=f"coverage.table.{version}",
        hide_index=True,
        height=min(320, 38 + 35 * len(parts.parts)),
        on_select="rerun",
        selection_mode="single-row-required",
        selection_default={"selection": {"rows": [0]}},
        column_config={
            "part": st.column_config.TextColumn(pinned=True, width="medium"),
            "rows": st.column_config.NumberColumn(format="localized"),
            "chosen": st.column_config.NumberColumn(format="localized"),
            "at random": st.column_config.NumberColumn(
                format="%.1f", help="Rows of this part among as many random rows, mean of 5 draws."
            ),
            "latents": st.column_config.NumberColumn(
                format="localized", help="Latents that rows of this part have."
            ),
            **{name: st.column_config.NumberColumn(format="percent") for name in
               ("share of pool", "share of subset", "covered", "covered at random")},
        },
    )  # fmt: skip
    at = done["selection"]["rows"]
    return parts.parts[at[0] if at and at[0] < len(parts.parts) else 0]
