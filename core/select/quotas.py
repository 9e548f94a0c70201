"""Quotas and near-duplicate groups as the parts that limits count, checked before picking."""

from __future__ import annotations

import math
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import RequestError
from core.records import Rows
from core.select.constraints import Constraints, Quota, Side
from core.select.view import View

Counts = NDArray[np.int64]
NO_BOUND = 1 << 62
SHOWN = 5  # values named in a message
GROUPS = "the near-duplicate groups"
FORM = "a quota is written column=value:least-most, such as lang=de:100-500 or lang=de:10%-30%"


def parse_quota(text: str) -> Quota:
    """Read a quota; RequestError says what was seen. Either bound may be left out."""
    name, sign, bounds = text.rpartition(":")
    column, equals, value = name.partition("=")
    least, dash, most = bounds.partition("-")
    if not (sign and equals and dash and column.strip()):
        raise RequestError(f"{FORM}; seen {text!r}")
    numbers = [_bound(one.strip(), text) for one in (least, most)]
    in_shares = any(one.strip().endswith("%") for one in (least, most))
    if in_shares and any(one.strip() and not one.strip().endswith("%") for one in (least, most)):
        raise RequestError(f"{FORM}, both bounds in rows or both in percent; seen {text!r}")
    return Quota(column.strip(), value.strip(), numbers[0] or 0, numbers[1], in_shares)


def as_text(quota: Quota) -> str:
    """A quota as `parse_quota` reads it."""
    scale, unit = (100, "%") if quota.in_shares else (1, "")
    least = f"{quota.least * scale:g}{unit}" if quota.least else ""
    most = "" if quota.most is None else f"{quota.most * scale:g}{unit}"
    return f"{quota.column}={quota.value}:{least}-{most}"


def sides_of(constraints: Constraints, view: View, budget: int) -> tuple[Side, ...]:
    """Groups and quotas as sides, for so many rows.

    Raises RequestError for an unknown column, a value that no row has, a value with two quotas.
    """
    sides = []
    if constraints.groups is not None:
        sides.append(_group_side(np.asarray(constraints.groups)))
    for column in dict.fromkeys(quota.column for quota in constraints.quotas):
        wanted = [quota for quota in constraints.quotas if quota.column == column]
        sides.append(_column_side(column, wanted, view.columns(column), budget))
    return tuple(sides)


def check_sides(constraints: Constraints, sides: Sequence[Side], *, n_rows: int, n: int) -> None:
    """Refuse what one side alone makes impossible for `n` rows; the message names it."""
    free = np.ones(n_rows, dtype=np.bool_)
    free[constraints.forbidden] = False
    for side in sides:
        _check_values(side, np.flatnonzero(free), constraints.pinned)
        _check_total(side, free, constraints.pinned, n)


def _bound(text: str, whole: str) -> float | None:
    if not text:
        return None
    try:
        number = float(text.removesuffix("%"))
    except ValueError:
        raise RequestError(f"{FORM}; seen {whole!r}") from None
    if text.endswith("%"):
        return number / 100
    if number < 0 or not number.is_integer():
        raise RequestError(f"{FORM}, in whole rows; seen {whole!r}")
    return number


def _group_side(groups: NDArray[Any]) -> Side:
    _, places, counts = np.unique(groups, return_inverse=True, return_counts=True)
    is_group = counts > 1
    numbers = np.cumsum(is_group) - 1
    labels = np.where(is_group[places], numbers[places], -1).astype(np.int32)
    n_groups = int(is_group.sum())
    return Side(
        GROUPS, labels, np.zeros(n_groups, dtype=np.int64), np.ones(n_groups, dtype=np.int64)
    )


def _column_side(column: str, quotas: Sequence[Quota], values: NDArray[Any], budget: int) -> Side:
    names = [quota.value for quota in quotas]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise RequestError(f"{column}={twice[0]} has two quotas; give both bounds in one")
    texts = np.array(["" if one is None else str(one) for one in values], dtype=np.str_)
    labels = np.full(len(texts), -1, dtype=np.int32)
    for part, quota in enumerate(quotas):
        has = texts == quota.value
        if not has.any():
            raise RequestError(_no_such_value(quota, texts))
        labels[has] = part
    least = [math.ceil(_rows(quota.least, quota, budget) - 1e-9) for quota in quotas]
    most = [
        NO_BOUND if quota.most is None else math.floor(_rows(quota.most, quota, budget) + 1e-9)
        for quota in quotas
    ]
    return Side(
        f"the quotas on {column!r}",
        labels,
        np.array(least, dtype=np.int64),
        np.array(most, dtype=np.int64),
        tuple(f"{column}={name}" for name in names),
    )


def _no_such_value(quota: Quota, texts: NDArray[np.str_]) -> str:
    values, counts = np.unique(texts, return_counts=True)
    near = get_close_matches(quota.value, values.tolist(), n=1)
    usual = ", ".join(values[np.argsort(-counts, kind="stable")][:SHOWN].tolist())
    hint = f"did you mean {near[0]!r}?" if near else f"its most frequent values: {usual}"
    return f"no row has {quota.column}={quota.value}; {hint}"


def _rows(bound: float, quota: Quota, budget: int) -> float:
    return bound * budget if quota.in_shares else bound


def _check_values(side: Side, free: Rows, pinned: Rows) -> None:
    """Refuse a least that too few rows can meet, and a most that pinned rows pass."""
    n_parts = len(side.least)
    if not side.values:
        return  # of a group at most one is chosen, and pinned rows may share one
    labels = side.labels
    available = np.bincount(labels[free][labels[free] >= 0], minlength=n_parts)
    held = np.bincount(labels[pinned][labels[pinned] >= 0], minlength=n_parts)
    for part, name in enumerate(side.values):
        if side.least[part] > available[part]:
            raise RequestError(
                f"the quota on {name} asks for at least {side.least[part]} rows, and "
                f"{available[part]} may be chosen that have it; lower it to {available[part]}"
            )
        if held[part] > side.most[part]:
            raise RequestError(
                f"{held[part]} pinned rows have {name}, where its quota allows {side.most[part]}; "
                "raise the quota, or unpin some"
            )


def _check_total(side: Side, free: NDArray[np.bool_], pinned: Rows, n: int) -> None:
    """Refuse a side that leaves fewer rows than the budget, or owes more of them."""
    owed = int(side.least.sum())
    if owed > n:
        raise RequestError(
            f"{side.name} ask for at least {owed} rows together, above the budget of {n}; "
            f"ask for at least {owed} rows, or lower them"
        )
    most = reachable(side, free, pinned)
    if most < n:
        raise RequestError(
            f"a budget of {n} rows is above the {most} that {side.name} leave; "
            f"ask for at most {most}, or loosen them"
        )


def reachable(side: Side, free: NDArray[np.bool_], pinned: Rows) -> int:
    """Rows that may be chosen under one side, pinned ones included."""
    n_parts = len(side.least)
    labels = side.labels[free]
    available = np.bincount(labels[labels >= 0], minlength=n_parts)
    own = side.labels[pinned]
    held = np.bincount(own[own >= 0], minlength=n_parts)
    return int(np.maximum(np.minimum(side.most, available), held).sum() + (labels < 0).sum())
