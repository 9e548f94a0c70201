"""Which tokens a latent fires on: a second, short pass over its own examples, kept a latent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.errors import ModelError
from core.extract import ExtractConfig, token_activations
from core.fingerprint import Recipe
from core.pipeline.arrays import load_array, save_array
from core.pipeline.models import ModelAsk, open_model
from core.pipeline.views import Features, in_use, open_features, open_pool
from core.records import Floats, Halves, Progress, Rows, silent
from core.workspace import Artifact, Workspace

if TYPE_CHECKING:
    from core.extract import LanguageModel
    from core.sae.reader import LatentReader

VERSION = 1
N_STRONGEST = 12
QUICK = 100_000_000
"""Weights of a model that is opened and read on a CPU within seconds."""


@dataclass(frozen=True, slots=True)
class TokenReader:
    """The model and the SAE of the readings in use, opened; `sae` names the latter."""

    model: LanguageModel
    encoder: LatentReader
    config: ExtractConfig
    sae: str


@dataclass(frozen=True, slots=True)
class TokenExample:
    """What one latent does on the tokens of one example.

    `band` is 0 for the strongest rows and counts the bands below from 1. `stops` and `starts`
    are characters of the text as the model reads it: all turns joined by a line feed.
    """

    row: int
    value: float  # the row's maximum, as the codes have it
    band: int
    starts: NDArray[np.int32]  # (n_tokens,)
    stops: NDArray[np.int32]  # (n_tokens,)
    activations: Halves  # (n_tokens,)


def open_reader(workspace: Workspace, named: str | None = None) -> TokenReader:
    """Open on the CPU what the readings in use were made with.

    A model from a local folder is known by its name alone, so `named` may say where it lies.
    ModelError when the model is not here, or not the one that was read.
    """
    from core.sae.checkpoint import load_sae
    from core.sae.reader import LatentReader

    readings = in_use(workspace, "readings")
    identity = readings.config["model"]
    model = open_model(ModelAsk(named or identity["id"], "cpu", identity["dtype"]))
    if model.identity["weights"] != identity["weights"]:
        raise ModelError(
            f"{named or identity['id']} has other weights than the model of the readings in use; "
            "extract again with it, or put the earlier one back"
        )
    sae = workspace.get("sae", readings.parents["sae"])
    known = {item.name for item in fields(ExtractConfig)}
    config = ExtractConfig(**{k: v for k, v in readings.config.items() if k in known})
    return TokenReader(model, LatentReader(load_sae(sae.folder).sae), config, sae.fingerprint)


def is_quick(workspace: Workspace) -> bool:
    """Whether the model of the readings in use is small enough to be opened without asking."""
    notes = in_use(workspace, "readings").notes
    block = 4 * notes["d_model"] ** 2 + 3 * notes["d_model"] * notes["d_ff"]
    return bool(notes["n_layers"] * block <= QUICK)


def latent_tokens(
    workspace: Workspace,
    latent: int,
    reader: TokenReader,
    *,
    n: int = N_STRONGEST,
    progress: Progress = silent,
) -> list[TokenExample]:
    """Token by token, the latent on its `n` strongest rows and on some of every band below.

    Made once and kept. ModelError when the reader has another SAE than the readings in use.
    """
    found = stored_tokens(workspace, latent, n=n)
    if found is not None:
        return found
    if reader.sae != in_use(workspace, "readings").parents["sae"]:
        raise ModelError("the readings in use were made with another SAE; reload the page")
    rows, bands, values = _shown(open_features(workspace), latent, n)
    texts = open_pool(workspace).texts(rows)
    read = token_activations(
        reader.model,
        texts,
        reader.config,
        encoder=reader.encoder,
        latents=[[latent]] * len(texts),
        progress=progress,
    )
    examples = [
        TokenExample(
            row=int(row),
            value=float(value),
            band=int(band),
            starts=one.offsets[:, 0],
            stops=one.offsets[:, 1],
            activations=one.activations[:, 0],
        )
        for row, band, value, one in zip(rows, bands, values, read, strict=True)
    ]
    _publish(workspace, _recipe(workspace, latent, n), examples)
    return examples


def stored_tokens(
    workspace: Workspace, latent: int, *, n: int = N_STRONGEST
) -> list[TokenExample] | None:
    """The same as kept from an earlier pass, or None."""
    found = workspace.find("tokens", _recipe(workspace, latent, n).fingerprint)
    return None if found is None else _loaded(found)


def unread_tokens(workspace: Workspace, latent: int, *, n: int = N_STRONGEST) -> list[TokenExample]:
    """The latent's examples where no model is at hand: each text whole, with no token shaded."""
    rows, bands, values = _shown(open_features(workspace), latent, n)
    texts = open_pool(workspace).texts(rows)
    return [
        TokenExample(
            row=int(row),
            value=float(value),
            band=int(band),
            starts=np.zeros(1, np.int32),
            stops=np.array([len(text)], np.int32),
            activations=np.zeros(1, np.float16),
        )
        for row, band, value, text in zip(rows, bands, values, texts, strict=True)
    ]


def _recipe(workspace: Workspace, latent: int, n: int) -> Recipe:
    parents = {"features": in_use(workspace, "features").fingerprint}
    return Recipe("tokens", VERSION, {"latent": latent, "n": n}, parents)


def _shown(features: Features, latent: int, n: int) -> tuple[Rows, Rows, Floats]:
    """Rows, bands and values: the strongest first, then the bands below in order."""
    top = features.top
    below = top.band_rows[latent]
    n_top = len(top.top_rows[latent][:n])
    rows = np.concatenate([top.top_rows[latent][:n], below.ravel()]).astype(np.int64)
    values = np.concatenate([top.top_values[latent][:n], top.band_values[latent].ravel()])
    bands = np.concatenate(
        [np.zeros(n_top, np.int64), np.repeat(np.arange(1, len(below) + 1), below.shape[1])]
    )
    there = rows >= 0
    return rows[there], bands[there], values[there].astype(np.float32)


def _publish(workspace: Workspace, recipe: Recipe, examples: Sequence[TokenExample]) -> None:
    lengths = [len(one.activations) for one in examples]
    arrays: dict[str, NDArray[np.generic]] = {
        "indptr": np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        "rows": np.array([one.row for one in examples], dtype=np.int64),
        "bands": np.array([one.band for one in examples], dtype=np.int64),
        "values": np.array([one.value for one in examples], dtype=np.float32),
        "starts": _joined([one.starts for one in examples], np.int32),
        "stops": _joined([one.stops for one in examples], np.int32),
        "activations": _joined([one.activations for one in examples], np.float16),
    }
    title = f"latent {recipe.config['latent']}, {len(examples)} examples"
    with workspace.publish("tokens", recipe, title=title) as draft:
        for name, array in arrays.items():
            save_array(draft.folder, name, array)


def _joined(parts: Sequence[NDArray[np.generic]], dtype: type[np.generic]) -> NDArray[np.generic]:
    return np.concatenate([*parts, np.empty(0, dtype)]).astype(dtype)


def _loaded(artifact: Artifact) -> list[TokenExample]:
    names = ("indptr", "rows", "bands", "values", "starts", "stops", "activations")
    arrays = {name: np.array(load_array(artifact.folder, name)) for name in names}
    cuts = arrays["indptr"][1:-1]
    parts = {name: np.split(arrays[name], cuts) for name in ("starts", "stops", "activations")}
    return [
        TokenExample(
            row=int(row),
            value=float(arrays["values"][at]),
            band=int(arrays["bands"][at]),
            starts=parts["starts"][at],
            stops=parts["stops"][at],
            activations=parts["activations"][at],
        )
        for at, row in enumerate(arrays["rows"])
    ]
