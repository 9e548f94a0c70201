"""What is known of a stored SAE without loading its weights, and whether it fits a model."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.errors import ModelError
from core.fingerprint import canonical_json, digest, file_digest
from core.sae.layout import check_layout

CONFIG_NAME = "cfg.json"
WEIGHTS_NAME = "sae.safetensors"
MAX_CONFIG = 1 << 20  # bytes
UNREAD = ("transcode", "skip_connection", "signed", "embed_skip", "gram_lookup")
"""Switches of sparsify that change what the weights mean, and that we do not read."""
HOOKPOINT = re.compile(r"embed_tokens|layers\.\d+(\.\w+)?")


@dataclass(frozen=True, slots=True)
class SaeInfo:
    """The facts of one SAE folder; `identity` changes with its weights and its k."""

    d_in: int
    n_latents: int
    k: int
    identity: str  # sha256, in hex
    model_id: str | None  # None: the folder does not say
    hookpoint: str | None
    dtype: str  # as in the file: F16, BF16 or F32
    training: Mapping[str, Any] = field(default_factory=dict)


def bundled_folder() -> Path:
    """The folder of the SAE that comes with the app, for the last layer of all-MiniLM-L6-v2."""
    return Path(__file__).resolve().parents[2] / "assets" / "minilm-sae"


def read_info(folder: Path) -> SaeInfo:
    """Read and check cfg.json and the header of the weights; ModelError in one line."""
    config = _config(folder / CONFIG_NAME)
    d_in = _whole(config, "d_in", folder)
    k = _whole(config, "k", folder)
    n_latents = config.get("num_latents") or d_in * _whole(config, "expansion_factor", folder)
    if not isinstance(n_latents, int) or not 1 <= k <= n_latents:
        raise ModelError(f"{folder / CONFIG_NAME} says k = {k} of {n_latents!r} latents")
    weights = folder / WEIGHTS_NAME
    dtype = check_layout(weights, d_in=d_in, n_latents=n_latents)
    identity = digest(canonical_json({"k": k, "weights": file_digest(weights)}).encode())
    model_id = _text(config, "model_id")
    hookpoint = _text(config, "hookpoint") or _hookpoint_of(folder)
    training = config.get("training")
    return SaeInfo(
        d_in=d_in,
        n_latents=n_latents,
        k=k,
        identity=identity,
        model_id=model_id,
        hookpoint=hookpoint,
        dtype=dtype,
        training=training if isinstance(training, dict) else {},
    )


def check_fits(info: SaeInfo, model_id: str, hookpoint: str, d_in: int) -> None:
    """Refuse an SAE made for another model, place or width; what it does not say passes.

    Model ids are compared by their last part, so that a local copy of a hub model fits.
    """
    wrong = [info.d_in != d_in]
    wrong.append(info.hookpoint is not None and info.hookpoint != hookpoint)
    wrong.append(info.model_id is not None and _short(info.model_id) != _short(model_id))
    if any(wrong):
        raise ModelError(
            f"this SAE reads {info.model_id or 'an unnamed model'} at "
            f"{info.hookpoint or 'an unnamed hookpoint'} (width {info.d_in}), not {model_id} at "
            f"{hookpoint} (width {d_in}); choose an SAE made for it, or train one on the pool"
        )


def _short(model_id: str) -> str:
    return model_id.rstrip("/\\").replace("\\", "/").rsplit("/", 1)[-1].lower()


def _config(path: Path) -> Mapping[str, Any]:
    try:
        if path.stat().st_size > MAX_CONFIG:
            raise ModelError(f"{path} is larger than a megabyte; it is no SAE configuration")
        config = json.loads(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        raise ModelError(f"{path.parent} has no {path.name}; is it an SAE folder?") from None
    except OSError as error:
        raise ModelError(f"cannot read {path}: {error.strerror or error}") from None
    except (ValueError, RecursionError):
        raise ModelError(f"{path} is damaged: it is not JSON; get it again") from None
    if not isinstance(config, dict):
        raise ModelError(f"{path} is no SAE configuration: it holds {type(config).__name__}")
    if config.get("activation", "topk") != "topk":
        raise ModelError(f"{path} says activation {config['activation']!r}; only topk is read")
    for switch in UNREAD:
        if config.get(switch):
            raise ModelError(f"{path} has {switch} set; such an SAE cannot be read here")
    return config


def _whole(config: Mapping[str, Any], name: str, folder: Path) -> int:
    value = config.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ModelError(
            f"{folder / CONFIG_NAME} needs {name} as a whole number above 0; seen {value!r}"
        )
    return value


def _text(config: Mapping[str, Any], name: str) -> str | None:
    value = config.get(name)
    return value if isinstance(value, str) and value else None


def _hookpoint_of(folder: Path) -> str | None:
    return folder.name if HOOKPOINT.fullmatch(folder.name) else None
