"""What somebody asks of a method, in terms that outlive the pool's row numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from core.data.pool import Pool
from core.errors import DataError, RequestError
from core.pipeline.arrays import load_array
from core.pipeline.marks import marks
from core.pipeline.views import in_use, open_pool, open_readings
from core.pipeline.weights import feature_weights, weighs
from core.records import Floats, Rows
from core.select.budget import Budget
from core.select.constraints import Constraints
from core.select.quotas import parse_quota
from core.workspace import Artifact, Workspace


@dataclass(frozen=True, slots=True)
class Request:
    """A method, its budget and options, and the constraints on its choice."""

    method: str
    budget: Budget
    options: Mapping[str, Any] = field(default_factory=dict)
    pinned: tuple[str, ...] = ()  # example ids
    forbidden: tuple[str, ...] = ()
    seed: int = 0
    quotas: tuple[str, ...] = ()  # as core.select.quotas.parse_quota reads them
    duplicates: str | None = None  # groups of near-duplicates, of which one row each is chosen
    length_power: float = 0.0  # gains count for each token to this power; 0 as in the papers
    weights: Mapping[int, float] = field(default_factory=dict)  # latent -> weight; 0 mutes it
    marked: tuple[int, ...] = ()  # those of `weights` that the workspace's marks brought
    decided: tuple[str, ...] = ()  # those of the pins and forbids that people's decisions brought
    targets: str | None = None  # the artifact of target examples
    given: str | None = None  # the artifact of somebody else's subset

    def as_config(self) -> dict[str, Any]:
        """All but method, options and budget, for a recipe; what is not asked is left out."""
        extra = {
            "quotas": list(self.quotas),
            "duplicates": self.duplicates,
            "length_power": self.length_power,
            "weights": {str(latent): weight for latent, weight in sorted(self.weights.items())},
            "marked": sorted(self.marked),
            "decided": sorted(self.decided),
            "targets": self.targets,
            "given": self.given,
        }
        return {
            "seed": self.seed,
            "pinned": sorted(self.pinned),
            "forbidden": sorted(self.forbidden),
            **{name: value for name, value in extra.items() if value},
        }

    @classmethod
    def of(cls, config: Mapping[str, Any], budget: Budget) -> Request:
        """The request behind a stored order, at this budget."""
        return cls(
            method=config["method"],
            budget=budget,
            options=config["config"],
            pinned=tuple(config["pinned"]),
            forbidden=tuple(config["forbidden"]),
            seed=config["seed"],
            quotas=tuple(config.get("quotas", ())),
            duplicates=config.get("duplicates"),
            length_power=config.get("length_power", 0.0),
            weights={int(one): weight for one, weight in config.get("weights", {}).items()},
            marked=tuple(config.get("marked", ())),
            decided=tuple(config.get("decided", ())),
            targets=config.get("targets"),
            given=config.get("given"),
        )

    def parents(self) -> dict[str, str]:
        """Artifacts that the request itself names."""
        named = {"duplicates": self.duplicates, "targets": self.targets, "given": self.given}
        return {kind: fingerprint for kind, fingerprint in named.items() if fingerprint}


def constraints_of(workspace: Workspace, request: Request) -> Constraints:
    """The constraints of a request on the pool in use.

    Raises RequestError for an id that is not in the pool, a quota of another form, a power or a
    weight that is no number of 0 or more, a latent that does not exist.
    """
    examples = open_pool(workspace)
    return Constraints(
        pinned=examples.rows_of(request.pinned, called="pinned"),
        forbidden=examples.rows_of(request.forbidden, called="forbidden"),
        quotas=tuple(parse_quota(one) for one in request.quotas),
        groups=_groups(workspace, request),
        costs=_costs(workspace, examples, request.length_power),
        feature_weights=feature_weights(workspace, request.method, request.weights),
    ).checked(examples.n_rows)


def with_marks(workspace: Workspace, request: Request) -> Request:
    """The request with what the workspace's marks mute and weigh now; its own weights win.

    Methods that weigh no features stay as they are. Replays ask without it: a stored order holds
    the weights it was solved with.
    """
    own = {one: weight for one, weight in request.weights.items() if one not in request.marked}
    kind = weighs(request.method)
    if kind is None:
        return replace(request, weights=own, marked=())
    told = {one: weight for one, weight in marks(workspace).weights(kind).items() if one not in own}
    return replace(request, weights={**told, **own}, marked=tuple(sorted(told)))


def marks_differ(workspace: Workspace, artifact: Artifact) -> bool:
    """Whether a stored order was chosen under other marks than there are now."""
    stored = Request.of(artifact.config, Budget("rows", 1))
    now = with_marks(workspace, stored)
    return (dict(now.weights), now.marked) != (dict(stored.weights), stored.marked)


def told_weights(request: Request) -> str | None:
    """What a request mutes and weighs, in a sentence; None where that is nothing."""
    if not request.weights:
        return None
    n_muted = sum(weight == 0 for weight in request.weights.values())
    kind = weighs(request.method) or "latent"
    named = [(n_muted, "muted"), (len(request.weights) - n_muted, "weighted")]
    parts = [f"{n:,} {kind}{'' if n == 1 else 's'} {word}" for n, word in named if n]
    by = f"; by marks of this workspace: {len(request.marked):,}" if request.marked else ""
    return " and ".join(parts) + by


def told_decisions(request: Request) -> str | None:
    """What of a request came from decisions, in a sentence; None where that is nothing."""
    if not request.decided:
        return None
    pinned, told = set(request.pinned), request.decided
    n_approved = sum(one in pinned for one in told)
    n_rejected = len(told) - n_approved
    return f"by decision: {n_approved:,} approved kept, {n_rejected:,} rejected left out"


def forbidden_rows(workspace: Workspace) -> Rows:
    """The rows that the order in use was forbidden to choose."""
    found = workspace.in_use("selection")
    ids = found.config["forbidden"] if found is not None else ()
    return open_pool(workspace).rows_of(ids, called="forbidden")


def groups_in_use(workspace: Workspace) -> str:
    """The near-duplicate groups in use; WorkspaceError when none were made yet."""
    return in_use(workspace, "duplicates").fingerprint


def read_ids(path: Path) -> tuple[str, ...]:
    """A file of pins or forbids: one example id a line, blank lines passed over."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path} cannot be read as a list of example ids: {error}") from error
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def read_weights(assignments: Mapping[str, str]) -> dict[int, float]:
    """Weights of latents as `latent=weight` gives them; RequestError says what was seen."""
    found = {}
    for name, text in assignments.items():
        try:
            found[int(name)] = float(text)
        except ValueError:
            raise RequestError(
                f"a weight is written latent=number, such as 812=0.5; seen {name}={text}"
            ) from None
    return found


def _groups(workspace: Workspace, request: Request) -> Any:
    if request.duplicates is None:
        return None
    return load_array(workspace.get("duplicates", request.duplicates).folder, "labels")


def _costs(workspace: Workspace, examples: Pool, power: float) -> Floats | None:
    """Each row's tokens (response words where no model has read them) to a power."""
    if not power:
        return None
    if not 0 < power <= 4:
        raise RequestError(f"the power of the length is from 0 to 4; seen {power:g}")
    if "readings" in workspace.current():
        lengths = np.asarray(open_readings(workspace).n_tokens, dtype=np.float32)
    else:
        lengths = examples.column("n_response_words").astype(np.float32)
    return np.maximum(lengths, 1) ** np.float32(power)
