"""The tags and reasons that a curator can give: lists of the workspace, changed by anybody."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from core.curate.records import MOST_NAME
from core.workspace import Workspace
from pages.components import state
from pages.components.curate_cards import MOST_TAGS

TAGS, REASONS = "curate_tags", "curate_reasons"  # choices of the workspace
MOST_REASONS = 30
USUAL = {
    TAGS: ("wrong", "unclear", "unsafe", "style", "keep an eye on"),
    REASONS: (
        "wrong or misleading answer",
        "instruction not followed",
        "unclear instruction",
        "near-duplicate of a better one",
        "unsafe or private",
        "poor language",
        "off topic",
    ),
}


@dataclass(frozen=True, slots=True)
class Lists:
    """Words that are offered; the first nine tags have a digit key."""

    tags: tuple[str, ...]
    reasons: tuple[str, ...]


def lists(workspace: Workspace) -> Lists:
    """The lists of the workspace, the usual ones where nobody made others."""
    choices = workspace.choices()
    tags, reasons = (choices.get(name, USUAL[name]) for name in (TAGS, REASONS))
    return Lists(tuple(map(str, tags)), tuple(map(str, reasons)))


def edit(workspace: Workspace) -> None:
    """Change the lists, one a line."""
    now = lists(workspace)
    with st.form("curate.lists", border=False):
        tags = st.text_area(
            "Tags, one a line",
            "\n".join(now.tags),
            key="curate.tags",
            height=170,
            help=f"The first {MOST_TAGS} have the digit keys 1 to {MOST_TAGS}.",
        )
        reasons = st.text_area(
            "Reasons, one a line", "\n".join(now.reasons), key="curate.reasons", height=170
        )
        done = st.form_submit_button("Save the lists", disabled=not state.may_write(workspace))
    if done:
        workspace.choose(**{TAGS: _lines(tags, MOST_TAGS), REASONS: _lines(reasons, MOST_REASONS)})
        st.rerun()


def _lines(text: str, most: int) -> list[str]:
    lines = (" ".join(line.split())[:MOST_NAME] for line in text.splitlines())
    return list(dict.fromkeys(line for line in lines if line))[:most]
