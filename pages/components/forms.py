"""Settings as widgets: one per field of a configuration dataclass, with its help and bounds."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import streamlit as st

from core.options import Option, options_of

PROVENANCE_NOTES = {
    "confirmed": "As in the paper or its code.",
    "inferred": "Inferred: the paper leaves this open.",
    "default": "",
}


def settings(config: type, *, key: str, without: Collection[str] = ()) -> dict[str, Any]:
    """A field a row for every option of `config`; returns the values that differ from defaults.

    `without` names options that the page asks for elsewhere.
    """
    chosen = {}
    for item in _shown(config, without):
        value = _widget(item, f"{key}.{item.name}")
        if value != item.default:
            chosen[item.name] = value
    return chosen


def differing(config: type, values: Mapping[str, Any]) -> list[str]:
    """What differs from the defaults, in words: 'mode scan'."""
    return [
        f"{item.name.replace('_', ' ')} {values[item.name]}"
        for item in options_of(config)
        if item.name in values and values[item.name] != item.default
    ]


def settings_expander(config: type, *, key: str, without: Collection[str] = ()) -> dict[str, Any]:
    """The same behind one 'Settings' expander that says how many differ from the defaults."""
    if not _shown(config, without):
        return {}
    changed = _changed(config, key)
    label = f"Settings · {changed} changed" if changed else "Settings"
    with st.expander(label):
        return settings(config, key=key, without=without)


def _shown(config: type, without: Collection[str]) -> list[Option]:
    return [item for item in options_of(config) if item.name not in without]


def _changed(config: type, key: str) -> int:
    values: Mapping[str, Any] = {
        item.name: st.session_state.get(f"{key}.{item.name}", item.default)
        for item in options_of(config)
    }
    return sum(values[item.name] != item.default for item in options_of(config))


def _widget(item: Option, key: str) -> Any:
    label = item.name.replace("_", " ").capitalize()
    note = PROVENANCE_NOTES[item.provenance]
    about = f"{item.help} {note}".strip()
    is_new = key not in st.session_state  # else it has a value, and takes no default beside it
    if item.choices:
        begin = item.choices.index(item.default) if is_new else 0
        return st.selectbox(label, item.choices, begin, key=key, help=about)
    if item.kind is bool:
        return st.checkbox(label, item.default and is_new, key=key, help=about)
    if item.kind in (int, float):
        return _number(item, label, key, about)
    text = st.text_input(label, (item.default or "") if is_new else "", key=key, help=about)
    return text or (None if item.optional else "")


def _number(item: Option, label: str, key: str, about: str) -> Any:
    as_kind = item.kind
    bounds = {
        "min_value": None if item.minimum is None else as_kind(item.minimum),
        "max_value": None if item.maximum is None else as_kind(item.maximum),
    }
    form = "%d" if as_kind is int else "%g"
    return st.number_input(
        label,
        value=_beginning(item, key),
        step=1 if as_kind is int else 0.01,
        format=form,
        key=key,
        help=about,
        placeholder="chosen for you" if item.optional else None,
        **bounds,
    )


def _beginning(item: Option, key: str) -> Any:
    """The default for a new widget; one that has a value already takes none beside it."""
    if key not in st.session_state:
        return item.default
    return None if item.optional else "min"
