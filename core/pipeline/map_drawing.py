"""A map that is drawn outside of the live one: its rows, their colours, what the legend says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.pipeline.colouring import Groups, Scale
from core.project.raster import counted, places_in, shading
from core.records import Bools, Floats, Rows

LARGEST = 24  # groups with a colour of their own, as on the map
SEED = 0  # of the fair sample: the same rows each time

Colour = tuple[float, float, float]  # red, green, blue from 0 to 1


@dataclass(frozen=True, slots=True)
class Palette:
    """The theme's colours; `groups` has LARGEST of them, `sequences` are stops from low to high."""

    surface: Colour
    ink: Colour
    pool: Colour
    chosen: Colour
    groups: Sequence[Colour]
    sequences: dict[str, Sequence[Colour]]
    success: Colour = (0.1, 0.5, 0.3)
    warning: Colour = (0.7, 0.33, 0.04)

    def meant(self, token: str) -> Colour | None:
        """The colour of a token that means something; None for ''."""
        known = {"success": self.success, "warning": self.warning, "ink": self.ink}
        return known.get(token)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A map to be drawn: where the rows are, which are chosen, and what colours them."""

    title: str
    caption: str
    points: Floats  # (n_rows, 2)
    chosen: Rows
    shade: Groups | Scale | None = None

    @property
    def is_chosen(self) -> Bools:
        """Which rows are chosen, (n_rows,)."""
        found = np.zeros(len(self.points), dtype=np.bool_)
        found[self.chosen] = True
        return found


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the legend."""

    text: str
    colour: Colour


def fair_sample(drawing: Drawing, most: int) -> Rows:
    """At most `most` rows, drawn uniformly with a fixed seed; the chosen have half the room."""
    rng = np.random.default_rng(SEED)
    shuffled = rng.permutation(len(drawing.points))
    is_chosen = drawing.is_chosen[shuffled]
    picked = shuffled[is_chosen][: max(most // 2, most - int((~is_chosen).sum()))]
    rest = shuffled[~is_chosen][: most - len(picked)]
    return np.concatenate([rest, picked])


def row_colours(drawing: Drawing, palette: Palette) -> Floats:
    """The colour of every row as a pool row, (n_rows, 3); grey where nothing colours it."""
    grey = np.tile(np.asarray(palette.pool, dtype=np.float32), (len(drawing.points), 1))
    shade = drawing.shade
    if isinstance(shade, Groups):
        for colour, label in _coloured(shade, palette):
            grey[shade.labels == label] = colour
    elif shade is not None:
        stops = np.asarray(palette.sequences.get(shade.palette, palette.sequences["viridis"]))
        at = np.linspace(0, 1, len(stops))
        mixed = np.column_stack([np.interp(shade.values, at, stops[:, part]) for part in range(3)])
        grey[shade.there] = mixed[shade.there]
    return grey


def legend(drawing: Drawing, palette: Palette) -> list[Entry]:
    """What the colours say: chosen and pool, then the groups by size or the ends of the scale."""
    n_chosen = len(drawing.chosen)
    said = [Entry(f"pool, {len(drawing.points):,} examples", palette.pool)]
    if n_chosen:
        said.append(Entry(f"chosen, {n_chosen:,}", mark_colour(drawing, palette)))
    shade = drawing.shade
    if isinstance(shade, Groups):
        largest = _coloured(shade, palette)
        said += [Entry(shade.names[label], colour) for colour, label in largest]
        if len(shade.names) > len(largest) and not shade.meanings:
            said.append(Entry(f"other ({len(shade.names) - len(largest)} more)", palette.pool))
    elif shade is not None:
        stops = palette.sequences.get(shade.palette, palette.sequences["viridis"])
        said += [Entry(f"{shade.title}: {shade.low}", stops[0]), Entry(shade.high, stops[-1])]
    return said


def mark_colour(drawing: Drawing, palette: Palette) -> Colour:
    """What marks a chosen row: the accent, or ink where colour says something else."""
    return palette.chosen if drawing.shade is None else palette.ink


def density_layer(drawing: Drawing, palette: Palette, width: int, height: int) -> Floats:
    """How many rows lie where, as (height, width, 4) red, green, blue, alpha from 0 to 1."""
    ink = shading(counted(places_in(drawing.points, width, height, margin=0), width, height))
    tint = np.broadcast_to(np.asarray(palette.pool, dtype=np.float32), (height, width, 3))
    return np.dstack([tint, ink * 0.9])


def _coloured(shade: Groups, palette: Palette) -> list[tuple[Colour, int]]:
    """The labels that have a colour, each with it; meanings go before size."""
    if not shade.meanings:
        return list(zip(palette.groups, _largest(shade), strict=False))
    own = [palette.meant(token) or palette.groups[at] for at, token in enumerate(shade.meanings)]
    return [(own[label], label) for label in sorted(_largest(shade))]


def _largest(shade: Groups) -> list[int]:
    sizes = np.bincount(shade.labels[shade.labels >= 0], minlength=len(shade.names))
    ranked = np.lexsort((np.arange(len(sizes)), -sizes))
    return [int(label) for label in ranked[:LARGEST] if sizes[label]]
