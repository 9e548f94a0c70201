"""BERT: the encoder behind all-MiniLM-L6-v2."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from core.extract.families.family import Family

if TYPE_CHECKING:
    from torch.nn import Module


def blocks(model: Module) -> Sequence[Module]:
    """The blocks, in order."""
    return cast("Sequence[Module]", model.get_submodule("encoder.layer"))


def neuron_reader(block: Module) -> Module:
    """The projection that reads the GELU outputs of the intermediate layer."""
    return block.get_submodule("output.dense")


BERT = Family(
    name="bert",
    model_types=("bert",),
    neurons="output of the GELU in the feed-forward layer",
    blocks=blocks,
    neuron_reader=neuron_reader,
    load_options={"add_pooling_layer": False},
)
