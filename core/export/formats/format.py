"""What a format of an export is, and the registry of all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from core.export.records import Examples, Loading, Written
from core.options import NoConfig
from core.registry import Registry

Group = Literal["source", "trainer", "other"]
At = Callable[[str], str]
"""Where a file of the export lies: its name in the folder -> a path to put into code."""


def as_asked(examples: Examples, config: Any) -> Any:
    """The options as they are: nothing in them depends on the rows."""
    return config


@dataclass(frozen=True, slots=True)
class Format:
    """One format; the same rows and options give the same bytes.

    `settle` turns options left to the program ('auto') into what they come to for these rows, and
    raises RequestError where no option can write them. `write` fills a new folder with everything
    but manifest and card; it refuses a row it cannot carry and goes on.
    """

    name: str
    title: str
    brief: str  # what a trainer or a reader does with it, in a few words
    about: str  # the same in a sentence
    group: Group
    write: Callable[[Examples, Path, Any], Written]
    loading: Callable[[Any, At], tuple[Loading, ...]]
    config: type = NoConfig
    settle: Callable[[Examples, Any], Any] = as_asked
    is_data: bool = True  # whether its main file holds the rows themselves
    documentation: str = ""  # the page that the tool documents the format on


FORMATS: Registry[Format] = Registry("export format")
