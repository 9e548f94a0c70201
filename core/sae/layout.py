"""The header of a safetensors file, read and checked before any weight is touched."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from core.errors import ModelError

MAX_HEADER = 1 << 20  # bytes; four names need a few hundred
BYTES = {"F16": 2, "BF16": 2, "F32": 4}  # types of weights that are accepted


def check_layout(path: Path, *, d_in: int, n_latents: int) -> str:
    """Check names, types, shapes and size of sparsify's four tensors; gives their type.

    A matrix may lie in either orientation. Raises ModelError in one line.
    """
    header, n_data = _header(path)
    shapes: dict[str, Sequence[tuple[int, ...]]] = {
        "encoder.weight": ((n_latents, d_in), (d_in, n_latents)),
        "encoder.bias": ((n_latents,),),
        "W_dec": ((n_latents, d_in), (d_in, n_latents)),
        "b_dec": ((d_in,),),
    }
    tensors = {name: entry for name, entry in header.items() if name != "__metadata__"}
    if set(tensors) != set(shapes):
        seen = ", ".join(sorted(tensors)[:8]) or "nothing"
        raise ModelError(f"{path} holds {seen}; an SAE holds exactly {', '.join(shapes)}")
    needed = sum(_checked(path, name, tensors[name], shapes[name]) for name in shapes)
    if needed != n_data:
        raise ModelError(
            f"{path} is damaged: its tensors take {needed:,} bytes, {n_data:,} are there"
        )
    types = sorted({str(entry["dtype"]) for entry in tensors.values()})
    return "/".join(types)


def _header(path: Path) -> tuple[Mapping[str, Any], int]:
    """The header and the number of bytes that follow it."""
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            length = int.from_bytes(stream.read(8), "little")
            if not 2 <= length <= min(MAX_HEADER, size - 8):
                raise ModelError(
                    f"{path} is damaged or no safetensors file: its header claims {length:,} bytes"
                )
            header = json.loads(stream.read(length), object_pairs_hook=_without_repeats)
    except FileNotFoundError:
        raise ModelError(f"{path.parent} has no {path.name}; is it an SAE folder?") from None
    except OSError as error:
        raise ModelError(f"cannot read {path}: {error.strerror or error}") from None
    except (ValueError, RecursionError):
        raise ModelError(f"{path} is damaged: its header cannot be read; get it again") from None
    if not isinstance(header, dict):
        raise ModelError(f"{path} is damaged: its header is no table of tensors; get it again")
    return header, size - 8 - length


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) != len(pairs):
        raise ValueError("a name appears twice")
    return table


def _checked(path: Path, name: str, entry: Any, shapes: Sequence[tuple[int, ...]]) -> int:
    """Bytes of one tensor, once its type, shape and place agree."""
    try:
        kind, shape = entry["dtype"], tuple(entry["shape"])
        start, end = entry["data_offsets"]
        span = end - start
    except (TypeError, KeyError, ValueError):
        raise ModelError(f"{path} is damaged: its entry {name} cannot be read") from None
    if kind not in BYTES:
        raise ModelError(f"{path}: {name} is of type {kind!r}; {', '.join(BYTES)} can be read")
    if shape not in shapes:
        raise ModelError(
            f"{path}: {name} has shape {shape}, but cfg.json says {' or '.join(map(str, shapes))}"
        )
    if span != math.prod(shape) * BYTES[kind]:
        raise ModelError(f"{path} is damaged: {name} takes {span} bytes for shape {shape}")
    return math.prod(shape) * BYTES[kind]
