"""A question in words as a vector, by the very model and pooling that read the pool."""

from __future__ import annotations

import functools
import threading
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import ModelError, RequestError
from core.extract import ExtractConfig, read_shard
from core.pipeline.models import ModelAsk, open_model
from core.pipeline.views import in_use, open_readings
from core.records import Floats
from core.search.nearest import similarities
from core.workspace import Workspace

if TYPE_CHECKING:
    from core.extract import LanguageModel

KEPT_QUESTIONS = 256

_opening = threading.Lock()


def question_similarities(workspace: Workspace, question: str) -> Floats:
    """Cosine of every row with a question, (n_rows,).

    RequestError, in one line, where the model of the readings in use is not on this machine.
    """
    return similarities(open_readings(workspace).embeddings, embedded(workspace, question))


def embedded(workspace: Workspace, question: str) -> Floats:
    """The question as the model of the readings in use reads it, (d_model,), of length 1."""
    readings = in_use(workspace, "readings")
    place = str(workspace.choices().get("model") or readings.config["model"]["id"])
    vector = _embedded(str(workspace.root), readings.fingerprint, place, question)
    if not vector.any():
        raise RequestError("the model reads nothing in this question; ask in words")
    return vector


def is_loaded(workspace: Workspace) -> bool:
    """Whether the model that questions need has been opened in this process already."""
    readings = workspace.in_use("readings")
    return readings is not None and readings.fingerprint in _open


_open: dict[str, LanguageModel] = {}


@functools.lru_cache(maxsize=KEPT_QUESTIONS)
def _embedded(root: str, fingerprint: str, place: str, question: str) -> Floats:
    readings = Workspace(Path(root)).get("readings", fingerprint)
    model = _model(fingerprint, place, readings.config["model"])
    known = {item.name for item in fields(ExtractConfig)}
    config = ExtractConfig(**{k: v for k, v in readings.config.items() if k in known})
    shard = read_shard(model, [question], replace(config, neuron_layers="none", span="both"))
    return np.asarray(shard.embeddings[0], dtype=np.float32)


def _model(fingerprint: str, place: str, identity: Any) -> LanguageModel:
    """The model, opened once a process; one at a time is kept, since models are large."""
    with _opening:
        if fingerprint not in _open:
            try:
                model = open_model(ModelAsk(_on_this_machine(place), "cpu", identity["dtype"]))
            except ModelError as error:
                raise RequestError(f"a question needs the model of the readings: {error}") from None
            if model.identity["weights"] != identity["weights"]:
                raise RequestError(
                    f"{place} has other weights than the model of the readings in use; "
                    "extract again with it, or put the earlier one back"
                )
            _open.clear()
            _open[fingerprint] = model
        return _open[fingerprint]


def _on_this_machine(place: str) -> str:
    """The model as it is here, so that nothing is fetched for a question; RequestError if not.

    A hub model is named by the commit of the snapshot in the cache: a newer one stays where it is.
    """
    from core.extract.sources import HUB_ID, MINILM_NAMES

    parts = HUB_ID.fullmatch(place)
    if place in MINILM_NAMES or Path(place).expanduser().is_dir() or parts is None:
        return place
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        folder = snapshot_download(parts["repo"], revision=parts["revision"], local_files_only=True)
    except (LocalEntryNotFoundError, OSError, ValueError):
        raise RequestError(
            f"the model {place} is not on this machine; asking by meaning needs it"
        ) from None
    return f"{parts['repo']}@{Path(folder).name}"
