"""A map as a PNG to keep: every row drawn, with title, legend and caption."""

from __future__ import annotations

import io

import numpy as np

from core.pipeline.map_drawing import Colour, Drawing, Palette, legend, mark_colour, row_colours
from core.project.raster import counted, over, places_in, shading, stamped
from core.records import Floats

PNG_SIZE = (2000, 1500)  # px
RADIUS, CHOSEN_RADIUS, RIM = 2.2, 4.2, 1.4  # px, at a few ten thousand rows
MANY = 50_000  # rows from which pool points shrink
POOL_ALPHA = 0.28
DENSITY_ALPHA = 0.35
BLOCK = 4  # px; density is counted in blocks, not smoothed
SIDE, LINE = 40, 38  # px between the writing and the edge, and from line to line
WIDE = 0.76  # share of the width that the map takes; the legend stands at its right


def png(drawing: Drawing, palette: Palette, size: tuple[int, int] = PNG_SIZE) -> bytes:
    """The map as a PNG with title, legend and caption; every row is drawn."""
    width, height = size
    picture = _points_picture(drawing, palette, width, height)
    return _written(picture, drawing, palette)


def _points_picture(drawing: Drawing, palette: Palette, width: int, height: int) -> Floats:
    picture: Floats = np.tile(np.asarray(palette.surface, dtype=np.float32), (height, width, 1))
    if not len(drawing.points):
        return picture
    top = 3 * LINE
    places = places_in(drawing.points, int(width * WIDE), height - 2 * top)
    places[:, 1] += top
    picture = over(picture, np.asarray(palette.pool), DENSITY_ALPHA * _soft(places, width, height))
    colours, is_chosen = row_colours(drawing, palette), drawing.is_chosen
    radius = RADIUS * min(1.0, (MANY / max(len(places), 1)) ** 0.25)
    alpha = POOL_ALPHA if drawing.shade is None else 2 * POOL_ALPHA
    picture = _discs(picture, places[~is_chosen], colours[~is_chosen], radius, alpha)
    rim, mark = _rim(drawing, palette), mark_colour(drawing, palette)
    marked = (
        colours[is_chosen] if drawing.shade is not None else np.tile(mark, (is_chosen.sum(), 1))
    )
    rims = np.tile(rim, (len(marked), 1))
    picture = _discs(picture, places[is_chosen], rims, CHOSEN_RADIUS, 1.0)
    return _discs(picture, places[is_chosen], marked, CHOSEN_RADIUS - RIM, 1.0)


def _soft(places: Floats, width: int, height: int) -> Floats:
    blocks: Floats = np.divide(places, BLOCK, dtype=np.float32)
    coarse = shading(counted(blocks, -(-width // BLOCK), -(-height // BLOCK)))
    return np.repeat(np.repeat(coarse, BLOCK, axis=0), BLOCK, axis=1)[:height, :width]


def _discs(picture: Floats, places: Floats, colours: Floats, radius: float, alpha: float) -> Floats:
    """Discs of their own colours; where several meet, their mean, and more ink."""
    if not len(places):
        return picture
    height, width = picture.shape[:2]
    weighed = np.column_stack([colours, np.ones(len(places))]).astype(np.float32)
    summed = stamped(places, width, height, radius, weighed)
    cover = summed[..., 3]
    mean = summed[..., :3] / np.maximum(cover, 1e-6)[..., None]
    ink = np.minimum(cover, 1.0) if alpha >= 1 else 1 - (1 - alpha) ** cover
    return over(picture, mean.astype(np.float32), ink.astype(np.float32))


def _rim(drawing: Drawing, palette: Palette) -> Colour:
    return palette.surface if drawing.shade is None else palette.ink


def _written(picture: Floats, drawing: Drawing, palette: Palette) -> bytes:
    from PIL import Image, ImageDraw, ImageFont

    image = Image.fromarray((np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8))
    pen = ImageDraw.Draw(image)
    ink = _whole(palette.ink)
    pen.text((SIDE, SIDE), drawing.title, fill=ink, font=ImageFont.load_default(34))
    small = ImageFont.load_default(22)
    pen.text((SIDE, image.height - SIDE - 24), drawing.caption, fill=ink, font=small)
    left = int(image.width * (WIDE + 0.01))
    for line, entry in enumerate(legend(drawing, palette)):
        y = 3 * LINE + line * LINE
        pen.ellipse((left, y + 5, left + 16, y + 21), fill=_whole(entry.colour))
        pen.text((left + 30, y), _fitting(entry.text), fill=ink, font=small)
    written = io.BytesIO()
    image.save(written, format="PNG", optimize=True)
    return written.getvalue()


def _fitting(text: str, most: int = 36) -> str:
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"


def _whole(colour: Colour) -> tuple[int, int, int]:
    red, green, blue = (round(255 * part) for part in colour)
    return red, green, blue
