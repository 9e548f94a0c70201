"""What the curate page shows in hand: cards of examples and the settings of the hand, as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from core.data.examples import Turn
from core.fingerprint import canonical_json, digest
from pages.components.reader import cut

MOST_CARDS = 20  # held by the browser at once
MOST_NEAR = 50
MOST_TAGS = 9  # one a digit key
SHORT = 2_000  # characters of a near-duplicate that are shown


@dataclass(frozen=True, slots=True)
class Near:
    """A near-duplicate of a card's example: enough to see what a decision for both would cover."""

    example: str  # example id
    title: str  # "Row 1,234"
    turns: Sequence[Turn] = ()
    likeness: str = ""  # "cosine 0.97"
    verdict: str | None = None  # this curator's verdict so far
    sole: str = ""  # what would be lost with it, as in Card


@dataclass(frozen=True, slots=True)
class Opinion:
    """What somebody else decided about a card's example, where it may be seen."""

    curator: str
    verdict: str | None
    reason: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """One example in the queue. All of it is text from data or plain text; none of it is markup.

    A card with a `sole` text (what no other chosen row carries, such as 'Latents 12 and 40 are in
    no other chosen row.') is rejected by a second X only.
    """

    example: str  # example id
    title: str  # "Row 1,234"
    turns: Sequence[Turn]
    facts: Sequence[tuple[str, str]] = ()  # name, value
    reason: str = ""  # why it stands at this place of the queue
    place: str = ""  # "chosen, pick 12"; empty says it is not chosen
    warnings: Sequence[str] = ()
    sole: str = ""
    near: Sequence[Near] = ()
    others: Sequence[Opinion] = ()
    verdict: str | None = None  # this curator's verdict so far
    tags: Sequence[str] = ()  # this curator's
    note: str = ""  # this curator's
    given: str = ""  # this curator's reason
    is_conflict: bool = False  # people differ: a verdict here says `resolves`


@dataclass(frozen=True, slots=True)
class HandSpec:
    """Whose hand it is, what it works through, and the words it offers.

    `store` names where the browser keeps what is not answered yet: workspace and project. A change
    of `queue` (the name of order and filters) starts at its first card; with the same name the card
    in front stays. `bring` puts a card of the queue in front, once a pair (example id, the wish's
    number, such as `HandEvent.turn`). `meanwhile` marks cards in hand: what somebody else decided
    since, by example id. The counts are the server's; what is pending the component counts itself.
    """

    store: str
    curator: str
    queue: str
    tags: Sequence[str] = ()  # the first nine have a digit key
    reasons: Sequence[str] = ()
    n_decided: int = 0  # by this curator, in this queue
    n_left: int = 0  # in this queue, the cards held included
    bring: tuple[str, int] | None = None
    meanwhile: Mapping[str, str] = field(default_factory=dict)
    done: str = "Nothing is left in this queue."
    may_decide: bool = True  # a read-only workspace shows cards without deciding

    @property
    def owner(self) -> str:
        """Names the browser's outbox: workspace, project and curator, without telling them."""
        return digest(canonical_json([self.store, self.curator]).encode())[:32]


def hand_json(
    queue: Sequence[Card], answers: Mapping[str, str], settings: HandSpec
) -> dict[str, Any]:
    """What the browser is told."""
    return {
        "owner": settings.owner,
        "curator": settings.curator,
        "queue": settings.queue,
        "cards": [_card_json(card) for card in queue[:MOST_CARDS]],
        "answers": dict(answers),
        "tags": list(settings.tags[:MOST_TAGS]),
        "reasons": list(settings.reasons),
        "decided": settings.n_decided,
        "left": settings.n_left,
        "meanwhile": dict(settings.meanwhile),
        "bring": list(settings.bring) if settings.bring else None,
        "done": settings.done,
        "mayDecide": settings.may_decide,
    }


def _card_json(card: Card) -> dict[str, Any]:
    return {
        "example": card.example,
        "title": card.title,
        **_turns_json(card.turns),
        "facts": [[name, value] for name, value in card.facts],
        "reason": card.reason,
        "place": card.place,
        "warnings": list(card.warnings),
        "sole": card.sole,
        "near": [_near_json(near) for near in card.near[:MOST_NEAR]],
        "others": [asdict(opinion) for opinion in card.others],
        "verdict": card.verdict,
        "tags": list(card.tags),
        "note": card.note,
        "given": card.given,
        "isConflict": card.is_conflict,
    }


def _near_json(near: Near) -> dict[str, Any]:
    return {
        "example": near.example,
        "title": near.title,
        **_turns_json(near.turns, SHORT),
        "likeness": near.likeness,
        "verdict": near.verdict,
        "sole": near.sole,
    }


def _turns_json(turns: Sequence[Turn], *most: int) -> dict[str, Any]:
    shown, n_left = cut(turns, *most)
    return {
        "turns": [{"role": turn.role, "text": turn.text} for turn in shown],
        "cut": f"{n_left:,} more characters are not shown." if n_left else None,
    }
