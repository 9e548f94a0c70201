"""Where rows come from: one name for a local file or a dataset of the hub, opened or identified."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from core.data.formats import READERS, format_of
from core.data.hub import HubSnapshot, hub_reference, load_snapshot, look_up, read_loaded
from core.data.opening import opened, regular_file
from core.data.rows import Rejected, Row
from core.errors import DataError
from core.fingerprint import canonical_json, digest, file_digest


@dataclass(frozen=True, slots=True)
class Reading:
    """A source being read."""

    identity: dict[str, Any]  # as `source_identity` gives it
    rows: Iterator[Row | Rejected]
    fraction: Callable[[int], float]  # rows read so far -> share done, 0 to 1


@contextmanager
def reading(source: str) -> Iterator[Reading]:
    """Open a source; DataError says in one line why it cannot be."""
    reference = hub_reference(source)
    if reference is not None:
        snapshot = look_up(reference)
        loaded = load_snapshot(snapshot)
        n_rows = max(len(loaded), 1)
        rows = read_loaded(loaded, source)
        yield Reading(_hub_identity(snapshot), rows, lambda n_read: n_read / n_rows)
        return
    path = local_path(source)
    read = READERS.get(format_of(path))
    with opened(path) as file:
        yield Reading(_file_identity(path), read(file), file.fraction)


def source_identity(source: str) -> dict[str, Any]:
    """Name, size in bytes and sha256 of a source, without reading a record of it.

    Of a hub dataset: its name without the revision, a size of None, the sha256 over name, config,
    split and commit, and as `revision` the commit that it stands for now.
    """
    reference = hub_reference(source)
    if reference is not None:
        return _hub_identity(look_up(reference))
    return _file_identity(local_path(source))


def pinned(identity: Mapping[str, Any]) -> str:
    """The source that means the same bytes at any later time, as far as a name can.

    A hub dataset with its commit as revision; of a file just the name.
    """
    reference = hub_reference(identity["name"]) if identity.get("revision") else None
    if reference is None:
        return str(identity["name"])
    return replace(reference, revision=identity["revision"]).spelled


def source_names(sources: Sequence[str]) -> list[str]:
    """What the `source` column says: file names and hub labels, numbered where two are alike.

    Never a folder, so that the pool depends on what was read and not on where it lay.
    """
    references = [hub_reference(source) for source in sources]
    names = [
        reference.label if reference else Path(source).name
        for reference, source in zip(references, sources, strict=True)
    ]
    return [
        f"{name} ({seen + 1})" if (seen := names[:i].count(name)) else name
        for i, name in enumerate(names)
    ]


def local_path(source: str) -> Path:
    """The path that a source names; DataError for an address of the web."""
    if "://" in source:
        raise DataError(
            f"{source[:80]!r} is an address; download the file, or name a hub dataset as org/name"
        )
    return Path(source).expanduser()


def _file_identity(path: Path) -> dict[str, Any]:
    size = regular_file(path).st_size
    try:
        return {"name": path.name, "size": size, "sha256": file_digest(path)}
    except OSError as error:
        raise DataError(f"cannot read {path.name!r}: {error.strerror or error}") from None


def _hub_identity(snapshot: HubSnapshot) -> dict[str, Any]:
    reference = snapshot.reference
    named: list[str | None] = [reference.name, reference.config, reference.split, snapshot.commit]
    return {
        "name": reference.label,
        "size": None,
        "sha256": digest(canonical_json(named).encode()),
        "revision": snapshot.commit,
    }
