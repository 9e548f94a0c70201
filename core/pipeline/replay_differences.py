"""What differs between a manifest and its replay: the first ingredient, with both values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from core.errors import DataError
from core.export.manifest import Manifest
from core.pipeline.decisions import decided
from core.pipeline.exports import ancestors, identity
from core.pipeline.rows_to_export import log_sha256
from core.versions import library_versions
from core.workspace import Artifact, Workspace

SHOWN = 80  # characters of a value in a message
NAMES = {
    "model.weights": "model files (sha256 of the weights)",
    "model.tokenizer": "model files (sha256 of the tokenizer)",
    "model.config": "model files (sha256 of the configuration)",
    "model.id": "model",
    "model.dtype": "number format",
    "identity": "SAE hash",
    "target_share": "threshold",
    "value": "threshold",
    "quantile": "threshold",
    "seed": "seed",
}
FIRST = tuple(NAMES)
"""Parts of a recipe that people know by another name; they are looked at before the others."""


def differs(ingredient: str, expected: object, seen: object) -> DataError:
    """The one line that says what differs."""
    return DataError(
        f"the replay differs at the {ingredient}: the manifest says {_shown(expected)} "
        f"and here it is {_shown(seen)}"
    )


def check_recipe(step: str, expected: Mapping[str, Any], made: Mapping[str, Any]) -> None:
    """Raise DataError for the first part in which two recipes of a step differ.

    The program's version of the step comes before its options, which are another program's; what
    it was made from comes last, since that was compared when it was made.
    """
    for name, one, other in _parts(expected, made):
        if one != other:
            raise differs(f"{NAMES.get(name, name.replace('_', ' '))} of the {step}", one, other)


def check_model(expected: Mapping[str, Any], seen: Mapping[str, Any]) -> None:
    """Raise DataError where another model was opened than the readings were made with."""
    for name in ("weights", "tokenizer", "config", "dtype"):
        if expected.get(name) != seen.get(name):
            raise differs(NAMES[f"model.{name}"], expected.get(name), seen.get(name))


def explain(workspace: Workspace, manifest: Manifest, selection: Artifact, seen: str) -> DataError:
    """Why a replay whose recipes are the same came to other bytes; `seen` is their sha256.

    The first artifact that is damaged or holds other bytes is named, with the library that
    differs between then and now; then the libraries that write the file.
    """
    made = ancestors(workspace, selection)
    for kind, artifact in made.items():
        damage = artifact.damage()
        if damage:
            return DataError(f"the replay differs at the {kind}: {damage}")
        then, now = manifest.artifacts.get(kind), identity(artifact)
        if then and then.get("sha256") != now["sha256"]:
            told = differs(f"bytes of the {kind}", then.get("sha256"), now["sha256"])
            library = next(_changed(then.get("libraries", {}), now["libraries"]), None)
            return DataError(f"{told}{_library(library)}")
    library = next(_changed(manifest.versions, library_versions()), None)
    told = differs(f"bytes of {manifest.data_file} (sha256)", manifest.data_sha256, seen)
    return DataError(f"{told}{_library(library)}")


def remarks(workspace: Workspace, manifest: Manifest) -> list[str]:
    """What differs from then and changed nothing in the file."""
    told = [
        f"{name} was {one} and is {other}; the file is the same"
        for name, one, other in _changed(manifest.versions, library_versions())
    ]
    return [*told, *_decisions(workspace, manifest)]


def _decisions(workspace: Workspace, manifest: Manifest) -> Iterator[str]:
    """Whether the decisions of then are those of this workspace; the manifest's are used."""
    then, state = manifest.decisions, decided(workspace)
    if not then.number:
        return
    if not state.number:
        yield f"this workspace holds no decisions; the {then.number:,} of the manifest were used"
        return
    seen = log_sha256(state, then.number)
    if seen != then.log_sha256:
        yield (
            f"the first {then.number:,} decisions of this workspace are others (sha256 "
            f"{_shown(then.log_sha256)} in the manifest, {_shown(seen)} here); "
            "those of the manifest were used"
        )
    elif state.number > then.number:
        yield f"{state.number - then.number:,} decisions came later and were not used"


def _parts(
    expected: Mapping[str, Any], made: Mapping[str, Any]
) -> Iterator[tuple[str, object, object]]:
    yield "step", expected.get("step"), made.get("step")
    one, other = (_flat(recipe.get("config", {})) for recipe in (expected, made))
    for name in FIRST:
        yield name, one.get(name), other.get(name)
    yield "program version", expected.get("version"), made.get("version")
    for name in {**one, **other}:
        yield name, one.get(name), other.get(name)
    for kind in {**expected.get("parents", {}), **made.get("parents", {})}:
        yield kind, expected.get("parents", {}).get(kind), made.get("parents", {}).get(kind)


def _flat(value: Mapping[str, Any], head: str = "") -> dict[str, object]:
    found: dict[str, object] = {}
    for name, item in value.items():
        if isinstance(item, Mapping):
            found |= _flat(item, f"{head}{name}.")
        else:
            found[f"{head}{name}"] = item
    return found


def _changed(then: Mapping[str, str], now: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    for name in {**then, **now}:
        if then.get(name) != now.get(name):
            yield name, then.get(name, "not installed"), now.get(name, "not installed")


def _library(changed: tuple[str, str, str] | None) -> str:
    if changed is None:
        return "; the libraries are the same, so the machine or the program is another"
    name, then, now = changed
    return f"; {name} was {then} and is {now}"


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
