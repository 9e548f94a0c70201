"""The words that a latent makes more and less likely, or the sentence why there are none."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.pipeline.vocabulary import NoVocabulary, Word, promoted_vocabulary
from core.workspace import Workspace
from pages.components import words

ABOUT_EFFECT = (
    "How far the latent's direction moves the word's logit, in standard deviations over all words."
)


def show(workspace: Workspace, latent: int) -> None:
    """Both ends of its direct effect on the next word."""
    with st.spinner("Reading the words of the model"):
        found = promoted_vocabulary(workspace, latent)
    if isinstance(found, NoVocabulary):
        st.text(f"{found.reason[0].upper()}{found.reason[1:]}.")
        return
    st.caption(words.plain(found.about))
    left, right = st.columns(2)
    with left:
        _ends("makes likelier", found.promoted, f"features.words.up.{latent}")
    with right:
        _ends("makes less likely", found.suppressed, f"features.words.down.{latent}")


def _ends(title: str, found: Sequence[Word], key: str) -> None:
    st.dataframe(
        {title: [one.text for one in found], "effect": [one.effect for one in found]},
        key=key,
        hide_index=True,
        column_config={"effect": st.column_config.NumberColumn(format="%+.1f", help=ABOUT_EFFECT)},
    )
