"""A language model without its vocabulary projection, loaded from safetensors and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import ModelError
from core.extract.families import family_of
from core.extract.families.family import Family
from core.extract.folders import read_json, tokenizer_digest
from core.extract.quiet import quiet_transformers
from core.extract.sources import Source, find_model
from core.fingerprint import canonical_json, digest

if TYPE_CHECKING:
    import torch
    from torch.nn import Module

LONGEST_DEFAULT = 2_048
"""Tokens read of an example by default, as SAE training contexts are; fewer where trained so."""

LOADING_ERRORS = (OSError, ValueError, RuntimeError, LookupError, TypeError, ImportError)

POOLING = {"pooling_mode_mean_tokens": "trained-mean", "pooling_mode_cls_token": "trained-cls"}


@dataclass(frozen=True, slots=True)
class Architecture:
    """The shape of a model."""

    family: str
    n_layers: int
    d_model: int
    d_ff: int
    max_positions: int

    @property
    def n_neurons(self) -> int:
        """Feed-forward units of all layers; unit m of layer l is number l * d_ff + m."""
        return self.n_layers * self.d_ff


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """A model ready to be read.

    `embedding` is `trained-mean` or `trained-cls` where a sentence encoder says how it was
    trained to be pooled, else `text-mean`. `identity` goes into the recipe of what it reads.
    """

    module: Module
    tokenizer: Any
    family: Family
    architecture: Architecture
    max_length: int
    embedding: str
    device: torch.device
    dtype: torch.dtype
    identity: Mapping[str, str]

    @property
    def blocks(self) -> Sequence[Module]:
        """The transformer blocks, in order."""
        return self.family.blocks(self.module)


def load_model(model_id: str, *, device: torch.device, dtype: torch.dtype) -> LanguageModel:
    """Load the base model and tokenizer of `minilm`, a local folder, or a hub id.

    Only safetensors are read, and no code of the model's own ever runs. Raises ModelError when
    the model is unknown, unsafe, damaged, of an unknown family, or too large for the device.
    """
    source = find_model(model_id)
    config = _read_config(source.folder)
    family = family_of(str(config.get("model_type")))
    architecture = _architecture(family, config)
    with quiet_transformers():
        tokenizer = _load_tokenizer(source)
        module = _load_module(source, family, device=device, dtype=dtype)
    return LanguageModel(
        module=module,
        tokenizer=tokenizer,
        family=family,
        architecture=architecture,
        max_length=_max_length(source.folder, architecture, tokenizer),
        embedding=_embedding(source.folder),
        device=device,
        dtype=dtype,
        identity={
            "id": source.model_id,
            "weights": source.weights,
            "tokenizer": tokenizer_digest(source.folder),
            "config": digest(canonical_json(config).encode()),
            "dtype": str(dtype).removeprefix("torch."),
        },
    )


def _read_config(folder: Path) -> dict[str, Any]:
    config = read_json(folder / "config.json")
    if not isinstance(config, dict):
        raise ModelError(f"config.json in model folder {folder} is not a JSON object")
    return config


def _architecture(family: Family, config: Mapping[str, Any]) -> Architecture:
    names = ("num_hidden_layers", "hidden_size", "intermediate_size", "max_position_embeddings")
    for name in names:
        size = config.get(name)
        if not isinstance(size, int) or isinstance(size, bool) or size < 1:
            raise ModelError(f"config.json of the model gives {name} as {size!r}; it must be >= 1")
    return Architecture(family.name, *(int(config[name]) for name in names))


def _load_tokenizer(source: Source) -> Any:
    from transformers import AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(
            source.folder, local_files_only=True, trust_remote_code=False
        )
    except Exception as error:  # tokenizers raises bare Exception for a damaged file
        raise _damaged(source, "tokenizer", error) from None
    if not getattr(tokenizer, "is_fast", False):
        raise ModelError(
            f"model {source.model_id!r} has no tokenizer.json; it is needed to place tokens in text"
        )
    return tokenizer


def _load_module(
    source: Source, family: Family, *, device: torch.device, dtype: torch.dtype
) -> Module:
    from safetensors import SafetensorError
    from transformers import AutoModel

    try:
        module, loading = AutoModel.from_pretrained(
            source.folder,
            dtype=dtype,
            use_safetensors=True,
            trust_remote_code=False,
            local_files_only=True,
            attn_implementation="sdpa",
            output_loading_info=True,
            **family.load_options,
        )
        module = module.to(device).eval().requires_grad_(False)
    except (*LOADING_ERRORS, SafetensorError) as error:
        raise _damaged(source, "weights", error) from None
    missing = sorted(loading["missing_keys"])
    if missing:
        # transformers would fill them with random numbers and go on.
        raise ModelError(
            f"the weights of model {source.model_id!r} lack {len(missing)} tensors, "
            f"the first is {missing[0]!r}; fetch the model again"
        )
    loaded: Module = module
    return loaded


def _damaged(source: Source, part: str, error: Exception) -> ModelError:
    reason = (str(error).strip() or type(error).__name__).splitlines()[0][:200]
    return ModelError(f"the {part} of model {source.model_id!r} cannot be loaded: {reason}")


def _max_length(folder: Path, architecture: Architecture, tokenizer: Any) -> int:
    """What a sentence encoder was trained with, else the model's own limit up to 2,048."""
    limits = [LONGEST_DEFAULT, architecture.max_positions, int(tokenizer.model_max_length)]
    trained = folder / "sentence_bert_config.json"
    if trained.is_file():
        length = read_json(trained).get("max_seq_length")
        limits += [length] if isinstance(length, int) and length > 0 else []
    return min(limits)


def _embedding(folder: Path) -> str:
    pooling = folder / "1_Pooling" / "config.json"
    modes = read_json(pooling) if pooling.is_file() else {}
    return next((name for key, name in POOLING.items() if modes.get(key)), "text-mean")
