"""The live curve of the subset page: what is in use, or a preview of what is on its way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import streamlit as st

from core.pipeline import live
from core.pipeline.live import LiveOrder, Point
from core.pipeline.tables import previews
from core.pipeline.views import in_use, open_pool, open_readings
from core.records import Rows
from core.select.selection import Selection
from core.workspace import Workspace
from pages.components.live_curve import (
    Beginnings,
    CurveSpec,
    Packed,
    PoolFacts,
    live_curve,
    offered_texts,
    packed,
    packed_order,
)
from pages.components.loaders import Chosen

KEY = "subset.live"
BESIDE = 4  # rows on each side of the budget whose beginnings come with the page
MOST_TEXTS = 50_000  # picks of an order whose beginnings are read, where the pool is too large
FURTHER = 4  # times the solved budget that a method without prefixes may be moved to


@dataclass(frozen=True, slots=True)
class Shown:
    """An order to draw, with what names it."""

    order: Selection
    fingerprint: str
    budget: int
    preview: str | None = None


def show(
    workspace: Workspace, shown: Shown, *, asked: int | None, on_budget: Callable[[int], None]
) -> None:
    """The curve of an order; `asked` is a budget that it does not answer and is asked for."""
    live_curve(_spec(workspace, shown, asked), on_budget=on_budget, key=KEY)


def of_chosen(chosen: Chosen) -> Shown:
    """The subset in use."""
    return Shown(chosen.order, chosen.fingerprint, chosen.budget)


def _spec(workspace: Workspace, shown: Shown, asked: int | None) -> CurveSpec:
    order, roles = shown.order, _roles(workspace)
    found = _live(str(workspace.root), roles, shown.fingerprint, _order=order)
    pool = _pool_facts(str(workspace.root), roles)
    nested = order.nested or shown.preview is not None
    points = () if nested else _points(workspace, shown)
    most = len(order) if nested else _furthest(workspace, order)
    budget = shown.budget if nested or asked is None else asked
    return CurveSpec(
        version=f"{shown.fingerprint} {roles}",
        name=order.method if shown.preview is None else "preview",
        nested=nested,
        budget=min(max(budget, 1), most),
        least=max(order.n_pinned, 1),
        most=most,
        pool=pool,
        order=packed_order(found, shown.fingerprint, f"live {roles}"),
        baselines=_baselines(workspace, most, roles) if pool.n_reachable else None,
        texts=_texts(workspace, shown),
        knee=found.knee if nested else None,
        points=points,
        near=_near(workspace, order, shown.budget) if nested else None,
        preview=shown.preview,
    )


def _roles(workspace: Workspace) -> str:
    names = ("pool", "readings", "features", "clusters")
    roles = workspace.current()
    return ",".join(f"{name}={roles[name]}" for name in names if name in roles)


@st.cache_resource(max_entries=32, show_spinner=False)
def _live(root: str, roles: str, fingerprint: str, _order: Selection) -> LiveOrder:
    return live.live_order(Workspace(Path(root)), _order)


@st.cache_resource(max_entries=4, show_spinner=False)
def _pool_facts(root: str, roles: str) -> PoolFacts:
    workspace = Workspace(Path(root))
    now, pool = workspace.current(), open_pool(workspace)
    has_tokens, has_codes = "readings" in now, "features" in now
    tokens = np.asarray(open_readings(workspace).n_tokens) if has_tokens else None
    return PoolFacts(
        n_rows=pool.n_rows,
        n_reachable=in_use(workspace, "features").notes["n_reachable"] if has_codes else 0,
        n_clusters=live.n_clusters(workspace),
        mean_words=float(pool.column("n_response_words").mean()),
        mean_tokens=None if tokens is None else float(tokens.mean()),
    )


def _baselines(workspace: Workspace, n_rows: int, roles: str) -> Packed:
    curves = _baseline_curves(str(workspace.root), roles, n_rows)
    return packed(curves, in_use(workspace, "pool").fingerprint, f"baselines {roles} {n_rows}")


@st.cache_resource(max_entries=8, show_spinner=False)
def _baseline_curves(root: str, roles: str, n_rows: int) -> dict[str, Rows]:
    return live.baseline_curves(Workspace(Path(root)), n_rows)


def _texts(workspace: Workspace, shown: Shown) -> Beginnings:
    pool = in_use(workspace, "pool")
    n_rows = int(pool.notes["n_rows"])
    if n_rows <= live.MOST_TEXTS:
        read = partial(live.beginnings, workspace)
        return offered_texts(read, n_rows, pool.fingerprint, by="row")
    rows = shown.order.rows[:MOST_TEXTS]
    read = partial(live.beginnings, workspace, rows)
    return offered_texts(read, len(rows), shown.fingerprint, by="pick")


def _near(workspace: Workspace, order: Selection, budget: int) -> dict[int, str]:
    """The beginnings of the rows on both sides of the budget."""
    rows = order.rows[max(0, budget - BESIDE) : budget + BESIDE]
    texts = previews(open_pool(workspace), rows)
    return {int(row): text[: live.TEXT] for row, text in zip(rows, texts, strict=True)}


def _points(workspace: Workspace, shown: Shown) -> tuple[Point, ...]:
    return live.points(workspace, workspace.get("selection", shown.fingerprint))


def _furthest(workspace: Workspace, order: Selection) -> int:
    n_rows = int(in_use(workspace, "pool").notes["n_rows"])
    return min(n_rows, FURTHER * len(order))
