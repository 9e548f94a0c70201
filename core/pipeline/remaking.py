"""How to make anew what fell out of use: with the same settings, from what is in use now."""

from __future__ import annotations

from dataclasses import dataclass

from core.options import options_of
from core.pipeline import dropped
from core.pipeline.asking import assigned, missing_readings
from core.pipeline.requests import Request
from core.pipeline.stale import Stale
from core.pipeline.views import in_use
from core.project import PROJECTIONS
from core.select import SELECTORS
from core.select.budget import Budget
from core.workspace import Artifact, Workspace

SPACES = {"map": "embeddings", "map-codes": "codes", "map-neurons": "neurons"}
OF_ROWS = ("pinned", "forbidden", "given", "duplicates", "quotas")
"""Wishes that name rows or columns of a pool, and may mean nothing on another one."""


@dataclass(frozen=True, slots=True)
class Remake:
    """The step that makes it anew.

    A step of its own has `arguments` of `python -m core`, or a `request` for a selection; without
    either it is done on `page`, by hand.
    """

    label: str
    page: str
    arguments: tuple[str, ...] = ()
    request: Request | None = None

    @property
    def at_once(self) -> bool:
        """Whether one button is enough."""
        return bool(self.arguments) or self.request is not None


def remake(workspace: Workspace, found: Stale) -> Remake:
    """What to do next, so that in the end there is one like it again."""
    role = found.was.role
    if "pool" not in workspace.current():
        return Remake("Read a dataset", "dataset")
    if found.lacks is not None or role in ("readings", "features"):
        n_rows = in_use(workspace, "pool").notes["n_rows"]
        return Remake(f"Read {n_rows:,} {'row' if n_rows == 1 else 'rows'} with a model", "model")
    before = dropped.artifact(workspace, role, found.was.fingerprint)
    if role == "selection":
        return _chosen(workspace, found, before)
    if role == "latent-map":
        return Remake("Lay out the latents again", "features", ("project", "--space=latents"))
    if role in SPACES:
        return _laid_out(SPACES[role], before)
    if role in ("clusters", "hdbscan"):
        return _clustered(role, before)
    return Remake("Find them again", "subset")


def _laid_out(space: str, before: Artifact | None) -> Remake:
    arguments = ["project", f"--space={space}"]
    if before is not None:
        method = before.meta["recipe"]["step"].split()[-1]
        known = [one.name for one in options_of(PROJECTIONS.get(method).config)]
        options = {one: before.config[one] for one in known if one in before.config}
        arguments += [f"--method={method}", *assigned(options)]
    return Remake("Lay out the map again", "map", tuple(arguments))


def _clustered(role: str, before: Artifact | None) -> Remake:
    method = "hdbscan" if role == "hdbscan" else "k-means"
    options = [] if before is None else assigned(before.config)
    return Remake("Cluster the pool again", "clusters", ("cluster", f"--method={method}", *options))


def _chosen(workspace: Workspace, found: Stale, before: Artifact | None) -> Remake:
    """The same method and budget, where the request means the same on what is in use now."""
    by_hand = Remake("Choose a subset again", "subset")
    n_rows, n_pool = found.was.n_rows, in_use(workspace, "pool").notes["n_rows"]
    if before is None or n_rows is None or not 0 < n_rows <= n_pool:
        return by_hand
    method = before.config["method"]
    if method not in set(SELECTORS) or missing_readings(workspace, method):
        return by_hand
    if before.config["reach"]["kind"] != "rows" or _is_bound(found, before):
        return by_hand
    request = Request.of(before.config, Budget("rows", n_rows))
    label = f"Select {n_rows:,} {'row' if n_rows == 1 else 'rows'} again"
    return Remake(label, "subset", request=request)


def _is_bound(found: Stale, before: Artifact) -> bool:
    """Whether it was asked for in terms of what has changed; marks join a request by themselves."""
    config, changed = before.config, {one.name for one in found.differs}
    if config.get("targets"):
        return True
    if "Pool" in changed and any(config.get(one) for one in OF_ROWS):
        return True
    own = set(config.get("weights", {})) - {str(one) for one in config.get("marked", ())}
    return bool(own) and changed != {"Threshold"}
