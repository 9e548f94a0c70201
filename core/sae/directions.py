"""Decoder directions of an SAE, read without torch: what each latent writes, and how alike."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import ModelError
from core.records import Floats, Halves, Rows
from core.sae.info import WEIGHTS_NAME, read_info

BLOCK = 1 << 14  # directions turned to float32 at once
TINY = float(np.finfo(np.float32).tiny)


@dataclass(frozen=True, slots=True)
class Directions:
    """Decoder rows as they are stored, and their lengths."""

    rows: Floats | Halves  # (n_latents, d_in)
    lengths: Floats  # (n_latents,)

    def unit(self, latents: Rows) -> Floats:
        """Some directions scaled to length 1, (len(latents), d_in)."""
        rows = np.asarray(self.rows[latents], dtype=np.float32)
        scaled = rows / np.maximum(self.lengths[latents], TINY)[:, None]
        return scaled.astype(np.float32)

    def cosines(self, latent: int) -> Floats:
        """The cosine of every direction with one, (n_latents,)."""
        own = self.unit(np.array([latent]))[0]
        found = np.empty(len(self.rows), dtype=np.float32)
        for start in range(0, len(found), BLOCK):
            part = slice(start, start + BLOCK)
            found[part] = np.asarray(self.rows[part], dtype=np.float32) @ own
        return np.clip(found / np.maximum(self.lengths, TINY), -1, 1)


def read_directions(folder: Path) -> Directions:
    """The decoder rows of an SAE folder; ModelError when it is damaged.

    They stay in their stored format: 131,072 x 4,096 are 1 GB as float16.
    """
    info = read_info(folder)
    rows = _decoder(folder / WEIGHTS_NAME)
    if rows.shape != (info.n_latents, info.d_in):  # the other orientation, by its shape
        rows = np.ascontiguousarray(rows.T)
    lengths = np.empty(len(rows), dtype=np.float32)
    for start in range(0, len(rows), BLOCK):
        part = np.asarray(rows[start : start + BLOCK], dtype=np.float32)
        lengths[start : start + BLOCK] = np.linalg.norm(part, axis=1)
    if not np.isfinite(lengths).all():
        raise ModelError(f"{folder} holds values that are not finite in W_dec")
    return Directions(rows, lengths)


def _decoder(path: Path) -> NDArray[Any]:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as stored:
            return np.asarray(stored.get_tensor("W_dec"))
    except TypeError:  # numpy knows no bfloat16
        from safetensors.torch import load_file

        return load_file(path)["W_dec"].float().numpy()
    except (SafetensorError, OSError, ValueError) as error:
        raise ModelError(f"{path} is damaged: {error}; get it again") from error
