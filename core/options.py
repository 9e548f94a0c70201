"""Configuration as data: a frozen dataclass whose fields carry help, bounds and provenance.

One field list feeds the form of the page, the command line, the fingerprint and the docs.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from core.errors import RequestError

C = TypeVar("C")

PROVENANCE = ("confirmed", "inferred", "default")
"""confirmed: read in the paper or its code; inferred: our reading; default: our own choice."""


@dataclass(frozen=True, slots=True)
class NoConfig:
    """The configuration of a method that has nothing to configure."""


@dataclass(frozen=True, slots=True)
class Option:
    """One field of a configuration, as forms, the command line and the docs need it."""

    name: str
    kind: type
    default: Any
    help: str
    minimum: float | None
    maximum: float | None
    choices: tuple[str, ...]
    optional: bool
    provenance: str

    def as_json(self) -> dict[str, Any]:
        """The option as plain JSON values."""
        return {**dataclasses.asdict(self), "kind": self.kind.__name__}


def option(
    default: Any,
    help: str,
    *,
    minimum: float | None = None,
    maximum: float | None = None,
    choices: Sequence[str] = (),
    provenance: str = "default",
) -> Any:
    """Declare a configuration field with its help, bounds and provenance."""
    if provenance not in PROVENANCE:
        raise ValueError(f"provenance {provenance!r} is none of {PROVENANCE}")
    metadata = {
        "help": help,
        "minimum": minimum,
        "maximum": maximum,
        "choices": tuple(choices),
        "provenance": provenance,
    }
    return dataclasses.field(default=default, metadata=metadata)


def options_of(config: type) -> tuple[Option, ...]:
    """Every field of a configuration class, in order of declaration."""
    hints = typing.get_type_hints(config)
    found = []
    for item in dataclasses.fields(config):
        kind, optional = _kind(hints[item.name])
        found.append(
            Option(item.name, kind, item.default, optional=optional, **_details(item.metadata))
        )
    return tuple(found)


def configure(config: type[C], values: Mapping[str, Any]) -> C:
    """Build a configuration from loose values (text or JSON), refusing what does not fit.

    Raises RequestError for an unknown name, a value of the wrong type, or one out of bounds.
    """
    known = {item.name: item for item in options_of(config)}
    for name in values:
        if name not in known:
            names = ", ".join(known) or "none"
            raise RequestError(f"unknown option {name!r}; this method has: {names}")
    return config(**{name: _checked(known[name], value) for name, value in values.items()})


def parse_assignments(assignments: Sequence[str]) -> dict[str, str]:
    """Turn `key=value` arguments into a mapping."""
    parsed = {}
    for text in assignments:
        name, sign, value = text.partition("=")
        if not sign or not name:
            raise RequestError(f"an option is written key=value; seen {text!r}")
        parsed[name.strip()] = value.strip()
    return parsed


def as_values(config: Any) -> dict[str, Any]:
    """The configuration as a plain mapping, for recipes and manifests."""
    return dataclasses.asdict(config)


def _kind(hint: Any) -> tuple[type, bool]:
    if isinstance(hint, types.UnionType):
        inner = [part for part in typing.get_args(hint) if part is not type(None)]
        return inner[0], True
    return hint, False


def _details(metadata: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "help": metadata.get("help", ""),
        "minimum": metadata.get("minimum"),
        "maximum": metadata.get("maximum"),
        "choices": metadata.get("choices", ()),
        "provenance": metadata.get("provenance", "default"),
    }


def _checked(item: Option, value: Any) -> Any:
    if item.optional and value in (None, "", "none"):
        return None
    value = _coerced(item, value)
    if item.choices and value not in item.choices:
        raise RequestError(
            f"option {item.name!r} takes one of {', '.join(item.choices)}; seen {value!r}"
        )
    if item.minimum is not None and value < item.minimum:
        raise RequestError(f"option {item.name!r} is at least {item.minimum:g}; seen {value!r}")
    if item.maximum is not None and value > item.maximum:
        raise RequestError(f"option {item.name!r} is at most {item.maximum:g}; seen {value!r}")
    return value


def _coerced(item: Option, value: Any) -> Any:
    try:
        if item.kind is bool:
            return _truth(value)
        if item.kind is int and isinstance(value, float) and not value.is_integer():
            raise ValueError
        coerced = item.kind(value)
    except (TypeError, ValueError):
        raise RequestError(
            f"option {item.name!r} takes a value of type {item.kind.__name__}; seen {value!r}"
        ) from None
    if item.kind is float and coerced != coerced:
        raise RequestError(f"option {item.name!r} takes a number; seen {value!r}")
    return coerced


def _truth(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    return words[str(value).lower()] if str(value).lower() in words else _refuse()


def _refuse() -> bool:
    raise ValueError
