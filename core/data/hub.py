"""Datasets of the Hugging Face hub: `org/name[:config][@revision][[split]]`.

Examples: `databricks/databricks-dolly-15k`, `allenai/ai2_arc:ARC-Easy`, `org/name@v1.0`,
`org/name[train[:10%]]`. The split is `train` where none is given, and takes the slices of the
`datasets` library. Data files only: loader scripts are refused by that library.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from core.data.columnar import BATCH_ROWS, batch_rows, check_columns
from core.data.rows import Rejected, Row, shown
from core.errors import DataError

_REFERENCE = re.compile(
    r"(?P<name>[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*)"
    r"(?::(?P<config>[\w.+-]+))?"
    r"(?:@(?P<revision>[\w.-][\w./-]*))?"
    r"(?:\[(?P<split>[\w.:%+\[\]-]+)\])?",
    re.ASCII,
)
_EXTENSION = re.compile(r"\.[A-Za-z]\w*$", re.ASCII)  # `.5` of a version number is none
DEFAULT_SPLIT = "train"
_TIMEOUT = 10.0  # seconds until the hub counts as unreachable
_COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, slots=True)
class HubReference:
    """A dataset of the hub, as the person named it."""

    name: str
    config: str | None
    revision: str | None
    split: str

    @property
    def label(self) -> str:
        """The reference without its revision."""
        return replace(self, revision=None).spelled

    @property
    def spelled(self) -> str:
        """The reference as a source that means the same."""
        config = f":{self.config}" if self.config else ""
        revision = f"@{self.revision}" if self.revision else ""
        split = f"[{self.split}]" if self.split != DEFAULT_SPLIT else ""
        return f"{self.name}{config}{revision}{split}"


@dataclass(frozen=True, slots=True)
class HubSnapshot:
    """A reference with the commit that it meant when it was looked up."""

    reference: HubReference
    commit: str
    is_cached: bool  # the hub could not be reached; what lies on this machine is used


def hub_reference(source: str) -> HubReference | None:
    """The reference that a source spells, or None for what looks like a path or exists as one.

    Only `a/b` without a file extension counts, so that a mistyped path never reaches the network.
    """
    match = _REFERENCE.fullmatch(source)
    if match is None or _EXTENSION.search(match["name"]) or _exists(source):
        return None
    return HubReference(
        match["name"], match["config"], match["revision"], match["split"] or DEFAULT_SPLIT
    )


def look_up(reference: HubReference) -> HubSnapshot:
    """The commit behind the reference, from the hub or, where that is unreachable, from its cache.

    Raises DataError when there is no such dataset or revision, or neither hub nor cache has it.
    """
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError

    try:
        info = HfApi().dataset_info(
            reference.name, revision=reference.revision, timeout=_TIMEOUT, expand=["sha"]
        )
    except HfHubHTTPError as error:
        if error.response is not None and error.response.status_code < 500:
            at = f" at revision {shown(reference.revision)}" if reference.revision else ""
            raise DataError(
                f"the hub has no dataset {shown(reference.name)}{at} that you may read "
                f"(HTTP {error.response.status_code}); check the name, or log in to the hub"
            ) from None
        return _cached(reference, error)
    except _hub_errors() as error:
        return _cached(reference, error)
    return HubSnapshot(reference, _commit(info.sha, reference), is_cached=False)


def load_snapshot(snapshot: HubSnapshot) -> Any:
    """The split as a `datasets.Dataset` in Arrow format, downloaded once and then cached."""
    import datasets

    reference = snapshot.reference
    try:
        with _quiet():
            loaded = datasets.load_dataset(
                reference.name,
                name=reference.config,
                split=reference.split,
                revision=snapshot.commit,
                download_config=datasets.DownloadConfig(local_files_only=snapshot.is_cached),
            )
    except _hub_errors() as error:
        raise DataError(
            f"cannot load {shown(reference.name)} from the hub: {_one_line(error)}"
        ) from None
    _check_copy(loaded, snapshot)
    return loaded.with_format("arrow")


def read_loaded(loaded: Any, name: str) -> Iterator[Row | Rejected]:
    """A row or a refusal for each record of a loaded split; records are numbered from 1."""
    check_columns(list(loaded.column_names), name)
    first = 1
    for batch in loaded.iter(batch_size=BATCH_ROWS):
        yield from batch_rows(batch, first)
        first += batch.num_rows


def _check_copy(loaded: Any, snapshot: HubSnapshot) -> None:
    """Out of reach of the hub, the library takes its latest copy; refuse one of another commit."""
    files = [file["filename"] for file in loaded.cache_files]
    if snapshot.is_cached and files and not any(snapshot.commit in name for name in files):
        raise DataError(
            f"the hub cannot be reached, and the copy of {shown(snapshot.reference.name)} on this "
            f"machine is not of revision {snapshot.commit}; connect"
        )


def _exists(source: str) -> bool:
    try:
        return Path(source).exists()
    except (OSError, ValueError):
        return False


def _cached(reference: HubReference, error: Exception) -> HubSnapshot:
    """The newest commit of which this machine has files, or the one that was asked for."""
    commits = [
        folder
        for folder in (_cache_folder(reference) / "snapshots").glob("*")
        if _COMMIT.fullmatch(folder.name) and folder.name.startswith(_wanted(reference))
    ]
    if not commits:
        raise DataError(
            f"the hub cannot be reached for {shown(reference.name)} ({_one_line(error)}) and this "
            "machine has no copy; connect, or download a file and give its path"
        ) from None
    newest = max(commits, key=lambda folder: (folder.stat().st_mtime_ns, folder.name))
    return HubSnapshot(reference, newest.name, is_cached=True)


def _cache_folder(reference: HubReference) -> Path:
    from huggingface_hub.constants import HF_HUB_CACHE, REPO_ID_SEPARATOR

    parts = ["datasets", *reference.name.split("/")]
    return Path(HF_HUB_CACHE) / REPO_ID_SEPARATOR.join(parts)


def _wanted(reference: HubReference) -> str:
    """What the commit's name begins with; any commit will do for the default branch."""
    if reference.revision in (None, "main"):
        return ""
    branch = _cache_folder(reference) / "refs" / (reference.revision or "")
    return branch.read_text().strip() if branch.is_file() else str(reference.revision)


def _commit(found: str | None, reference: HubReference) -> str:
    if found is None or not _COMMIT.fullmatch(found):
        raise DataError(f"the hub names no commit for {shown(reference.name)}; seen {found!r}")
    return found


def _hub_errors() -> tuple[type[Exception], ...]:
    """What the hub's libraries raise: their own trees, and those of whichever client they use."""
    from datasets.exceptions import DatasetsError
    from huggingface_hub.errors import HfHubHTTPError

    return (*HfHubHTTPError.__bases__, DatasetsError, OSError, ValueError, ImportError)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without progress bars of the libraries below: core prints nothing."""
    import datasets
    from huggingface_hub.utils.tqdm import are_progress_bars_disabled, disable_progress_bars
    from huggingface_hub.utils.tqdm import enable_progress_bars as enable_hub_bars

    was_on = datasets.is_progress_bar_enabled(), not are_progress_bars_disabled()
    datasets.disable_progress_bars()
    disable_progress_bars()
    try:
        yield
    finally:
        if was_on[0]:
            datasets.enable_progress_bars()
        if was_on[1]:
            enable_hub_bars()


def _one_line(error: BaseException) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= 300 else f"{text[:300]}…"
