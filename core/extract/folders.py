"""Checks of a model's folder before any of it is loaded.

`trust_remote_code=False` alone has been bypassed, by a nested config that sets the flag itself
(CVE-2026-5241) among others, so a folder with code, pickled weights or such a flag is refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.errors import ModelError
from core.fingerprint import digest, file_digest

UNSAFE_FILES = (".py", ".pyc", ".so", ".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt")
UNSAFE_KEYS = ("auto_map", "trust_remote_code")
KERNEL_KEYS = ("attn_implementation", "_attn_implementation", "_attn_implementation_internal")
LARGEST_CONFIG = 32 << 20  # bytes; tokenizer.json, the only larger one, is not parsed here
LARGEST_FOLDER = 10_000


def check_folder(folder: Path, *, shared: bool = False) -> None:
    """Refuse a folder that holds code, pickled weights, or a config that asks for code.

    A `shared` folder is the hub's cache, where other tools may have put files that are never
    read from here; only its configs are checked. Raises ModelError.
    """
    _check_is_model(folder)
    for path in _files(folder):
        if path.suffix.lower() in UNSAFE_FILES and not shared:
            raise ModelError(
                f"model folder {folder} holds {path.name!r}, which could run code; "
                "keep only safetensors weights and JSON files"
            )
        if path.suffix == ".json" and path.name != "tokenizer.json":
            key = _unsafe_key(read_json(path))
            if key is not None:
                raise ModelError(
                    f"{path.name} in model folder {folder} asks for code with {key!r}; "
                    "models with code of their own are not loaded"
                )


def read_json(path: Path) -> Any:
    """The parsed content of a small JSON file; ModelError when it is damaged or too large."""
    try:
        if path.stat().st_size > LARGEST_CONFIG:
            raise ModelError(f"{path.name} in model folder {path.parent} is too large to be true")
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError(
            f"{path.name} in model folder {path.parent} cannot be read: {error}"
        ) from None


def weights_digest(folder: Path) -> str:
    """sha256 of the weights: of the one file, or of the list of all with their own digests."""
    files = sorted(folder.glob("*.safetensors"))
    if len(files) == 1:
        return file_digest(files[0])
    return digest("\n".join(f"{path.name} {file_digest(path)}" for path in files).encode())


def tokenizer_digest(folder: Path) -> str:
    """sha256 over the files that decide how text becomes tokens."""
    names = ("tokenizer.json", "tokenizer_config.json", "tokenizer.model", "vocab.txt")
    files = [folder / name for name in names if (folder / name).is_file()]
    return digest("\n".join(f"{path.name} {file_digest(path)}" for path in files).encode())


def _check_is_model(folder: Path) -> None:
    if not folder.is_dir():
        raise ModelError(f"model folder {folder} is not a folder")
    if not (folder / "config.json").is_file():
        raise ModelError(f"model folder {folder} has no config.json")
    if (folder / "adapter_config.json").exists():
        # transformers would silently go on to load the base model that this file names.
        raise ModelError(f"model folder {folder} is an adapter; merge it into its model first")
    if not any(folder.glob("*.safetensors")):
        raise ModelError(
            f"model folder {folder} has no .safetensors weights; other formats are not read"
        )


def _files(folder: Path) -> Iterator[Path]:
    for number, path in enumerate(folder.rglob("*")):
        if number >= LARGEST_FOLDER:
            raise ModelError(f"model folder {folder} holds over {LARGEST_FOLDER:,} files")
        if path.is_file():
            yield path


def _unsafe_key(value: Any) -> str | None:
    """The first key anywhere in a JSON value that would make a loader run code."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            for key in UNSAFE_KEYS:
                if item.get(key):
                    return key
            for key in KERNEL_KEYS:
                if "/" in str(item.get(key)):  # names a compiled kernel on the hub
                    return key
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
    return None
