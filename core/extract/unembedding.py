"""How a decoder turns its residual stream into words: final norm and unembedding, read by parts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import ModelError
from core.extract.families import family_of
from core.extract.folders import read_json
from core.extract.sources import MINILM_NAMES, find_model
from core.records import Floats

BLOCK = 1 << 13  # tokens of the vocabulary in memory at once
NORM, HEAD, EMBEDDING = "norm.weight", "lm_head.weight", "embed_tokens.weight"
DECODERS = ("llama",)


@dataclass(frozen=True, slots=True)
class Unembedding:
    """The unembedding of a decoder, left on disk, with the weight of the norm before it."""

    norm: Floats  # (d_model,)
    n_tokens: int
    path: Path  # the safetensors file that holds it
    name: str  # its tensor there, (n_tokens, d_model)
    tokenizer: Any

    def blocks(self) -> Iterator[Floats]:
        """Its rows in order, as float32, (at most BLOCK, d_model)."""
        from safetensors import safe_open

        with safe_open(self.path, framework="pt") as stored:
            rows = stored.get_slice(self.name)
            for start in range(0, self.n_tokens, BLOCK):
                yield rows[start : start + BLOCK].float().numpy()

    def word(self, token: int) -> str:
        """A token as text; its own name where it is none by itself, as a part of a character."""
        text = str(self.tokenizer.decode([token], skip_special_tokens=False))
        return text if text and "\ufffd" not in text else self.tokenizer.id_to_token(token) or text


def is_known_encoder(model_id: str) -> bool:
    """Whether a model is known to predict no words without opening it."""
    return model_id in MINILM_NAMES


def read_unembedding(model_id: str, weights: str) -> Unembedding | None:
    """The unembedding of the model with these weights (sha256), or None where it has none.

    Raises ModelError when the model is not here, is damaged, or has other weights.
    """
    source = find_model(model_id)
    if source.weights != weights:
        raise ModelError(
            f"{model_id} has other weights than the model of the readings in use; put the earlier "
            "one back, or extract again"
        )
    config = read_json(source.folder / "config.json")
    if family_of(str(config.get("model_type"))).name not in DECODERS:
        return None
    places = _places(source.folder)
    head = places.get(HEAD) or (places.get(EMBEDDING) if _is_tied(config) else None)
    norm = places.get(NORM)
    if head is None or norm is None:
        return None
    return _opened(source.folder, head, norm)


def _is_tied(config: Any) -> bool:
    return bool(config.get("tie_word_embeddings", False))


def _places(folder: Path) -> dict[str, tuple[Path, str]]:
    """Where each of the three tensors lies; a base model saves them without 'model.'."""
    from safetensors import SafetensorError, safe_open

    found: dict[str, tuple[Path, str]] = {}
    for path in sorted(folder.glob("*.safetensors")):
        try:
            with safe_open(path, framework="numpy") as stored:
                for name in stored.keys():  # noqa: SIM118 - no mapping, it has only keys()
                    short = name.removeprefix("model.")
                    if short in (NORM, HEAD, EMBEDDING):
                        found[short] = (path, name)
        except (SafetensorError, OSError) as error:
            raise ModelError(f"{path} is damaged: {error}; get it again") from error
    return found


def _opened(folder: Path, head: tuple[Path, str], norm: tuple[Path, str]) -> Unembedding:
    from safetensors import safe_open

    with ExitStack() as files:
        weight = files.enter_context(safe_open(norm[0], framework="pt")).get_tensor(norm[1])
        rows = files.enter_context(safe_open(head[0], framework="pt")).get_slice(head[1])
        n_tokens, width = rows.get_shape()
    if width != len(weight):
        raise ModelError(f"the unembedding in {folder} is {width} wide, the norm {len(weight)}")
    tokenizer = _tokenizer(folder)
    return Unembedding(
        np.asarray(weight.float().numpy(), dtype=np.float32),
        min(int(n_tokens), int(tokenizer.get_vocab_size())),  # rows beyond it are padding
        head[0],
        head[1],
        tokenizer,
    )


def _tokenizer(folder: Path) -> Any:
    from tokenizers import Tokenizer

    try:
        return Tokenizer.from_file(str(folder / "tokenizer.json"))
    except Exception as error:  # tokenizers raises bare Exception for a damaged file
        raise ModelError(f"the tokenizer in {folder} cannot be read: {error}") from None
