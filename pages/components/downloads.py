"""Files to save from a page, fetched through the gate: never from Streamlit's open media folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from pages.components.declared import declare
from pages.components.offers import MAX_BYTES, Supply, offer

NAME = "coreset-atlas.download"

__all__ = ["MAX_BYTES", "Download", "show"]


@dataclass(frozen=True, slots=True)
class Download:
    """A file made when it is asked for; `version` (8 to 64 hex digits) names its content."""

    label: str
    name: str  # the browser saves it under; has the hash of the content in it
    version: str
    supply: Supply


def show(files: Sequence[Download], *, key: str) -> None:
    """A button a file."""
    declare(NAME, "download")
    made = [(file, offer(file.supply, file.version, name=file.name)) for file in files]
    asked = st.session_state.get(key)
    renewed = getattr(asked, "renew", None)
    component = st.components.v2.component(NAME, js="index.js", css="download.css")
    component(
        key=key,
        data={
            "files": [
                {"label": file.label, "name": file.name, "url": one.url, "token": one.token}
                for file, one in made
            ],
            "renewed": renewed,
        },
        on_renew_change=_nothing,
    )


def _nothing() -> None:
    """A wish for a fresh proof draws the page again, which mints one."""
