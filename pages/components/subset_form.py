"""What is asked of a method, as a form: method, budget, settings, constraints, decisions.

The form begins with what stands behind the subset in use, so that what is seen is what was asked;
from then on it says what the person wants.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from core.options import options_of
from core.pipeline.asked import in_view, request_behind
from core.pipeline.asking import missing_readings, read_budget
from core.pipeline.costs import measured
from core.pipeline.decisions import decided, n_elsewhere, with_decisions, without_decisions
from core.pipeline.requests import Request, told_weights, with_marks
from core.select import SELECTORS
from core.select.budget import Budget
from core.workspace import Workspace
from pages.components import forms, loaders, method_cards, shell, wishes, words

DEFAULT_METHOD = "sae-greedy"
UNITS = {"rows": "rows", "percent": "%", "tokens": "tokens"}
ABOUT_UNIT = (
    "Rows, per cent of the pool's rows, or tokens as the model reads them. Under a budget of "
    "tokens the order is followed, a row that does not fit any more is skipped, and it ends when "
    "none fits."
)
COLOURS = {"confirmed": "green", "inferred": "orange", "default": "gray"}


@dataclass(frozen=True, slots=True)
class Bar:
    """The places of the form: the button stands beside the budget and acts last."""

    method: Any
    budget: Any
    unit: Any
    button: Any


def bar() -> Bar:
    """Method, budget, unit and button in one line, or in two where it is narrow."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        widths: tuple[Any, ...] = (290, 110, "content", "stretch")
        return Bar(*(st.container(width=one) for one in widths))


def ask(workspace: Workspace, places: Bar) -> Request | None:
    """The request as the form says it; None where something is to be read or brought first.

    Raises RequestError or DataError for what cannot be.
    """
    _begin(workspace)
    name = _method(places.method)
    text, unit = _budget(workspace, places)
    about(workspace, name)
    behind = _behind(workspace)
    with st.expander("Methods as cards"):
        method_cards.show(workspace, name, on_pick=_pick, key="subset.cards")
    with st.expander(_settings_label(name), key="subset.settings"):
        left, right = st.columns(2, gap="large")
        with left:
            options = forms.settings(SELECTORS.get(name).config, key=f"subset.{name}")
            files = wishes.brought(workspace, name, behind)
        with right:
            wished = wishes.constraints(workspace, name)
    around = _decisions(workspace)
    if _lacks(workspace, name) or files is None:
        return None
    budget = read_budget(text, percent=unit == "percent", tokens=unit == "tokens")
    request = Request(name, budget, options, **wished, **files)
    request = with_marks(workspace, request)
    return with_decisions(workspace, request) if around else request


def fill(request: Request, n_rows: int) -> None:
    """Let the form say a request; only before its widgets are drawn, as in a callback."""
    own = without_decisions(request)
    kept = st.session_state
    is_tokens = request.budget.kind == "tokens"
    kept["subset.method"] = request.method
    kept["subset.budget"] = f"{int(request.budget.value) if is_tokens else n_rows}"
    kept["subset.unit"] = "tokens" if is_tokens else "rows"
    for item in options_of(SELECTORS.get(request.method).config):
        value = request.options.get(item.name, item.default)
        kept[f"subset.{request.method}.{item.name}"] = _as_shown(value, item.kind)
    weights = {one: n for one, n in own.weights.items() if one not in own.marked}
    kept["subset.pins"] = "\n".join(own.pinned)
    kept["subset.forbids"] = "\n".join(own.forbidden)
    kept["subset.quotas"] = "\n".join(own.quotas)
    kept["subset.apart"] = own.duplicates is not None
    kept["subset.decontaminate"] = False  # its rows stand among those never chosen
    kept["subset.power"] = float(own.length_power)
    kept["subset.weights"] = "\n".join(f"{one}={n:g}" for one, n in weights.items())
    kept["subset.seed"] = own.seed
    kept["subset.around"] = bool(request.decided)


def fill_budget(n_rows: int) -> None:
    """Let the form say another number of rows, as in a callback."""
    st.session_state["subset.budget"] = f"{n_rows}"
    st.session_state["subset.unit"] = "rows"


def about(workspace: Workspace, name: str) -> None:
    """When to use a method, what it costs, where it comes from, and how sure that is."""
    method = SELECTORS.get(name)
    sure, why = method_cards.PROVENANCE[method.provenance]
    costs = method_cards.cost(method, measured(workspace).get(name))
    text, badge = st.columns([5, 1.2], vertical_alignment="top")
    text.caption(
        f"{words.plain(method.when)} {words.plain(costs)}. Source: {words.plain(method.source)}."
    )
    badge.badge(sure, color=COLOURS[method.provenance], help=why)


def _begin(workspace: Workspace) -> None:
    """On a first visit the form says what stands behind the subset in use."""
    if "subset.method" in st.session_state:
        return
    behind = _behind(workspace)
    n_rows = _default_budget(workspace)
    fill(behind or Request(DEFAULT_METHOD, Budget("rows", n_rows)), n_rows)


def _behind(workspace: Workspace) -> Request | None:
    """The request that the order in use answers, where its method is still there."""
    artifact = loaders.in_use(workspace, "selection")
    if artifact is None or artifact.config["method"] not in set(SELECTORS):
        return None
    now = in_view(workspace)
    return request_behind(artifact, now.budget if now else 1)


def _default_budget(workspace: Workspace) -> int:
    """The budget in use, else a tenth of the pool."""
    chosen = loaders.chosen(workspace)
    pool = loaders.in_use(workspace, "pool")
    return chosen.budget if chosen else max(1, (pool.notes["n_rows"] if pool else 10) // 10)


def _method(place: Any) -> str:
    chosen: str = place.selectbox(
        "Method",
        list(SELECTORS),
        format_func=lambda name: SELECTORS.get(name).title,
        key="subset.method",
    )
    return chosen


def _pick(name: str) -> None:
    st.session_state["subset.method"] = name


def _budget(workspace: Workspace, places: Bar) -> tuple[str, str]:
    """What was typed, and its unit; tokens are offered where a model has read the pool."""
    text = places.budget.text_input("Budget", key="subset.budget")
    has_tokens = "readings" in workspace.current()
    unit = places.unit.segmented_control(
        "Unit",
        [one for one in UNITS if has_tokens or one != "tokens"],
        format_func=UNITS.__getitem__,
        required=True,
        key="subset.unit",
        label_visibility="collapsed",
        help=ABOUT_UNIT,
    )
    return text, unit or "rows"


def _settings_label(name: str) -> str:
    """What differs from the defaults, before anything is opened."""
    kept: Mapping[str, Any] = st.session_state
    items = options_of(SELECTORS.get(name).config)
    values = {one.name: kept.get(f"subset.{name}.{one.name}", one.default) for one in items}
    told = forms.differing(SELECTORS.get(name).config, values)
    for key, word in (("pins", "pinned"), ("forbids", "forbidden")):
        n = len(str(kept.get(f"subset.{key}") or "").split())
        told += [f"{n:,} {word}"] if n else []
    for key, word in (("quotas", "quota"), ("weights", "weight")):
        n = len([one for one in str(kept.get(f"subset.{key}") or "").splitlines() if one.strip()])
        told += [words.count(n, word)] if n else []
    told += ["one row a near-duplicate group"] if kept.get("subset.apart") else []
    told += ["no benchmark overlap"] if kept.get("subset.decontaminate") else []
    told += [f"length control {kept['subset.power']:g}"] if kept.get("subset.power") else []
    told += [f"seed {kept['subset.seed']}"] if kept.get("subset.seed") else []
    return " · ".join(["Settings and constraints", *(words.plain(one) for one in told)])


def _decisions(workspace: Workspace) -> bool:
    """Whether to choose around what people decided, with what that means in numbers."""
    state = decided(workspace)
    n, m = len(state.approved), len(state.rejected)
    if not n and not m:
        return False
    label = f"Around the decisions: {n:,} approved pinned, {m:,} rejected forbidden"
    elsewhere = n_elsewhere(workspace)
    note = f" {words.count(elsewhere, 'decided example')} outside this pool." if elsewhere else ""
    if state.conflicts:
        note += f" {words.count(len(state.conflicts), 'example')} in conflict, left free."
    done: bool = st.checkbox(label + "." + note, key="subset.around")
    return done


def _lacks(workspace: Workspace, name: str) -> bool:
    """Whether the method needs a reading that the pool does not have yet, which is said."""
    lacking = missing_readings(workspace, name)
    if not lacking:
        return False
    st.text(f"This method needs {' and '.join(lacking)}, which this pool does not have yet.")
    for page in dict.fromkeys(method_cards.MADE_ON[one][0] for one in lacking):
        label = next(what for where, what in method_cards.MADE_ON.values() if where == page)
        shell.link(page, label, icon=":material/memory:")
    return True


def told(request: Request) -> str | None:
    """What the marks of the workspace mute and weigh for this request."""
    marked = {one: n for one, n in request.weights.items() if one in request.marked}
    return told_weights(replace(request, weights=marked)) if marked else None


def _as_shown(value: Any, kind: type) -> Any:
    """A stored option as its widget holds it."""
    if kind is str:
        return value or ""
    return value if value is None else kind(value)
