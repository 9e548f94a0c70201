"""What a request brings along, made again from the recipes of a manifest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.errors import DataError
from core.fingerprint import Recipe
from core.pipeline import maps
from core.pipeline.duplicates import duplicates
from core.pipeline.given import Matched, keep_given
from core.reporting import Reporter
from core.workspace import Workspace

MANIFEST = "the manifest"


def bring_again(workspace: Workspace, recipes: Mapping[str, Any], reporter: Reporter) -> None:
    """Make the near-duplicate groups and the given subset that a selection was solved with.

    Raises DataError for target examples that this workspace does not hold: their text is not in
    a manifest.
    """
    if "given" in recipes:
        keep_given(workspace, Matched(tuple(recipes["given"]["config"]["ids"]), (), 0), MANIFEST)
    if "duplicates" in recipes and not _is_here(workspace, "duplicates", recipes):
        recipe = recipes["duplicates"]
        if "graph" in recipe["parents"]:
            maps.neighbours(workspace, reporter)
        method = recipe["step"].partition(" ")[2]
        duplicates(workspace, method, recipe["config"], reporter=reporter)
    if "targets" in recipes and not _is_here(workspace, "targets", recipes):
        raise DataError(
            "the manifest's selection matches target examples from a file that is not in this "
            "workspace; read it with `select --method target --targets FILE` first"
        )


def _is_here(workspace: Workspace, kind: str, recipes: Mapping[str, Any]) -> bool:
    one = recipes[kind]
    recipe = Recipe(one["step"], one["version"], one["config"], one["parents"])
    return workspace.find(kind, recipe.fingerprint) is not None
