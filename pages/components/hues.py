"""What the map is coloured by, as arrays on offer: made once, kept for every session."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import streamlit as st

from core.curate.state import State
from core.fingerprint import digest
from core.pipeline import shades
from core.pipeline.cluster_edits import version
from core.pipeline.colouring import CLUSTERS, Groups, Scale, colouring, colourings
from core.pipeline.decision_books import project_name
from core.pipeline.decisions import decided
from core.pipeline.filters import Filter, Filtered, filtered
from core.pipeline.queue_places import by_verdict
from core.records import Floats
from core.workspace import Workspace
from pages.components import address, loaders
from pages.components.loaders import Chosen
from pages.components.map import Label
from pages.components.map_arrays import (
    ArrayRef,
    category_array,
    mask_array,
    meant_array,
    score_array,
)

PLAIN = "plain"
PLAIN_TITLE = "chosen or not"
PICK, LATENT, SIMILARITY, DENSITY, SHARE = "pick", "latent", "similarity", "density", "share:"
VERDICT = "verdict"
COLOUR, ASKED = "map.colour", "map.colour.latent"  # the widgets
RANKING = ("meaning", "alike")
MOST_LABELS = 120


@dataclass(frozen=True, slots=True)
class Hue:
    """A way to colour with what it needs to know: the latent that was asked for."""

    key: str
    latent: int | None = None


def offered(
    workspace: Workspace, chosen: Chosen | None, filters: tuple[Filter, ...]
) -> dict[str, str]:
    """The ways to colour, by key, with their titles; the first is no colour but the choice."""
    found = {PLAIN: PLAIN_TITLE, **_offered(str(workspace.root), _state(workspace))}
    roles = workspace.current()
    if chosen is not None:
        found[PICK] = "pick order"
        for role, title in CLUSTERS.items():
            if role in roles:
                found[f"{SHARE}{role}"] = f"share in {title}"
    if "pool" in roles and decided(workspace).examples:
        found[VERDICT] = "verdict"
    if "features" in roles:
        found[LATENT] = "activation of a latent"
    if _ranking(filters) is not None:
        found[SIMILARITY] = "similarity of the search"
    if "graph" in roles:
        found[DENSITY] = "density"
    return found


def channels(
    workspace: Workspace,
    hue: Hue,
    *,
    chosen: Chosen | None,
    filters: tuple[Filter, ...],
    shown: Filtered | None,
) -> dict[str, Any]:
    """The fields of a MapSpec that colour its points and set aside those that `shown` leaves out.

    Rows without a number stay grey, as rows that a filter leaves out do.
    """
    aside = {} if shown is None else {"mask": mask_array(shown.mask, shown.fingerprint)}
    found = shade(workspace, hue, chosen, filters)
    if found is None:
        return aside
    if isinstance(found, Groups) and found.meanings:
        return {"category": meant_array(found), **aside}
    if isinstance(found, Groups):
        absent = {"noise": found.absent, "title": found.title}
        category = category_array(found.labels, found.names, found.fingerprint, **absent)
        return {"category": category, **aside}
    named = {"title": found.title, "palette": found.palette}
    score = score_array(found.values, found.fingerprint, span=(0.0, 1.0), **named)
    fields = {"score": replace(score, low=found.low, high=found.high), **aside}
    if not found.there.all():
        fields["mask"] = _numbered(found, shown)
    return fields


def ask(latent: int) -> None:
    """Colour the map by a latent from its next run on."""
    st.session_state[COLOUR], st.session_state[ASKED] = LATENT, latent


def choose(workspace: Workspace, chosen: Chosen | None, filters: tuple[Filter, ...]) -> Hue:
    """Ask for the colouring, and for the latent where it is one."""
    titles = offered(workspace, chosen, filters)
    _restore(titles)
    key = st.selectbox(
        "Colour by",
        list(titles),
        format_func=titles.__getitem__,
        key=COLOUR,
        persist_state="session",
        width=210,
    )
    latent = _which(workspace) if key == LATENT else None
    said = f"{LATENT}:{latent}" if latent is not None else key
    address.tell("colour", None if key == PLAIN else said)
    return Hue(key, latent)


def _restore(titles: dict[str, str]) -> None:
    """Take the colour that the address brings, and drop one that is no longer offered."""
    said = address.brought("colour")
    kind, _, number = (said or "").partition(":")
    if kind == LATENT and LATENT in titles and number.isascii() and number.isdigit():
        ask(int(number[:9]))
    elif said in titles:
        st.session_state[COLOUR] = said
    if st.session_state.get(COLOUR, PLAIN) not in titles:
        del st.session_state[COLOUR]


def _which(workspace: Workspace) -> int:
    """The latent that the map is coloured by."""
    most = loaders.in_use(workspace, "features").notes["n_latents"] - 1
    st.session_state[ASKED] = min(max(st.session_state.get(ASKED, 0), 0), most)
    number = st.number_input("Latent", 0, most, key=ASKED, persist_state="session", width=120)
    return int(number)


def labels(workspace: Workspace, layout: str, coordinates: Floats) -> tuple[Label, ...]:
    """The names of the clusters at their middles on a layout, the largest first."""
    made = loaders.in_use(workspace, "clusters")
    if made is None:
        return ()
    key = f"{layout} {_state(workspace)}"
    return _labels(str(workspace.root), key, _coordinates=coordinates)


def shade(
    workspace: Workspace, hue: Hue, chosen: Chosen | None, filters: tuple[Filter, ...]
) -> Groups | Scale | None:
    """The colouring itself; None for plain, and where what it shows is no longer there."""
    root, key = str(workspace.root), hue.key
    if key == PLAIN or key not in offered(workspace, chosen, filters):
        return None
    if key == SIMILARITY:
        ranking = _ranking(filters)
        return (
            shades.by_similarity(filtered(workspace, [ranking], chosen=None)) if ranking else None
        )
    if key == VERDICT:
        said = decided(workspace)
        stamp = f"{workspace.current()['pool']} {project_name()} {said.number}"
        return _verdicts(root, stamp, _said=said)
    if key == LATENT:
        made = workspace.current()["features"]
        return None if hue.latent is None else _latent(root, made, hue.latent)
    if chosen is not None and (key == PICK or key.startswith(SHARE)):
        version = f"{_state(workspace)} {chosen.fingerprint} {chosen.budget}"
        return _of_choice(root, version, key, _chosen=chosen)
    if key == DENSITY:
        return _density(root, workspace.current()["graph"])
    return _colouring(root, _state(workspace), key)


def _numbered(found: Scale, shown: Filtered | None) -> ArrayRef:
    """The rows that have a number and pass the filters."""
    if shown is None:
        return mask_array(found.there, found.fingerprint)
    own = digest(f"{found.fingerprint} {shown.fingerprint}".encode())[:32]
    return mask_array(found.there & shown.mask, own)


def _ranking(filters: tuple[Filter, ...]) -> Filter | None:
    """The search whose similarity the map can show: the last one."""
    found = [one for one in filters if one.kind in RANKING and not one.is_negated]
    return found[-1] if found else None


def _state(workspace: Workspace) -> str:
    roles = workspace.current()
    used = ",".join(roles.get(role, "") for role in ("pool", "clusters", "hdbscan"))
    return f"{used},{version(workspace)}"


@st.cache_resource(max_entries=8, show_spinner=False)
def _offered(root: str, state: str) -> dict[str, str]:
    return colourings(Workspace(Path(root)))


@st.cache_resource(max_entries=12, show_spinner=False)
def _colouring(root: str, state: str, key: str) -> Groups | Scale:
    return colouring(Workspace(Path(root)), key)


@st.cache_resource(max_entries=4, show_spinner=False)
def _of_choice(root: str, version: str, key: str, _chosen: Chosen) -> Scale:
    workspace = Workspace(Path(root))
    if key == PICK:
        n_rows = loaders.in_use(workspace, "pool").notes["n_rows"]
        return shades.by_pick(n_rows, _chosen.subset, _chosen.fingerprint)
    role = key.removeprefix(SHARE)
    return shades.by_share(workspace, _chosen.subset, _chosen.fingerprint, role)


@st.cache_resource(max_entries=4, show_spinner=False)
def _verdicts(root: str, stamp: str, _said: State) -> Groups:
    return by_verdict(Workspace(Path(root)), _said)


@st.cache_resource(max_entries=8, show_spinner=False)
def _latent(root: str, features: str, latent: int) -> Scale:
    return shades.by_latent(Workspace(Path(root)), latent)


@st.cache_resource(max_entries=2, show_spinner=False)
def _density(root: str, graph: str) -> Scale:
    return shades.by_density(Workspace(Path(root)))


@st.cache_resource(max_entries=8, show_spinner=False)
def _labels(root: str, version: str, _coordinates: Floats) -> tuple[Label, ...]:
    places = shades.cluster_places(Workspace(Path(root)), _coordinates)
    return tuple(Label(x, y, name, float(size)) for x, y, name, size in places[:MOST_LABELS])
