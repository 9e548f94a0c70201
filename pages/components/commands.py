"""What a form asks, as arguments of `python -m core` that no value can break out of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

DEMO = "assets/demo.jsonl"


@dataclass(frozen=True, slots=True)
class ModelPlace:
    """Which model is read where, and with which SAE; empty means chosen for you."""

    model: str = "minilm"
    hookpoint: str = ""
    sae: str = ""
    device: str = ""


def sources_in(text: str) -> list[str]:
    """Sources written one a line; blank lines are passed over."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def ingest(sources: Sequence[str], settings: Mapping[str, Any]) -> list[str]:
    """Read sources into a pool."""
    return ["ingest", *map(_argument, sources), *_reading(settings)]


def run(
    sources: Sequence[str], settings: Mapping[str, Any], *, method: str, budget: int
) -> list[str]:
    """Everything, from the sources to a subset."""
    chosen = [f"--method={method}", f"--budget={budget}"]
    return ["run", *map(_argument, sources), *chosen, *_reading(settings)]


def extract(place: ModelPlace, settings: Mapping[str, Any]) -> list[str]:
    """Read every example through a model."""
    sae = [f"--sae={place.sae}"] if place.sae else []
    return ["extract", *_place(place), *sae, *_assigned(settings)]


def train(place: ModelPlace, settings: Mapping[str, Any]) -> list[str]:
    """Train an SAE on the pool."""
    return ["sae", "train", *_place(place), *_assigned(settings)]


def cluster(method: str, settings: Mapping[str, Any]) -> list[str]:
    """Group the pool by a clusterer."""
    return ["cluster", f"--method={method}", *_assigned(settings)]


def _place(place: ModelPlace) -> list[str]:
    given = {"model": place.model, "hookpoint": place.hookpoint, "device": place.device}
    return [f"--{name}={value}" for name, value in given.items() if value]


def _reading(settings: Mapping[str, Any]) -> list[str]:
    switches = ["--strict"] if settings.get("strict") else []
    named = [f"--{name}={settings[name]}" for name in ("schema", "limit") if settings.get(name)]
    return [*switches, *named]


def _assigned(settings: Mapping[str, Any]) -> list[str]:
    return [f"--set={name}={'' if value is None else value}" for name, value in settings.items()]


def _argument(text: str) -> str:
    """A name that cannot be taken for an option."""
    return f"./{text}" if text.startswith("-") else text
