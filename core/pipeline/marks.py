"""What people say of latents and neurons: muted, starred, weighted, named; kept by workspace.

One file, `marks.json`, replaced whole under a lock: two people at once lose nothing. Latents are
kept by the SAE that has them, neurons by the model, so that marks outlive a pool.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal

from core.errors import RequestError, WorkspaceError
from core.locks import alone
from core.pipeline.views import in_use
from core.publish import write_json
from core.workspace import Artifact, Workspace

FILE = "marks.json"
LOCK = "marks.lock"
FORMAT = 1
Kind = Literal["latent", "neuron"]
KINDS: tuple[Kind, ...] = ("latent", "neuron")
LONGEST = 200  # characters of a label
HEAVIEST = 1000.0
BY_HAND = "hand"


@dataclass(frozen=True, slots=True)
class Mark:
    """What was said of one latent or neuron, and where that came from."""

    muted: bool = False
    starred: bool = False
    weight: float | None = None  # None: as all others, 1
    label: str = ""
    source: str = BY_HAND  # of the label: by hand, or a file's name
    changed: float = 0.0  # seconds since 1970

    @property
    def says_nothing(self) -> bool:
        """Whether the mark might as well not be there."""
        return not (self.muted or self.starred or self.label) and self.weight is None

    @property
    def counts(self) -> float:
        """What covering it is worth beside 1; muted it is nothing."""
        return 0.0 if self.muted else 1.0 if self.weight is None else self.weight


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks that bear on what is in use, by number."""

    latents: Mapping[int, Mark]
    neurons: Mapping[int, Mark]

    def of(self, kind: str) -> Mapping[int, Mark]:
        """The marks of latents or of neurons."""
        return self.latents if kind == "latent" else self.neurons

    def get(self, kind: str, number: int) -> Mark:
        """The mark of one, or one that says nothing."""
        return self.of(kind).get(number, Mark())

    def weights(self, kind: str) -> dict[int, float]:
        """What each muted or weighted one counts: the weights that a selection honours."""
        return {n: mark.counts for n, mark in sorted(self.of(kind).items()) if mark.counts != 1}


def marks(workspace: Workspace) -> Marks:
    """The marks of the SAE and the model that are in use; none where no model has read the pool."""
    readings = workspace.in_use("readings")
    if readings is None:
        return Marks({}, {})
    stored = _read(workspace.root / FILE)
    return Marks(*(_under(stored, kind, _owner(readings, kind)) for kind in KINDS))


def mark(workspace: Workspace, kind: Kind, number: int, **change: Any) -> Mark:
    """Change what is said of one: `muted`, `starred`, `weight` (None: 1), `label` ('': none).

    Raises RequestError for a latent that does not exist or a value that cannot be, and
    WorkspaceError where no model has read the pool.
    """
    return mark_all(workspace, kind, {number: change})[number]


def mark_all(
    workspace: Workspace,
    kind: Kind,
    changes: Mapping[int, Mapping[str, Any]],
    *,
    source: str = BY_HAND,
) -> dict[int, Mark]:
    """Change many at once; either all are kept or, on an error, none."""
    owner, n = _owner(in_use(workspace, "readings"), kind), how_many(workspace, kind)
    for number in changes:
        if not 0 <= number < n:
            raise RequestError(f"there is no {kind} {number}; here they are 0 to {n - 1}")
    workspace.refuse_read_only()
    with alone(workspace.root / LOCK):
        stored = _read(workspace.root / FILE)
        own = stored[kind].setdefault(owner, {})
        changed = {}
        for number, change in changes.items():
            changed[number] = _changed(_loaded(own.get(str(number), {})), change, source)
            own.pop(str(number), None)
            if not changed[number].says_nothing:
                own[str(number)] = asdict(changed[number])
        write_json(workspace.root / FILE, {"format": FORMAT, **stored})
    return changed


def kind_of(text: str) -> Kind:
    """The kind that a word names; RequestError for another word."""
    for kind in KINDS:
        if kind == text:
            return kind
    raise RequestError(f"marks are of {' or '.join(KINDS)}; seen {text!r}")


def how_many(workspace: Workspace, kind: str) -> int:
    """Latents of the SAE, or neurons of the model, that the pool in use was read with."""
    readings = in_use(workspace, "readings")
    if kind == "neuron":
        return int(readings.notes["n_layers"] * readings.notes["d_ff"])
    return int(workspace.get("sae", readings.parents["sae"]).notes["n_latents"])


def _owner(readings: Artifact, kind: str) -> str:
    """The fingerprint of the SAE, or the digest of the model's weights."""
    return str(readings.parents["sae"] if kind == "latent" else readings.config["model"]["weights"])


def _changed(before: Mark, change: Mapping[str, Any], source: str) -> Mark:
    unknown = set(change) - {"muted", "starred", "weight", "label"}
    if unknown:
        raise ValueError(f"a mark has no {sorted(unknown)[0]!r}")
    values = dict(change)
    if "weight" in values:
        values["weight"] = _weight(values["weight"])
    if "label" in values:
        values |= {"label": _label(values["label"]), "source": source}
    return replace(before, **values, changed=time.time())


def _weight(value: Any) -> float | None:
    if value is None:
        return None
    weight = float(value)
    if not (math.isfinite(weight) and 0 <= weight <= HEAVIEST):
        raise RequestError(f"a weight is from 0 (mute) to {HEAVIEST:,.0f}; seen {value!r}")
    return None if weight == 1 else weight


def _label(value: Any) -> str:
    label = " ".join(str(value).split())
    if len(label) > LONGEST:
        raise RequestError(f"a label has at most {LONGEST} characters; seen {len(label)}")
    return label


def _read(path: Path) -> dict[str, dict[str, dict[str, Any]]]:
    """The stored marks by kind, owner and number; WorkspaceError when the file is damaged."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {kind: {} for kind in KINDS}
    except (OSError, ValueError) as error:
        raise WorkspaceError(f"{path} cannot be read ({error}); mend or delete it") from error
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise WorkspaceError(f"{path} holds no marks of format {FORMAT}; mend or delete it")
    return {kind: dict(value.get(kind, {})) for kind in KINDS}


def _under(stored: Mapping[str, Any], kind: str, owner: str) -> dict[int, Mark]:
    return {int(number): _loaded(one) for number, one in stored[kind].get(owner, {}).items()}


def _loaded(value: Mapping[str, Any]) -> Mark:
    return Mark(**{item.name: value[item.name] for item in fields(Mark) if item.name in value})
