"""The subsets in numbers, one line each, beside random and longest of equal rows and tokens."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.pipeline.comparison_numbers import Numbers, Pool
from pages.components import compare_cache, compare_choice, plain_table, words
from pages.components.compare_scene import Scene
from pages.components.plain_table import Column

ABOUT = """
- **tokens**: as the model read them; **words**: mean words of a response; **clusters**: those that
  the subset has a row of; all three without better or worse, beside those of the pool.
- **itself**: latents that at least one chosen row has / latents that at least one row of the pool
  has. Higher is better, beside the four to its right.
- **random, rows** and **longest, rows**: the same of as many random rows (seed 0), and of as many
  of the longest responses.
- **random, tokens** and **longest, tokens**: the same of such rows filled into as many tokens as
  the subset holds; a row that does not fit is skipped.
"""


def show(scene: Scene) -> None:
    """The table, and in words where a subset stands at another budget than was asked."""
    found = compare_cache.numbers(scene.workspace, scene.members)
    pool = compare_cache.pool(scene.workspace)
    names = [one.name for one in scene.members]
    plain_table.show(
        [Column("subset", names), *_sizes(found), *_coverage(found, pool)],
        label="The subsets in numbers",
    )
    st.caption(_of_the_pool(pool), help=ABOUT)
    _remarks(scene)


def _sizes(found: Sequence[Numbers]) -> list[Column]:
    """How large and how long each is, and how many clusters it reaches."""
    columns = [Column("rows", [words.count(one.n_rows) for one in found])]
    if all(one.tokens is not None for one in found):
        columns.append(Column("tokens", [words.count(one.tokens or 0) for one in found]))
    columns.append(Column("words", [f"{one.words_mean:.1f}" for one in found]))
    if all(one.n_clusters is not None for one in found):
        columns.append(Column("clusters", [words.count(one.n_clusters or 0) for one in found]))
    return columns


def _coverage(found: Sequence[Numbers], pool: Pool) -> list[Column]:
    """What each covers, and what the baselines of its size do; nothing without codes."""
    whole = pool.n_reachable
    if not whole or any(one.n_covered is None for one in found):
        return []

    def column(title: str, counts: Sequence[int]) -> Column:
        return Column(title, [f"{100 * one / whole:.1f}" for one in counts], group)

    group = f"% of {words.count(whole, 'latent')} covered"
    columns = [column("itself", [one.n_covered or 0 for one in found])]
    for name in found[0].beside:
        beside = [one.beside[name] for one in found]
        columns.append(column(f"{name}, rows", [one.at_rows for one in beside]))
        columns.append(column(f"{name}, tokens", [one.at_tokens for one in beside]))
    return columns


def _of_the_pool(pool: Pool) -> str:
    """What the numbers are out of."""
    parts = [words.count(pool.n_rows, "row")]
    if pool.tokens is not None:
        parts.append(words.count(pool.tokens, "token"))
    parts.append(f"{pool.words_mean:.1f} words a response")
    if pool.n_clusters is not None:
        parts.append(words.count(pool.n_clusters, "cluster"))
    return f"The pool has {', '.join(parts)}."


def _remarks(scene: Scene) -> None:
    """Which subsets stand at another budget, and what of a file was not found."""
    said = [f"{one.name}: {one.note}" for one in scene.members if one.note]
    lost = [compare_choice.remark(scene.workspace, one.key) for one in scene.members]
    told = [*said, *(one for one in lost if one)]
    if told:
        st.caption(words.plain(". ".join(told) + "."))
