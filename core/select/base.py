"""The registry of selectors: a file, a decorated function, and every surface sees the method."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from core.options import PROVENANCE, options_of
from core.records import Progress
from core.registry import Registry
from core.select.constraints import OPTIONAL, Constraints
from core.select.selection import Picks
from core.select.view import READINGS, View

C = TypeVar("C", contravariant=True)


class SelectorFunction(Protocol[C]):
    """Choose exactly `budget` rows of a view, pinned ones among them, forbidden ones not."""

    def __call__(
        self,
        view: View,
        budget: int,
        config: C,
        *,
        constraints: Constraints,
        seed: int,
        progress: Progress,
    ) -> Picks:
        """Called by the dispatcher with a checked budget and checked constraints."""


@dataclass(frozen=True, slots=True)
class Selector(Generic[C]):
    """A method with what people and the dispatcher need to know of it."""

    name: str
    title: str
    config: type
    choose: SelectorFunction[C]
    needs: tuple[str, ...]  # readings without which it cannot run
    uses: tuple[str, ...]  # readings it takes when the pool has them
    nested: bool  # a smaller budget's answer is a prefix of a larger one's
    ahead: bool  # cheap enough to solve further than asked, so that the budget may move freely
    honours: frozenset[str]  # optional constraints it can meet
    complexity: str
    when: str
    source: str
    provenance: str
    version: int  # raised when the same request is answered by other rows

    def as_json(self) -> dict[str, Any]:
        """The method as plain JSON values, for `methods --json`, the page and the docs."""
        return {
            "name": self.name,
            "title": self.title,
            "needs": list(self.needs),
            "uses": list(self.uses),
            "nested": self.nested,
            "honours": sorted(self.honours),
            "complexity": self.complexity,
            "when": self.when,
            "source": self.source,
            "provenance": self.provenance,
            "options": [item.as_json() for item in options_of(self.config)],
        }


SELECTORS: Registry[Selector[Any]] = Registry("method")


def selector(
    name: str,
    config: type,
    *,
    title: str,
    complexity: str,
    when: str,
    source: str,
    provenance: str,
    needs: tuple[str, ...] = (),
    uses: tuple[str, ...] = (),
    nested: bool = True,
    ahead: bool = True,
    honours: Collection[str] = (),
    version: int = 1,
) -> Callable[[SelectorFunction[C]], SelectorFunction[C]]:
    """Register the decorated function as a method.

    `provenance` is confirmed, inferred or default, as for options (`core.options.PROVENANCE`).
    """
    _check_words({*needs, *uses}, set(READINGS), "reading")
    _check_words(set(honours), set(OPTIONAL), "constraint")
    _check_words({provenance}, set(PROVENANCE), "provenance")

    def register(choose: SelectorFunction[C]) -> SelectorFunction[C]:
        entry = Selector(
            name=name,
            title=title,
            config=config,
            choose=choose,
            needs=needs,
            uses=uses,
            nested=nested,
            ahead=ahead and nested,
            honours=frozenset(honours),
            complexity=complexity,
            when=when,
            source=source,
            provenance=provenance,
            version=version,
        )
        SELECTORS.add(name, entry)
        return choose

    return register


def methods() -> list[dict[str, Any]]:
    """Every registered method as plain JSON values, by name."""
    return [SELECTORS.get(name).as_json() for name in SELECTORS]


def _check_words(given: set[str], known: set[str], what: str) -> None:
    for word in sorted(given - known):
        raise ValueError(f"unknown {what} {word!r}; known: {', '.join(sorted(known))}")
