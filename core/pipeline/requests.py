"""What somebody asks of a method, in terms that outlive the pool's row numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from core.data.pool import Pool
from core.errors import DataError, RequestError
from core.pipeline.arrays import load_array
from core.pipeline.views import in_use, open_features, open_pool, open_readings
from core.records import Floats
from core.select.budget import Budget
from core.select.constraints import Constraints
from core.select.quotas import parse_quota
from core.workspace import Workspace


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
    targets: str | None = None  # the artifact of target examples
    given: str | None = None  # the artifact of somebody else's subset

    def as_config(self) -> dict[str, Any]:
        """All but method, options and budget, for a recipe; what is not asked is left out."""
        extra = {
            "quotas": list(self.quotas),
            "duplicates": self.duplicates,
            "length_power": self.length_power,
            "weights": {str(latent): weight for latent, weight in sorted(self.weights.items())},
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
        feature_weights=_weights(workspace, request.weights),
    ).checked(examples.n_rows)


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


def _weights(workspace: Workspace, weights: Mapping[int, float]) -> Floats | None:
    if not weights:
        return None
    in_use(workspace, "features")
    found = np.ones(open_features(workspace).sets.n_features, dtype=np.float32)
    for latent, weight in weights.items():
        if not 0 <= latent < len(found):
            raise RequestError(
                f"latent {latent} does not exist; the SAE in use has {len(found)}, from 0"
            )
        if not 0 <= weight <= 1000:
            raise RequestError(f"a weight is from 0 (mute) to 1,000; latent {latent} has {weight}")
        found[latent] = weight
    return found
