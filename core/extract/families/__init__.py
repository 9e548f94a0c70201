"""Architectures the pass can read; one small file each, registered here by name."""

from core.errors import ModelError
from core.extract.families.bert import BERT
from core.extract.families.family import Family
from core.extract.families.llama import LLAMA
from core.registry import Registry

FAMILIES: Registry[Family] = Registry("model family")
for _family in (BERT, LLAMA):
    FAMILIES.add(_family.name, _family)


def family_of(model_type: str) -> Family:
    """The family that reads a `model_type` of a config.json; ModelError names those known."""
    families = [FAMILIES.get(name) for name in FAMILIES]
    for family in families:
        if model_type in family.model_types:
            return family
    known = ", ".join(name for family in families for name in family.model_types)
    raise ModelError(f"models of type {model_type!r} cannot be read yet; readable are: {known}")
