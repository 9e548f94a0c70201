"""How far curators agree beyond chance: Cohen's kappa for two, Fleiss' kappa for more.

Cohen 1960, "A coefficient of agreement for nominal scales", and Fleiss 1971, "Measuring nominal
scale agreement among many raters". Both are (observed - expected) / (1 - expected); where the
expected agreement is 1 they are undefined, which is said rather than hidden in a NaN.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from core.errors import RequestError

NONE_SHARED = "no example was decided by both"
ONE_VERDICT = "everybody gave one and the same verdict, so nothing tells agreement from chance"
NO_OVERLAP = "no example was decided by two or more people"


@dataclass(frozen=True, slots=True)
class Kappa:
    """A kappa with what it rests on; `value` None says that it is undefined, and `why`."""

    value: float | None  # 1 full agreement, 0 as by chance, below 0 worse
    raw: float | None  # share of agreeing pairs of verdicts; None where there is none
    n: int  # examples it rests on
    why: str | None = None


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """Cohen's kappa of two curators on the examples that both decided."""

    first: str
    second: str
    kappa: Kappa


@dataclass(frozen=True, slots=True)
class GroupAgreement:
    """Fleiss' kappa over the examples that exactly `n_judges` people decided."""

    n_judges: int
    kappa: Kappa


@dataclass(frozen=True, slots=True)
class Agreement:
    """Every pair of curators, and the group for each number of judges that occurs."""

    pairs: tuple[PairAgreement, ...]
    groups: tuple[GroupAgreement, ...]  # by falling number of examples; empty without overlap


def agreement(verdicts: Mapping[str, Mapping[str, str]]) -> Agreement:
    """How far curators agree; `verdicts` holds example id -> verdict for each of them."""
    pairs = tuple(
        PairAgreement(one, other, _of_shared(verdicts[one], verdicts[other]))
        for one, other in combinations(verdicts, 2)
    )
    said: dict[str, list[str]] = {}
    for own in verdicts.values():
        for example, verdict in own.items():
            said.setdefault(example, []).append(verdict)
    return Agreement(pairs, _groups(said))


def cohen(first: Sequence[str], second: Sequence[str]) -> Kappa:
    """Cohen's kappa of two people's verdicts on the same examples, in the same order.

    Raises RequestError where the two have not the same length.
    """
    n = len(first)
    if n != len(second):
        raise RequestError(f"two people judge the same examples; seen {n} and {len(second)}")
    if not n:
        return Kappa(None, None, 0, NONE_SHARED)
    same = sum(one == other for one, other in zip(first, second, strict=True))
    own, others = Counter(first), Counter(second)
    chance = sum(own[verdict] * others[verdict] for verdict in own)  # of n * n pairs
    return _kappa(same * n, chance, n * n, n_examples=n)


def fleiss(judged: Sequence[Sequence[str]]) -> Kappa:
    """Fleiss' kappa of examples that equally many people judged; who they are may differ.

    Raises RequestError where an example has another number of verdicts, or fewer than two.
    """
    if not judged:
        return Kappa(None, None, 0, NO_OVERLAP)
    m, n = len(judged[0]), len(judged)
    if m < 2 or any(len(one) != m for one in judged):
        raise RequestError("every example is judged by the same number of people, two or more")
    counts = [Counter(one) for one in judged]
    agreeing = sum(k * (k - 1) for count in counts for k in count.values())  # ordered pairs
    totals = sum(counts, Counter[str]())
    chance = sum(k * k for k in totals.values())  # of (n * m) ** 2
    pairs = n * m * (m - 1)
    return _kappa(agreeing * n * m, chance * (m - 1), pairs * n * m, n_examples=n)


def _of_shared(own: Mapping[str, str], others: Mapping[str, str]) -> Kappa:
    shared = [example for example in own if example in others]
    return cohen([own[one] for one in shared], [others[one] for one in shared])


def _groups(said: Mapping[str, list[str]]) -> tuple[GroupAgreement, ...]:
    by_number: dict[int, list[list[str]]] = {}
    for verdicts in said.values():
        if len(verdicts) > 1:
            by_number.setdefault(len(verdicts), []).append(verdicts)
    found = [GroupAgreement(m, fleiss(judged)) for m, judged in by_number.items()]
    return tuple(sorted(found, key=lambda group: (-group.kappa.n, group.n_judges)))


def _kappa(observed: int, expected: int, whole: int, *, n_examples: int) -> Kappa:
    """Kappa from whole numbers over the same denominator, so that 1 and 0 come out exactly."""
    raw = observed / whole
    if expected == whole:
        return Kappa(None, raw, n_examples, ONE_VERDICT)
    return Kappa((observed - expected) / (whole - expected), raw, n_examples)
