"""What the compare page is looking at: the subsets at their budget, their overlap, their looks."""

from __future__ import annotations

from dataclasses import dataclass

from core.pipeline.comparison_members import Member, members
from core.pipeline.comparison_sets import Overlap
from core.workspace import Workspace
from pages.components import compare_cache, drawing
from pages.components.compare_choice import Asked
from pages.components.compare_look import Look, looks


@dataclass(frozen=True, slots=True)
class Scene:
    """Two to six subsets of the pool in use."""

    workspace: Workspace
    members: tuple[Member, ...]
    overlap: Overlap
    looks: tuple[Look, ...]
    version: str

    @property
    def with_baselines(self) -> tuple[Member, ...]:
        """The subsets, and random and longest of as many rows as the first."""
        return compare_cache.with_baselines(self.workspace, self.members)


def scene(workspace: Workspace, asked: Asked) -> Scene:
    """The subsets that were asked for, held against each other."""
    found = members(workspace, asked.keys, asked.budget)
    return Scene(
        workspace=workspace,
        members=found,
        overlap=compare_cache.overlap(workspace, found),
        looks=looks(found, drawing.ink()),
        version=compare_cache.version(found),
    )
