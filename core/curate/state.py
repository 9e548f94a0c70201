"""What the log of decisions comes to: a fold of its events, continued where it stopped.

Each curator's last verdict on an example counts. Where people differ the example is in conflict
until somebody resolves it; a later verdict that differs opens it again. Taking back an event or a
batch makes it as if never said, and taking back that makes it said again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from core.curate.log import CONFLICT, Log, verdicts_in_force
from core.curate.records import VERDICTS, Event


@dataclass(frozen=True, slots=True)
class Decision:
    """What stands of one example."""

    verdict: str | None  # the settled one; None in a conflict, or where nobody said one
    by: Mapping[str, Event]  # curator -> the event of their verdict in force
    tags: tuple[str, ...] = ()  # of all curators, each once
    notes: Mapping[str, str] = field(default_factory=dict)  # curator -> note
    is_conflict: bool = False  # people differ and nobody resolved it


class State:
    """The decisions after `number` events; it never changes, and `extended` gives the next one."""

    def __init__(self, log: Log | None = None) -> None:
        self._log = log or Log()

    @property
    def number(self) -> int:
        """The number of the last event, 0 where there is none."""
        return self._log.number

    @cached_property
    def approved(self) -> tuple[str, ...]:
        """Example ids with that settled verdict, in the order in which they were settled."""
        return self._settled("approved")

    @cached_property
    def rejected(self) -> tuple[str, ...]:
        """Example ids with that settled verdict, in the order in which they were settled."""
        return self._settled("rejected")

    @cached_property
    def unsure(self) -> tuple[str, ...]:
        """Example ids with that settled verdict, in the order in which they were settled."""
        return self._settled("unsure")

    @cached_property
    def conflicts(self) -> tuple[str, ...]:
        """Example ids in which people differ and nobody resolved it."""
        return self._settled(CONFLICT)

    @property
    def examples(self) -> tuple[str, ...]:
        """Every example id with a verdict, settled or in conflict."""
        return tuple(self._log.place)

    @property
    def curators(self) -> tuple[str, ...]:
        """Everybody who ever said anything, by first event."""
        return tuple(self._log.people)

    @property
    def events(self) -> tuple[Event, ...]:
        """The whole log in order, what was taken back too."""
        return tuple(self._log.events)

    def of(self, example: str) -> Decision | None:
        """What stands of an example, or None where nothing does."""
        said = self._log.standing(example)
        if not said:
            return None
        place = self._log.place.get(example)
        words = _words(said)
        return Decision(
            verdict=place if place in VERDICTS else None,
            by=verdicts_in_force(said),
            tags=tuple(dict.fromkeys(tag for _, tags in words.values() for tag in tags)),
            notes={curator: note for curator, (note, _) in words.items() if note},
            is_conflict=place == CONFLICT,
        )

    def events_of(self, curator: str) -> tuple[Event, ...]:
        """What a curator said that still stands, in order."""
        said = self._log.people.get(curator, ())
        return tuple(one for one in said if one.undoes is None and not self.is_undone(one.id))

    def is_undone(self, event_id: str) -> bool:
        """Whether an event was taken back."""
        return self._log.undone.get(event_id, 0) > 0

    def said_by(self, curator: str) -> tuple[Event, ...]:
        """Every event of a curator, what was taken back and the taking back too."""
        return tuple(self._log.people.get(curator, ()))

    def last_verdicts_of(self, curator: str) -> dict[str, str]:
        """Example id -> the verdict of a curator that is in force."""
        said = self.events_of(curator)
        return {one.example: one.verdict for one in said if one.verdict}

    def verdicts_of(self, curator: str) -> dict[str, str]:
        """Example id -> what a curator said by themselves: verdicts that resolve are left out.

        Agreement counts these, since who resolves has seen what the others said.
        """
        said = self.events_of(curator)
        return {one.example: one.verdict for one in said if one.verdict and not one.resolves}

    def extended(self, events: Iterable[Event]) -> State:
        """The state after these events too; their numbers go on from here.

        Raises ValueError where a number is missing or not above the one before.
        """
        log = self._log.copy()
        for event in events:
            log.take(event)
        return State(log)

    def _settled(self, place: str) -> tuple[str, ...]:
        return tuple(self._log.settled[place])


EMPTY = State()


def fold(events: Iterable[Event]) -> State:
    """The state that a log comes to, from its beginning."""
    return EMPTY.extended(events)


def _words(said: Sequence[Event]) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Each curator's note and tags: a verdict changes what it brings, a note event both."""
    words: dict[str, tuple[str, tuple[str, ...]]] = {}
    for one in said:
        note, tags = words.get(one.curator, ("", ()))
        if one.verdict is None:
            words[one.curator] = (one.note, one.tags)
        else:
            words[one.curator] = (one.note or note, one.tags or tags)
    return words
