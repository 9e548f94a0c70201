"""What each subset covers: by density of the latents, by part of the pool, and what is its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.pipeline import comparison_coverage
from core.pipeline.comparison_coverage import BandCover, PartCover, PartCovers
from core.pipeline.comparison_members import Member
from pages.components import (
    compare_bars,
    compare_cache,
    coverage_links,
    layout,
    loaders,
    part_picker,
    shell,
    words,
)
from pages.components.compare_bars import Dots
from pages.components.compare_scene import Scene

if TYPE_CHECKING:
    import pandas as pd

DRAWN = 14  # parts on the chart
FIRST, SECOND = "compare.covers", "compare.covers_not"
ABOUT_BANDS = (
    "Latents by the share of the pool's rows that have them. Rare: at most 0.1 % of the rows (or "
    "3 rows, in a small pool); common: 1 % and more (or three times the rare limit). Covered: at "
    "least one row of the subset has it; higher is better. Random and longest have as many rows "
    "as the first subset."
)
ABOUT_PARTS = (
    "Of the latents that any row of the part has, the share that rows of the subset in this very "
    "part have; higher is better, and it grows with the rows taken from a part, which the table "
    "gives beside the part's rows in the pool."
)
ABOUT_ALONE = (
    "Latents that at least one row of the first subset has and no row of the second, those of most "
    "rows in the pool first."
)


def show(scene: Scene) -> None:
    """Bands, parts, and the latents that one subset covers and another does not."""
    if loaders.in_use(scene.workspace, "features") is None:
        st.text("Coverage counts SAE features; the pool has not been read with an SAE yet.")
        shell.link("model", "Read with a model", icon=":material/memory:")
        return
    drawn = scene.with_baselines
    bands, alone = layout.split("compare-bands")
    with bands:
        st.subheader("By how many rows have a latent", anchor=False, help=ABOUT_BANDS)
        _bands(scene, drawn)
    with alone:
        st.subheader("Covered by one alone", anchor=False, help=ABOUT_ALONE)
        _alone(scene, drawn)
    _parts(scene, drawn)


def _bands(scene: Scene, drawn: tuple[Member, ...]) -> None:
    found = compare_cache.bands(scene.workspace, drawn)
    lines = [
        Dots(
            f"{one.name}, {words.count(one.n_latents, 'latent')}",
            tuple(100 * n / one.n_latents for n in one.covered),
            tuple(f"{n:,} of {one.n_latents:,} latents" for n in one.covered),
        )
        for one in found
    ]
    key = f"compare.bands.{compare_cache.version(drawn)}"
    compare_bars.show(lines, drawn, axis="% of the latents of the band covered", key=key)
    _band_table(found, drawn)


def _band_table(found: tuple[BandCover, ...], drawn: tuple[Member, ...]) -> None:
    """The same in numbers: what each covers of a band."""
    st.dataframe(
        [
            {
                "subset": one.name,
                **{
                    f"{band.name}, {_rows(band)}": 100 * band.covered[at] / band.n_latents
                    for band in found
                },
            }
            for at, one in enumerate(drawn)
        ],
        hide_index=True,
        height=38 + 35 * len(drawn),
        key=f"compare.band_table.{compare_cache.version(drawn)}",
        column_config={
            f"{band.name}, {_rows(band)}": st.column_config.NumberColumn(
                format="%.1f %%", help=f"Of {words.count(band.n_latents, 'latent')}."
            )
            for band in found
        },
    )


def _rows(band: BandCover) -> str:
    if band.low == band.high:
        return f"on {words.count(band.low, 'row')}"
    return f"on {band.low:,} to {words.count(band.high, 'row')}"


def _alone(scene: Scene, drawn: tuple[Member, ...]) -> None:
    """Two subsets, and the latents that only the first of them covers; one leads to its page."""
    places, names = list(range(len(drawn))), [one.name for one in drawn]
    for key, usual in ((FIRST, 0), (SECOND, 1)):
        if st.session_state.get(key, usual) not in places:
            del st.session_state[key]
    left, right = st.columns(2)
    first = left.selectbox("Covered by", places, 0, format_func=names.__getitem__, key=FIRST)
    second = right.selectbox("Not by", places, 1, format_func=names.__getitem__, key=SECOND)
    covered = compare_cache.covered(scene.workspace, drawn)
    table = comparison_coverage.covered_alone(
        scene.workspace, covered[first], covered[second], drawn[first].rows
    )
    n_alone = int((covered[first] & ~covered[second]).sum())
    st.text(f"{words.count(n_alone, 'latent')} {names[first]} covers and {names[second]} does not.")
    if n_alone:
        pair = compare_cache.version((drawn[first], drawn[second]))
        latent = _picked(table, f"compare.alone.{pair}")
        query = {"latent": str(latent)}
        shell.link("features", f"Latent {latent}", icon=":material/grid_view:", query=query)


def _picked(table: pd.DataFrame, key: str) -> int:
    """The list; gives the latent that is picked."""
    done = st.dataframe(
        table,
        key=key,
        hide_index=True,
        height=min(250, 38 + 35 * len(table)),
        on_select="rerun",
        selection_mode="single-row-required",
        selection_default={"selection": {"rows": [0]}},
        column_order=[name for name in table.columns if name != "label" or table[name].any()],
        column_config={
            "latent": st.column_config.NumberColumn(format="%d"),
            "rows": st.column_config.NumberColumn(
                format="localized", help="Rows of the pool that have it."
            ),
            "density": st.column_config.NumberColumn(
                format="percent", help="Share of the pool's rows that have it."
            ),
            "chosen rows": st.column_config.NumberColumn(
                format="localized", help="Rows of the first subset that have it."
            ),
        },
    )
    at = done["selection"]["rows"]
    return int(table["latent"].iloc[at[0] if at and at[0] < len(table) else 0])


def _parts(scene: Scene, drawn: tuple[Member, ...]) -> None:
    key = part_picker.ask(scene.workspace, about=ABOUT_PARTS, key="compare.cut")
    if key is None:
        return
    parts = compare_cache.parts(scene.workspace, key, drawn)
    shown = sorted(parts.parts, key=lambda one: -one.spread)[:DRAWN]
    if len(shown) < len(parts.parts):
        st.caption(f"The {len(shown)} in which the subsets are furthest apart; all in the table.")
    version = f"{key}.{compare_cache.version(drawn)}"
    axis = "% of the part's own latents covered by rows of the part"
    compare_bars.show(
        [_dots(one) for one in shown], drawn, axis=axis, key=f"compare.part.{version}"
    )
    picked = _table(parts, drawn, version)
    kind, value = picked.filter
    label = "Show its rows on the map"
    coverage_links.to_map(scene.workspace, label, kind, value, key="compare.to_map")


def _dots(part: PartCover) -> Dots:
    n = max(part.n_latents, 1)
    return Dots(
        part.name,
        tuple(100 * one / n for one in part.covered),
        tuple(f"{one:,} of {part.n_rows:,} rows" for one in part.chosen),
    )


def _table(parts: PartCovers, drawn: tuple[Member, ...], version: str) -> PartCover:
    """Every part: rows and coverage of the pool and of each subset; gives the one picked."""
    share = st.column_config.NumberColumn(format="percent")
    count = st.column_config.NumberColumn(format="localized")
    names = [one.name for one in drawn]
    done = st.dataframe(
        [
            {
                "part": part.name,
                "rows in the pool": part.n_rows,
                "latents": part.n_latents,
                **{f"{name} rows": n for name, n in zip(names, part.chosen, strict=True)},
                **{
                    f"{name} covers": n / max(part.n_latents, 1)
                    for name, n in zip(names, part.covered, strict=True)
                },
            }
            for part in parts.parts
        ],
        key=f"compare.parts.{version}",
        hide_index=True,
        height=min(320, 38 + 35 * len(parts.parts)),
        on_select="rerun",
        selection_mode="single-row-required",
        selection_default={"selection": {"rows": [0]}},
        column_config={
            "part": st.column_config.TextColumn(pinned=True, width="medium"),
            "rows in the pool": count,
            "latents": st.column_config.NumberColumn(
                format="localized", help="Latents that rows of this part have."
            ),
            **{f"{name} rows": count for name in names},
            **{f"{name} covers": share for name in names},
        },
    )
    if parts.n_left_out:
        st.caption(f"The {parts.n_left_out:,} smallest parts are left out.")
    at = done["selection"]["rows"]
    return parts.parts[at[0] if at and at[0] < len(parts.parts) else 0]
