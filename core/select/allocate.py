"""A budget divided among clusters: largest remainder, between a floor and a cap for each."""

from __future__ import annotations

import numpy as np

from core.records import Bools, Rows


def allocate(total: int, weights: Rows, *, floors: Rows, caps: Rows) -> Rows:
    """Whole shares that sum to `total`, proportional to `weights`, each between floor and cap.

    What a cap cuts off or a floor takes is shared among the others in proportion; what rounding
    down leaves goes to the largest remainders (equal ones: larger weight, then first). Whole
    numbers throughout, so that equal remainders are truly equal. All arrays are (n_clusters,).
    Raises ValueError when the floors exceed `total` or the caps do not reach it.
    """
    if not floors.sum() <= total <= caps.sum() or (floors > caps).any():
        raise ValueError(f"{total} does not fit between {floors.sum()} and {caps.sum()}")
    shares = floors.astype(np.int64)
    unsettled = np.flatnonzero(caps > floors)
    while len(unsettled):
        low, high = floors[unsettled], caps[unsettled]
        weight = weights[unsettled] if weights[unsettled].any() else np.ones_like(low)
        left = total - int(shares.sum() - shares[unsettled].sum())
        wanted = left * weight  # times the sum of weights, so that nothing is rounded yet
        settled = _violators(wanted, low * weight.sum(), high * weight.sum())
        if not settled.any():
            shares[unsettled] = _largest_remainder(left, weight)
            break
        bound = np.where(wanted < low * weight.sum(), low, high)
        shares[unsettled[settled]] = bound[settled]
        unsettled = unsettled[~settled]
    return shares


def _violators(wanted: Rows, low: Rows, high: Rows) -> Bools:
    """Shares to fix at their bound: those on the side that is violated more.

    Fixing that side moves the others away from it, so nothing is fixed in vain (the rule by which
    CSS resolves flexible lengths).
    """
    lacking, beyond = np.maximum(low - wanted, 0), np.maximum(wanted - high, 0)
    balance = lacking.sum() - beyond.sum()
    return (lacking > 0) & (balance >= 0) | (beyond > 0) & (balance <= 0)


def _largest_remainder(total: int, weight: Rows) -> Rows:
    shares, remainders = total * weight // weight.sum(), total * weight % weight.sum()
    first = np.lexsort((-weight, -remainders))[: total - int(shares.sum())]
    shares[first] += 1
    return shares
