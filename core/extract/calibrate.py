"""Settles what a configuration leaves open, once, before the first shard."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from core.errors import RequestError
from core.extract.config import ExtractConfig
from core.extract.hookpoints import hookpoint_of, layer_of

if TYPE_CHECKING:
    from core.extract.models import LanguageModel

CPU_TOKENS = 2_048
"""Fastest of 1,024 to 16,384 with MiniLM on two cores: more only pads and spills the caches."""

FEWEST_TOKENS, MOST_TOKENS = 2_048, 65_536
GPU_SHARE = 0.25
"""Share of the memory beside the weights that one batch may take; out of memory splits it."""


def settle(model: LanguageModel, config: ExtractConfig) -> ExtractConfig:
    """The configuration with hookpoint, length and batch size filled in and checked.

    The answer depends on model and device alone, so that a resumed run finds its recipe again.
    Raises RequestError for a hookpoint or length that the model does not have.
    """
    shape = model.architecture
    length = model.max_length if config.max_length is None else config.max_length
    if length > shape.max_positions:
        raise RequestError(
            f"max_length {length} is more than the {shape.max_positions} positions of this model"
        )
    tokens = config.tokens_per_batch
    return dataclasses.replace(
        config,
        hookpoint=hookpoint_of(layer_of(config.hookpoint, shape.n_layers)),
        max_length=length,
        tokens_per_batch=_tokens_per_batch(model) if tokens is None else tokens,
    )


def _tokens_per_batch(model: LanguageModel) -> int:
    """A power of two of tokens whose largest intermediate tensors fit the device."""
    if model.device.type != "cuda":
        return CPU_TOKENS
    import torch

    shape, size = model.architecture, model.dtype.itemsize
    weights = sum(p.numel() * p.element_size() for p in model.module.parameters())
    room = torch.cuda.get_device_properties(model.device).total_memory - weights
    # A block holds about 6 tensors of d_model and 4 of d_ff (gate, up, product, masked copy).
    fitting = int(GPU_SHARE * max(room, 0) / (size * (6 * shape.d_model + 4 * shape.d_ff)))
    return max(FEWEST_TOKENS, min(MOST_TOKENS, 1 << max(fitting, 1).bit_length() - 1))
