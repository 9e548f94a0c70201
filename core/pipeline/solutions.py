"""Which methods were solved on the pool and features in use, and what tells them apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.fingerprint import canonical_json
from core.options import options_of
from core.select import SELECTORS
from core.workspace import Artifact, Workspace

BASELINES = ("random", "longest")
NPY_HEAD = 128  # bytes
PLAIN = {"seed": 0, "pinned": [], "forbidden": []}


@dataclass(frozen=True, slots=True)
class Solution:
    """A method with its settings, and every order of it that was solved on the features in use.

    A nested method has one: the one that reaches furthest. Any other has one a budget.
    """

    key: str  # the fingerprint of its furthest order
    method: str
    settings: Mapping[str, Any]  # those that differ from the defaults
    nested: bool
    orders: tuple[Artifact, ...]  # by rising number of rows
    members: frozenset[str]  # fingerprints of every order of it, shorter ones too

    @property
    def fingerprints(self) -> tuple[str, ...]:
        """The orders by name."""
        return tuple(one.fingerprint for one in self.orders)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Rows of each order."""
        return tuple(_n_rows(one) for one in self.orders)


def solutions(workspace: Workspace) -> list[Solution]:
    """What was solved on the pool and features in use, by title; plain baselines are left out."""
    roles = workspace.current()
    in_use, known = roles.get("selection", ""), set(SELECTORS)
    groups: dict[str, list[Artifact]] = {}
    for artifact in workspace.artifacts("selection"):
        same = all(artifact.parents.get(one) == roles.get(one) for one in ("pool", "features"))
        plain = _is_baseline(artifact) and artifact.fingerprint != in_use
        if same and not plain and artifact.config["method"] in known:
            groups.setdefault(_asked(artifact), []).append(artifact)
    found = [_solution(_of_one_version(group, in_use)) for group in groups.values()]
    return sorted(found, key=lambda one: (one.method, str(one.settings)))


def names(found: Sequence[Solution]) -> dict[str, str]:
    """A name for each solution: its method, and its settings where another one has others."""
    told = {}
    for one in found:
        alike = [other.settings for other in found if other.method == one.method]
        differs = {
            key for key in one.settings if any(s.get(key) != one.settings[key] for s in alike)
        }
        parts = [f"{key.replace('_', ' ')} {one.settings[key]}" for key in sorted(differs)]
        told[one.key] = ", ".join([one.method, *parts])
    return told


def stale_orders(workspace: Workspace) -> int:
    """Orders of the pool in use that were solved on other features, and so are left out."""
    roles = workspace.current()
    return sum(
        one.parents.get("pool") == roles.get("pool")
        and "features" in one.parents
        and one.parents["features"] != roles.get("features")
        for one in workspace.artifacts("selection")
    )


def _asked(artifact: Artifact) -> str:
    """What tells solutions apart: what was asked beside the defaults, but not how far to solve."""
    config = artifact.config
    extra = {k: v for k, v in config.items() if k not in ("config", "reach")}
    asked = {**extra, "options": _options(config), "parents": dict(artifact.parents)}
    return canonical_json(asked)


def _of_one_version(group: Sequence[Artifact], in_use: str) -> list[Artifact]:
    """Orders of the version of the one in use, else of the newest: versions may choose others."""
    versions = {one.fingerprint: int(one.meta["recipe"]["version"]) for one in group}
    kept = versions.get(in_use, max(versions.values()))
    return [one for one in group if versions[one.fingerprint] == kept]


def _is_baseline(artifact: Artifact) -> bool:
    config = artifact.config
    extra = {name: value for name, value in config.items() if name not in ("config", "reach")}
    return config["method"] in BASELINES and extra == {"method": config["method"], **PLAIN}


def _solution(group: Sequence[Artifact]) -> Solution:
    """Orders of one request; of equally long ones the newest counts."""
    by_length = {_n_rows(one): one for one in group}
    nested = bool(group[0].notes["nested"])
    orders = [by_length[length] for length in sorted(by_length)]
    config = orders[-1].config
    return Solution(
        key=orders[-1].fingerprint,
        method=config["method"],
        settings=_settings(config),
        nested=nested,
        orders=tuple(orders[-1:] if nested else orders),
        members=frozenset(one.fingerprint for one in group),
    )


def _n_rows(artifact: Artifact) -> int:
    """Rows of an order by the size of its file, eight bytes each beside the head."""
    sizes = {entry["name"]: entry["size"] for entry in artifact.meta["files"]}
    return (int(sizes["rows.npy"]) - NPY_HEAD) // 8


def _settings(config: Mapping[str, Any]) -> dict[str, Any]:
    """Options other than the defaults, and constraints; lists by how long they are."""
    found = _options(config)
    for name, value in config.items():
        if name not in ("method", "config", "reach") and value != PLAIN.get(name):
            found[name] = len(value) if isinstance(value, list | dict) else value
    return found


def _options(config: Mapping[str, Any]) -> dict[str, Any]:
    """Options of the method that differ from its defaults."""
    usual = {item.name: item.default for item in options_of(SELECTORS.get(config["method"]).config)}
    return {name: value for name, value in config["config"].items() if value != usual.get(name)}
