"""Selectors: choose a subset of a pool under a budget, in an order, with reasons.

A new method is a file with one decorated function, imported below; the page, the command line,
the docs table and the contract tests then see it.
"""

from core.select import kmq, longest, sae_greedy, uniform
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
    "kmq",
    "longest",
    "methods",
    "parse_budget",
    "sae_greedy",
    "select",
    "selector",
    "uniform",
]
