"""A decision as an event: what one person said of one example, and when."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from core.errors import CoreError, DataError

VERDICTS = ("approved", "rejected", "unsure")
EVENT_ID = re.compile(r"[0-9a-f]{32}")
EXAMPLE_ID = re.compile(r"[0-9a-f]{32}")
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # PostgreSQL keeps no NUL, UTF-8 no lone surrogate
MOST_TEXT = 4_000  # characters of a note
MOST_NAME = 200  # characters of a curator, a reason or a tag
MOST_TAGS = 50


class ConflictError(CoreError):
    """An event's id is taken by an event that says something else."""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the log; nothing in it is ever changed, and undoing is another line.

    An event says a verdict, or a note and tags alone (`verdict` None), or takes back what an
    earlier one said (`undoes`). Raises DataError where a field is of another form.
    """

    id: str  # 32 hex digits, made by whoever decided, so that sending it twice is harmless
    example: str  # example id
    curator: str  # as the person named themselves; unverified
    verdict: str | None = None  # one of VERDICTS
    reason: str = ""
    note: str = ""
    tags: tuple[str, ...] = ()
    batch: str | None = None  # what was decided in one stroke, and is undone in one
    undoes: str | None = None  # the id of an event or of a batch by the same curator
    resolves: bool = False  # settles the verdicts in which people differ
    at: float | None = None  # seconds since 1970 by the store's clock; None before it is stored
    number: int | None = None  # its place in the project's log from 1; None before it is stored

    def __post_init__(self) -> None:
        for name, pattern in (("id", EVENT_ID), ("example", EXAMPLE_ID)):
            if not pattern.fullmatch(getattr(self, name)):
                raise DataError(
                    f"an event's {name} has 32 hex digits; seen {getattr(self, name)!r}"
                )
        if self.verdict is not None and self.verdict not in VERDICTS:
            raise DataError(f"a verdict is one of {', '.join(VERDICTS)}; seen {self.verdict!r}")
        if not self.curator.strip():
            raise DataError("an event names its curator; seen none")
        self._check_sense()
        self._check_texts()

    def _check_sense(self) -> None:
        if self.verdict is not None and self.undoes is not None:
            raise DataError("an event says a verdict or takes one back, not both")
        if self.resolves and self.verdict is None:
            raise DataError("an event that resolves says a verdict; seen none")
        if self.at is not None and not (math.isfinite(self.at) and self.at >= 0):
            raise DataError(f"an event's time is in seconds since 1970; seen {self.at!r}")

    def _check_texts(self) -> None:
        if len(self.note) > MOST_TEXT or len(self.tags) > MOST_TAGS:
            raise DataError(f"a note has {MOST_TEXT:,} characters and {MOST_TAGS} tags at most")
        names = (self.curator, self.reason, *self.tags)
        links = tuple(text for text in (self.batch, self.undoes) if text is not None)
        if any(len(text) > MOST_NAME for text in (*names, *links)):
            raise DataError(f"a curator, a reason or a tag has {MOST_NAME} characters at most")
        if not all((*links, *self.tags)):
            raise DataError("a tag, and the id of a batch or of what is undone, is not empty")
        if any(UNSTORABLE.search(text) for text in (*names, *links, self.note)):
            raise DataError("a text holds a character that cannot be stored (NUL or half a pair)")
