"""What the hand did on the curate page: what is believed of what a browser says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from core.curate.records import EVENT_ID, EXAMPLE_ID, Event
from core.errors import DataError
from pages.components.curate_cards import HandSpec

STORED = "stored"
REFUSED = "refused: "
MOST_EVENTS = 500  # taken at once; the rest is sent again after their answer
MOST_HELD = 200
LONGEST = 300  # characters of a refusal
TEXTS = ("example", "verdict", "reason", "note", "batch", "undoes")


@dataclass(frozen=True, slots=True)
class HandEvent:
    """What the hand did and no answer has been given to, and where it is.

    `events` are in the order in which they were decided, with the curator of the settings. `at` is
    the example in front, None at the end of the queue; `held` that one and those after it, so a
    page gives the queue's cards from `at` on. `wanted` is an example that the hand wants to go back
    to and no longer holds: the page brings it, `bring=(wanted, turn)`.
    """

    events: tuple[Event, ...] = ()
    at: str | None = None
    held: tuple[str, ...] = ()
    wanted: str | None = None
    turn: int = 0  # grows with every word of the browser
    malformed: Mapping[str, str] = field(default_factory=dict)  # event id -> its refusal
    asked: frozenset[str] = frozenset()  # every event id the browser still holds


def refused(why: str) -> str:
    """The answer to an event that could not be stored."""
    line = " ".join(why.split())
    return REFUSED + (line if len(line) <= LONGEST else f"{line[:LONGEST]}\u2026")


def is_answer(text: Any) -> bool:
    """Whether something answers an event."""
    return text == STORED or (isinstance(text, str) and text.startswith(REFUSED))


def heard(said: Any, *, settings: HandSpec) -> HandEvent:
    """The event in a component's state; what belongs to another owner or is nonsense is dropped.

    An event with an id but of a bad form is refused in one line, so that the browser lets it go.
    """
    if not isinstance(said, Mapping) or said.get("owner") != settings.owner:
        return HandEvent()
    events: dict[str, Event] = {}
    malformed: dict[str, str] = {}
    for one in _listed(said.get("events"))[:MOST_EVENTS]:
        name = one.get("id") if isinstance(one, Mapping) else None
        if not isinstance(name, str) or not EVENT_ID.fullmatch(name):
            continue
        if name in events or name in malformed:
            continue
        try:
            events[name] = _event(one, settings)
        except DataError as problem:
            malformed[name] = refused(str(problem))
    return HandEvent(
        events=tuple(events.values()),
        at=_example(said.get("at")),
        held=tuple(filter(None, map(_example, _listed(said.get("held"))[:MOST_HELD]))),
        wanted=_example(said.get("wanted")),
        turn=_whole(said.get("turn")),
        malformed=malformed,
        asked=frozenset(events) | frozenset(malformed),
    )


def answered(event: HandEvent, answers: Mapping[str, str]) -> HandEvent:
    """The event without what is answered."""
    return replace(event, events=tuple(one for one in event.events if one.id not in answers))


def _event(one: Mapping[str, Any], settings: HandSpec) -> Event:
    """Raises DataError where the browser says something of another form."""
    if not settings.may_decide:
        raise DataError("this workspace is read-only; nothing can be decided in it")
    texts = _texts(one)
    return Event(
        id=one["id"],
        example=texts["example"] or "",
        curator=settings.curator,
        verdict=texts["verdict"],
        reason=_clean(texts["reason"]),
        note=_clean(texts["note"]),
        tags=tuple(map(_clean, _tags(one))),
        batch=texts["batch"],
        undoes=texts["undoes"],
        resolves=one.get("resolves") is True,
    )


def _texts(one: Mapping[str, Any]) -> dict[str, str | None]:
    texts = {name: one.get(name) for name in TEXTS}
    for name, text in texts.items():
        if text is not None and not isinstance(text, str):
            raise DataError(f"an event's {name} is text; seen {type(text).__name__}")
    for name in ("batch", "undoes"):
        if texts[name] is not None and not _is_id(texts[name], EVENT_ID):
            raise DataError(f"an event's {name} has 32 hex digits; seen {texts[name]!r}")
    return texts


def _tags(one: Mapping[str, Any]) -> list[str]:
    tags = _listed(one.get("tags"))
    if not all(isinstance(tag, str) for tag in tags):
        raise DataError("an event's tags are texts; seen something else")
    return tags


def _clean(text: str | None) -> str:
    """The text without lone halves of characters and NUL, which no store keeps."""
    return (text or "").encode("utf-8", "ignore").decode("utf-8").replace("\0", "")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _is_id(value: Any, pattern: Any) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _example(value: Any) -> str | None:
    return value if _is_id(value, EXAMPLE_ID) else None


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
