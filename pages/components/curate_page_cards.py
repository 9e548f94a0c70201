"""The queue's next rows as the hand's cards: text, facts, reason, warnings, and what was said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core.curate.state import Decision
from core.pipeline.queue_cards import QueueCard
from core.pipeline.queue_carriers import Carriers, sole_warning
from core.pipeline.queue_people import Words, own_words
from core.pipeline.queue_places import places
from pages.components import words
from pages.components.curate_hand import MOST_CARDS, Card, Near, Opinion
from pages.components.curate_page_desk import Desk

MOST_NEAR = 12  # near-duplicates of a card that travel with it


def next_cards(desk: Desk, wanted: str | None = None, at: str | None = None) -> list[Card]:
    """The cards to be decided next, from the one in front on; what was passed over comes last.

    `wanted` is an example that the hand goes back to, `at` the one in front.
    """
    front = places(desk.workspace).of([at] if at else []).tolist()
    left = desk.found.onwards(desk.left, front[0]) if front else desk.left
    rows = left[:MOST_CARDS].tolist()
    back = places(desk.workspace).of([wanted]).tolist() if wanted else []
    rows = [*back, *(row for row in rows if row not in back)]
    alike = {row: desk.found.queue.alike(row)[:MOST_NEAR].tolist() for row in rows}
    every = {
        row: desk.cards.card(row) for row in [*rows, *(r for own in alike.values() for r in own)]
    }
    said = own_words(desk.said, desk.curator, [card.id for card in every.values()])
    carriers = _carriers(desk)
    return [
        _card(desk, every[row], [every[one] for one in alike[row]], said, carriers) for row in rows
    ]


def _carriers(desk: Desk) -> Carriers | None:
    """Who carries what once the rejected are gone."""
    known = desk.cards.carriers
    return None if known is None else known.without(places(desk.workspace).of(desk.said.rejected))


def _card(
    desk: Desk,
    card: QueueCard,
    alike: Sequence[QueueCard],
    said: dict[str, Words],
    carriers: Carriers | None,
) -> Card:
    own = said.get(card.id, Words())
    known = desk.said.of(card.id)
    shows_others = known is not None and (desk.wish.shows_others or desk.is_disputed)
    made = Card(
        example=card.id,
        title=f"Row {card.row:,}",
        turns=card.turns,
        facts=card.facts,
        reason=card.reason or "",
        place=_place(card),
        near=[_near(desk, one, said, carriers) for one in alike],
        others=_opinions(known, desk.curator) if known and shows_others else (),
        verdict=own.verdict,
        tags=own.tags,
        note=own.note,
        given=own.reason,
        is_conflict=bool(desk.is_disputed and known and known.is_conflict),
    )
    return _warned(desk, card, made, carriers)


def _warned(desk: Desk, card: QueueCard, made: Card, carriers: Carriers | None) -> Card:
    """The card with what would be lost with its example; twice X only where the subset loses it."""
    warnings = [f"{words.count(card.n_cut)} more characters are not shown."] if card.n_cut else []
    if carriers is None:
        return replace(made, warnings=warnings)
    sole = carriers.sole(card.row)
    text = sole_warning(desk.workspace, sole) or ""
    if len(sole.in_subset):
        return replace(made, warnings=warnings, sole=text)
    return replace(made, warnings=[*warnings, text] if text else warnings)


def _place(card: QueueCard) -> str:
    pick = dict(card.facts).get("pick", "")
    return f"chosen, pick {pick}" if card.is_chosen else ""


def _near(desk: Desk, card: QueueCard, said: dict[str, Words], carriers: Carriers | None) -> Near:
    sole = None if carriers is None else carriers.sole(card.row)
    loses = sole is not None and len(sole.in_subset)
    return Near(
        example=card.id,
        title=f"Row {card.row:,}" + (", chosen" if card.is_chosen else ""),
        turns=card.turns,
        likeness=_likeness(desk, card),
        verdict=said.get(card.id, Words()).verdict,
        sole=(sole_warning(desk.workspace, sole) or "") if sole is not None and loses else "",
    )


def _likeness(desk: Desk, card: QueueCard) -> str:
    """How the group was found; near-duplicates need not have an embedding."""
    made = desk.workspace.in_use("duplicates")
    return "" if made is None else f"near-duplicate by {made.notes['method']}"


def _opinions(known: Decision, curator: str) -> list[Opinion]:
    """What everybody else said of the example."""
    return [
        Opinion(name, event.verdict, event.reason, known.notes.get(name, event.note))
        for name, event in known.by.items()
        if name != curator
    ]
