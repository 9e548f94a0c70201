"""The subsets in numbers, one line each, beside random and longest of equal rows and tokens."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.pipeline.comparison_members import Member
from core.pipeline.comparison_numbers import Numbers, Pool
from pages.components import compare_cache, compare_choice, words
from pages.components.compare_scene import Scene

ABOUT_COVERED = (
    "Latents that at least one chosen row has / latents that at least one row of the pool has. "
    "Higher is better, beside random and longest at as many rows and at as many tokens."
)
ABOUT_TOKENS = (
    "As many tokens as this subset holds, filled with {0} rows: one that does not fit is skipped."
)
SHARES = {
    "covered": ABOUT_COVERED,
    "random, rows": "Latents covered by as many random rows (seed 0).",
    "random, tokens": ABOUT_TOKENS.format("random"),
    "longest, rows": "Latents covered by as many of the longest responses.",
    "longest, tokens": ABOUT_TOKENS.format("the longest"),
}


def show(scene: Scene) -> None:
    """The table, and in words where a subset stands at another budget than was asked."""
    found = compare_cache.numbers(scene.workspace, scene.members)
    pool = compare_cache.pool(scene.workspace)
    table = [_line(one, of, pool) for one, of in zip(scene.members, found, strict=True)]
    counts = {
        name: st.column_config.NumberColumn(format="localized") for name in ("rows", "tokens")
    }
    st.dataframe(
        table,
        key=f"compare.numbers.{scene.version}",
        hide_index=True,
        height=38 + 35 * len(table),
        column_config={
            "subset": st.column_config.TextColumn(pinned=True),
            **counts,
            "words a response": st.column_config.NumberColumn(
                format="%.1f", help=f"Mean; {pool.words_mean:.1f} in the pool."
            ),
            "clusters": st.column_config.NumberColumn(
                help=f"Clusters reached, of {pool.n_clusters or 0}; higher is better."
            ),
            **{name: st.column_config.NumberColumn(format="%.1f %%", help=about)
               for name, about in SHARES.items()},
        },
    )  # fmt: skip
    _remarks(scene)


def _line(one: Member, found: Numbers, pool: Pool) -> dict[str, Any]:
    line: dict[str, Any] = {"subset": one.name, "rows": found.n_rows}
    if found.tokens is not None:
        line["tokens"] = found.tokens
    line["words a response"] = found.words_mean
    if found.n_clusters is not None:
        line["clusters"] = found.n_clusters
    if found.n_covered is not None and pool.n_reachable:
        line["covered"] = 100 * found.n_covered / pool.n_reachable
        for name, beside in found.beside.items():
            line[f"{name}, rows"] = 100 * beside.at_rows / pool.n_reachable
            line[f"{name}, tokens"] = 100 * beside.at_tokens / pool.n_reachable
    return line


def _remarks(scene: Scene) -> None:
    """Which subsets stand at another budget, and what of a file was not found."""
    said = [f"{one.name}: {one.note}" for one in scene.members if one.note]
    lost = [compare_choice.remark(scene.workspace, one.key) for one in scene.members]
    told = [*said, *(one for one in lost if one)]
    if told:
        st.caption(words.plain(". ".join(told) + "."))
