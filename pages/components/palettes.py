"""The theme's colours as numbers, for maps that are drawn outside of the browser's live one."""

from __future__ import annotations

import streamlit as st

from core.pipeline.map_drawing import LARGEST, Colour, Palette

VIRIDIS = "440154 482878 3e4989 31688e 26828e 1f9e89 35b779 6ece58 b5de2b fde725"
INK_STEPS = (0.0, 0.3, 0.5)  # ink, the eighth hue, steps towards the surface
STEPS = {"light": (0.0, -0.35, 0.45), "dark": (0.0, 0.45, -0.3)}  # as in assets/map/colours.js


def palette() -> Palette:
    """The palette of the theme in which the page is seen."""
    kind = "dark" if st.context.theme.type == "dark" else "light"
    hues = [hexed(text) for text in st.get_option(f"theme.{kind}.chartCategoricalColors")]
    ink, surface = _option(kind, "textColor"), _option(kind, "backgroundColor")
    ordered: list[Colour] = []
    for step, ink_step in zip(STEPS[kind], INK_STEPS, strict=True):
        ordered += [stepped(hue, step) for hue in hues[:-1]]
        ordered.append(mixed(ink, surface, ink_step))
    return Palette(
        surface=surface,
        ink=ink,
        pool=_option(kind, "grayColor"),
        chosen=_option(kind, "linkColor"),
        groups=ordered[:LARGEST],
        success=_option(kind, "greenColor"),
        warning=_option(kind, "orangeColor"),
        sequences={
            "viridis": [hexed(text) for text in VIRIDIS.split()],
            "cividis": _options(kind, "chartSequentialColors"),
            "difference": _options(kind, "chartDivergingColors"),
        },
    )


def hexed(text: str) -> Colour:
    """'#1f5fcc' as shares of red, green and blue."""
    number = int(text.removeprefix("#"), 16)
    return (number >> 16) / 255, (number >> 8 & 255) / 255, (number & 255) / 255


def css(colour: Colour) -> str:
    """The same as '#1f5fcc'."""
    return "#" + "".join(f"{round(255 * part):02x}" for part in colour)


def stepped(colour: Colour, step: float) -> Colour:
    """A hue darker (step below 0) or lighter."""
    return mixed(colour, (0.0, 0.0, 0.0) if step < 0 else (1.0, 1.0, 1.0), abs(step))


def mixed(colour: Colour, end: Colour, share: float) -> Colour:
    """A colour on its way to another."""
    red, green, blue = (a + (b - a) * share for a, b in zip(colour, end, strict=True))
    return red, green, blue


def _option(kind: str, name: str) -> Colour:
    return hexed(str(st.get_option(f"theme.{kind}.{name}")))


def _options(kind: str, name: str) -> list[Colour]:
    return [hexed(text) for text in st.get_option(f"theme.{kind}.{name}")]
