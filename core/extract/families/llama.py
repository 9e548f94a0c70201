"""Llama's shape: pre-norm decoders with a gated feed-forward layer (Llama, Mistral, Qwen)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from core.extract.families.family import Family

if TYPE_CHECKING:
    from torch.nn import Module


def blocks(model: Module) -> Sequence[Module]:
    """The blocks, in order; their outputs come before the final norm."""
    return cast("Sequence[Module]", model.get_submodule("layers"))


def neuron_reader(block: Module) -> Module:
    """The projection that reads SiLU(gate) * up, the default neurons of MADS (our reading)."""
    return block.get_submodule("mlp.down_proj")


LLAMA = Family(
    name="llama",
    model_types=("llama", "mistral", "qwen2", "qwen3"),
    neurons="gated product SiLU(gate) * up that enters down_proj",
    blocks=blocks,
    neuron_reader=neuron_reader,
)
