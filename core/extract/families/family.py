"""What the pass must know of an architecture: its blocks, and where a block keeps its neurons."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch.nn import Module


@dataclass(frozen=True, slots=True)
class Family:
    """One shape of transformer.

    The residual stream after block N is the output of `blocks(model)[N]`. The neurons of a block
    are the tensor that enters `neuron_reader(block)`, (batch, tokens, d_ff).
    """

    name: str
    model_types: tuple[str, ...]
    neurons: str
    blocks: Callable[[Module], Sequence[Module]]
    neuron_reader: Callable[[Module], Module]
    load_options: Mapping[str, Any] = field(default_factory=dict)
