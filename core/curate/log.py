"""The working tables of the fold: what was said of each example, and what of it stands."""

from __future__ import annotations

from collections.abc import Sequence

from core.curate.records import VERDICTS, Event

CONFLICT = "conflict"


class Log:
    """Everything that a log comes to, grown by one event at a time."""

    def __init__(self) -> None:
        self.number = 0
        self.events: list[Event] = []
        self.by_id: dict[str, Event] = {}
        self.batches: dict[tuple[str, str], list[Event]] = {}  # of a curator
        self.people: dict[str, list[Event]] = {}
        self.undone: dict[str, int] = {}  # event id -> standing events that take it back
        self.history: dict[str, tuple[Event, ...]] = {}  # example -> what was ever said of it
        self.place: dict[str, str] = {}  # example -> settled verdict or CONFLICT
        self.settled: dict[str, dict[str, None]] = {name: {} for name in (*VERDICTS, CONFLICT)}

    def copy(self) -> Log:
        """Tables of its own with the same events."""
        log = Log()
        log.number = self.number
        log.events = self.events.copy()
        log.by_id = self.by_id.copy()
        log.batches = {key: events.copy() for key, events in self.batches.items()}
        log.people = {name: events.copy() for name, events in self.people.items()}
        log.undone = self.undone.copy()
        log.history = self.history.copy()
        log.place = self.place.copy()
        log.settled = {name: examples.copy() for name, examples in self.settled.items()}
        return log

    def take(self, event: Event) -> None:
        """Add one event, and see again to each example that it changes."""
        if event.number is None or event.number <= self.number:
            raise ValueError(f"event {event.number} does not follow event {self.number}")
        targets = self._targets(event)
        self.number = event.number
        self.events.append(event)
        self.by_id[event.id] = event
        self.people.setdefault(event.curator, []).append(event)
        if event.batch is not None:
            self.batches.setdefault((event.curator, event.batch), []).append(event)
        if event.undoes is not None:
            self._undo(targets)
        else:
            self.history[event.example] = (*self.history.get(event.example, ()), event)
            self._settle(event.example)

    def standing(self, example: str) -> list[Event]:
        """What was said of an example and not taken back."""
        return [one for one in self.history.get(example, ()) if not self.undone.get(one.id)]

    def _targets(self, undo: Event) -> list[Event]:
        """What an event takes back: earlier events of the same curator alone."""
        if undo.undoes is None:
            return []
        found = {one.id: one for one in self.batches.get((undo.curator, undo.undoes), ())}
        named = self.by_id.get(undo.undoes)
        if named is not None and named.curator == undo.curator:
            found[named.id] = named
        before = undo.number or 0
        return [one for one in found.values() if (one.number or 0) < before]

    def _undo(self, targets: Sequence[Event]) -> None:
        """Take events back; one that took others back itself gives them free again."""
        waiting = [(one, 1) for one in targets]
        changed: dict[str, None] = {}
        while waiting:
            event, step = waiting.pop()
            before = self.undone.get(event.id, 0)
            self.undone[event.id] = before + step
            if (before > 0) == (before + step > 0):
                continue
            if event.undoes is None:
                changed[event.example] = None
            else:
                waiting += [(one, -step) for one in self._targets(event)]
        for example in changed:
            self._settle(example)

    def _settle(self, example: str) -> None:
        place, before = _place(self.standing(example)), self.place.get(example)
        if place == before:
            return
        if before is not None:
            del self.settled[before][example], self.place[example]
        if place is not None:
            self.settled[place][example] = None
            self.place[example] = place


def verdicts_in_force(said: Sequence[Event]) -> dict[str, Event]:
    """Each curator's last verdict among events of one example."""
    return {one.curator: one for one in said if one.verdict is not None}


def _place(said: Sequence[Event]) -> str | None:
    """The settled verdict of an example, CONFLICT, or None where nobody said one.

    What was said before the last resolution no longer counts against it.
    """
    verdicts = verdicts_in_force(said).values()
    resolved = max((one.number or 0 for one in verdicts if one.resolves), default=0)
    counted = {one.verdict for one in verdicts if (one.number or 0) >= resolved}
    return CONFLICT if len(counted) > 1 else next(iter(counted), None)
