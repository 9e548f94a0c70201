"""Numbers on a page, each with what it is to be compared with right below it."""

from __future__ import annotations

from streamlit.delta_generator import DeltaGenerator


def beside(
    place: DeltaGenerator, title: str, value: str, compared: str, *, about: str | None = None
) -> None:
    """One number with its quiet second line; `about` gives formula, direction and source."""
    place.metric(title, value, compared, delta_color="off", delta_arrow="off", help=about)
