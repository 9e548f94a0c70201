"""Who decides what: examples fall to curators by a hash of their id, so nobody needs a lock.

Rendezvous hashing (Thaler and Ravishankar 1998): every curator draws a number for every example,
and the highest ones get it. A curator who joins takes only their own share, from all others alike,
and one who leaves gives theirs to all others; nothing else moves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from core.curate.records import MOST_NAME, UNSTORABLE
from core.errors import RequestError

Hashes = NDArray[np.uint64]
OVERLAP = "what falls to several"  # salts the draw of examples that fall to more than one
MOST_CURATORS = 200
_WORD = 2.0**64


@dataclass(frozen=True, slots=True)
class Rule:
    """Among whom the examples are divided, and which share of them several people decide.

    Raises RequestError where that cannot be.
    """

    curators: tuple[str, ...]
    overlap: float = 0.2  # share of examples that fall to `judges` people; the others to one
    judges: int = 2

    def __post_init__(self) -> None:
        if not self.curators or len(set(self.curators)) < len(self.curators):
            raise RequestError("an assignment names each curator once, and at least one")
        if len(self.curators) > MOST_CURATORS:
            raise RequestError(f"an assignment names {MOST_CURATORS} curators at most")
        for name in self.curators:
            if not name.strip() or len(name) > MOST_NAME or UNSTORABLE.search(name):
                raise RequestError(f"a curator has a name of 1 to {MOST_NAME} characters")
        if not 0 <= self.overlap <= 1:
            raise RequestError(f"the overlap is a share from 0 to 1; seen {self.overlap!r}")
        if self.judges < 2 or (self.overlap and self.judges > len(self.curators)):
            raise RequestError(
                f"an overlap is decided by 2 people or more, of {len(self.curators)} here; "
                f"seen {self.judges}"
            )


def assigned(rule: Rule, examples: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Curator -> the examples that fall to them, in the order given."""
    falls = _falls(rule, examples)
    return {
        name: tuple(compress(examples, falls[:, place])) for place, name in enumerate(rule.curators)
    }


def judges_of(rule: Rule, example: str) -> tuple[str, ...]:
    """The curators to whom one example falls, in the rule's order."""
    falls = _falls(rule, [example])[0]
    return tuple(name for name, own in zip(rule.curators, falls, strict=True) if own)


def _falls(rule: Rule, examples: Sequence[str]) -> NDArray[np.bool_]:
    """Whether each example falls to each curator, (n_examples, n_curators)."""
    ids = np.array([int(one[:16], 16) for one in examples], dtype=np.uint64)
    draws = np.stack([_mixed(ids ^ _salt(name)) for name in rule.curators], axis=1)
    ranks = np.empty_like(draws, dtype=np.int64)
    order = np.argsort(~draws, axis=1, kind="stable")  # the highest draw first
    np.put_along_axis(ranks, order, np.arange(len(rule.curators))[None, :], axis=1)
    several = _mixed(ids ^ _salt(OVERLAP)).astype(np.float64) < rule.overlap * _WORD
    return ranks < np.where(several, rule.judges, 1)[:, None]


def _salt(name: str) -> np.uint64:
    return np.uint64(int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big"))


def _mixed(values: Hashes) -> Hashes:
    """Every bit of the input moves half of the output (splitmix64's finaliser, Steele 2014)."""
    with np.errstate(over="ignore"):
        values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
