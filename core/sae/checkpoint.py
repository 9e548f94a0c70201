"""SAE folders in sparsify's layout: cfg.json beside sae.safetensors, written and read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from core.errors import ModelError
from core.sae.info import CONFIG_NAME, WEIGHTS_NAME, SaeInfo, read_info
from core.sae.model import SparseAutoencoder

DTYPES = {"float16": torch.float16, "float32": torch.float32}


@dataclass(frozen=True, slots=True)
class LoadedSae:
    """An SAE read from its folder, in float32 and evaluation mode."""

    sae: SparseAutoencoder
    info: SaeInfo


def save_sae(
    sae: SparseAutoencoder,
    folder: Path,
    *,
    model_id: str,
    hookpoint: str,
    dtype: str = "float32",
    training: Mapping[str, Any] | None = None,
) -> SaeInfo:
    """Write `sae` into `folder`, made if absent; `training` is kept in cfg.json as it is.

    Raises ModelError when a weight is not finite in `dtype` (float16 or float32).
    """
    weights = {
        name: tensor.detach().to("cpu", DTYPES[dtype]).contiguous()
        for name, tensor in sae.state_dict().items()
    }
    _check_finite(weights, f"this SAE in {dtype}")
    config = {
        "activation": "topk",
        "d_in": sae.d_in,
        "expansion_factor": max(1, sae.n_latents // sae.d_in),
        "num_latents": sae.n_latents,
        "k": sae.k,
        "normalize_decoder": True,
        "multi_topk": False,
        "skip_connection": False,
        "transcode": False,
        "model_id": model_id,
        "hookpoint": hookpoint,
        "training": dict(training or {}),
    }
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    save_file(weights, folder / WEIGHTS_NAME, metadata={"format": "pt"})
    text = json.dumps(config, indent=1, allow_nan=False)
    (folder / CONFIG_NAME).write_text(text + "\n", encoding="utf-8")
    return read_info(folder)


def load_sae(folder: Path, *, device: torch.device | str = "cpu") -> LoadedSae:
    """Read an SAE folder; a damaged or foreign one ends in a ModelError of one line."""
    info = read_info(folder)
    weights = _weights(folder / WEIGHTS_NAME)
    shape = (info.n_latents, info.d_in)
    for name in ("encoder.weight", "W_dec"):
        if tuple(weights[name].shape) != shape:  # the other orientation, by its shape
            weights[name] = weights[name].T.contiguous()
    _check_finite(weights, str(folder))
    sae = SparseAutoencoder(info.d_in, info.n_latents, info.k)
    sae.load_state_dict(weights)
    return LoadedSae(sae.to(device).eval().requires_grad_(False), info)


def _weights(path: Path) -> dict[str, Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return {name: tensor.float() for name, tensor in load_file(path).items()}
    except (SafetensorError, OSError, ValueError) as error:
        line = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ModelError(f"{path} is damaged: {line}; get it again") from None


def _check_finite(weights: Mapping[str, Tensor], what: str) -> None:
    for name, tensor in weights.items():
        if not bool(torch.isfinite(tensor).all()):
            raise ModelError(f"{what} holds values that are not finite in {name}")
