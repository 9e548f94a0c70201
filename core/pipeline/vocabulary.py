"""The words that a latent promotes and suppresses, where the model that was read predicts words."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.errors import ModelError, RequestError
from core.extract.unembedding import Unembedding, is_known_encoder, read_unembedding
from core.pipeline.latent_map import directions_of
from core.pipeline.views import in_use
from core.records import Floats, Rows
from core.sae.vocabulary import word_effects
from core.workspace import Workspace

SHOWN = 15
ENCODER = (
    "the model that read the pool predicts no next word, so its latents promote none; "
    "a decoder such as Llama or Qwen does"
)


@dataclass(frozen=True, slots=True)
class Word:
    """A token and how far the latent moves its logit, in standard deviations of all tokens."""

    text: str
    effect: float


Ends = tuple[tuple[Word, ...], tuple[Word, ...]]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The tokens a latent makes most and least likely when it fires."""

    promoted: tuple[Word, ...]
    suppressed: tuple[Word, ...]
    about: str  # how far it may be believed, a sentence


@dataclass(frozen=True, slots=True)
class NoVocabulary:
    """Why there are no such tokens, in a sentence without its full stop."""

    reason: str


def promoted_vocabulary(
    workspace: Workspace, latent: int, *, n: int = SHOWN
) -> Vocabulary | NoVocabulary:
    """The `n` tokens at either end of a latent's direct effect on the model's words.

    Reads the unembedding from disk the first time a latent is asked for; the model itself is not
    loaded. RequestError for a latent that does not exist.
    """
    readings = in_use(workspace, "readings")
    sae = workspace.get("sae", readings.parents["sae"])
    if not 0 <= latent < sae.notes["n_latents"]:
        raise RequestError(
            f"there is no latent {latent}; this SAE has 0 to {sae.notes['n_latents'] - 1}"
        )
    identity = readings.config["model"]
    if is_known_encoder(identity["id"]):
        return NoVocabulary(ENCODER)
    model = workspace.choices().get("model") or identity["id"]
    try:
        found = _words(sae.folder, model, identity["weights"], latent, n)
    except ModelError as error:
        return NoVocabulary(str(error))
    if found is None:
        return NoVocabulary(ENCODER)
    return Vocabulary(*found, _about(readings.config["hookpoint"], readings.notes["n_layers"]))


@functools.lru_cache(maxsize=256)
def _words(sae: Path, model: str, weights: str, latent: int, n: int) -> Ends | None:
    found = _opened(model, weights)
    if found is None:
        return None
    direction = directions_of(sae).unit(np.array([latent]))[0]
    if len(direction) != len(found.norm):
        raise ModelError(f"the SAE is {len(direction)} wide, the model {len(found.norm)}")
    effects = word_effects(direction, found.norm, found.blocks(), n)
    return (
        _named(found, effects.promoted, effects.promoted_effects),
        _named(found, effects.suppressed, effects.suppressed_effects),
    )


@functools.lru_cache(maxsize=2)
def _opened(model: str, weights: str) -> Unembedding | None:
    return read_unembedding(model, weights)


def _named(found: Unembedding, tokens: Rows, effects: Floats) -> tuple[Word, ...]:
    pairs = zip(tokens.tolist(), effects.tolist(), strict=True)
    return tuple(Word(found.word(token), effect) for token, effect in pairs)


def _about(hookpoint: str, n_layers: int) -> str:
    layer = int(hookpoint.rpartition(".")[2])
    if layer == n_layers - 1:
        return "The SAE reads the last layer, so this is all that the latent does to the next word."
    return (
        f"The SAE reads layer {layer + 1} of {n_layers}; this is its direct path to the next word, "
        "and the layers above may change it."
    )
