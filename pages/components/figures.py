"""Numbers on a page, each with what it is to be compared with right below it."""

from __future__ import annotations

from streamlit.delta_generator import DeltaGenerator

TALL, LOW = 92, 65  # px that a number takes with and without its second line, also on its way


def beside(
    place: DeltaGenerator, title: str, value: str, compared: str, *, about: str | None = None
) -> None:
    """One number with its quiet second line; `about` gives formula, direction and source."""
    place.metric(
        title, value, compared, delta_color="off", delta_arrow="off", help=about, height=TALL
    )


def alone(place: DeltaGenerator, title: str, value: str, *, about: str | None = None) -> None:
    """One number with nothing to compare it with."""
    place.metric(title, value, help=about, height=LOW)
