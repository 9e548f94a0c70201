"""Selectors: choose a subset of a pool under a budget, in an order, with reasons.

A new method is a file with one decorated function, imported below; the page, the command line,
the docs table and the contract tests then see it.
"""

from core.select import (
    deita,
    facility_location,
    given,
    herding,
    instag,
    k_center,
    km_closest,
    km_random,
    kmq,
    longest,
    mads,
    novelselect,
    qdit,
    repr_filter,
    sae_greedy,
    sae_simscale,
    semdedup,
    target,
    uniform,
)
from core.select.base import SELECTORS, Selector, methods, selector
from core.select.budget import Budget, parse_budget
from core.select.constraints import NO_CONSTRAINTS, Constraints, Quota
from core.select.dispatch import DEFAULT_SEED, select
from core.select.selection import Selection
from core.select.view import View

__all__ = [
    "DEFAULT_SEED",
    "NO_CONSTRAINTS",
    "SELECTORS",
    "Budget",
    "Constraints",
    "Quota",
    "Selection",
    "Selector",
    "View",
    "deita",
    "facility_location",
    "given",
    "herding",
    "instag",
    "k_center",
    "km_closest",
    "km_random",
    "kmq",
    "longest",
    "mads",
    "methods",
    "novelselect",
    "parse_budget",
    "qdit",
    "repr_filter",
    "sae_greedy",
    "sae_simscale",
    "select",
    "selector",
    "semdedup",
    "target",
    "uniform",
]
