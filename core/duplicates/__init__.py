"""Near-duplicates inside a pool, and what a pool shares with the prompts of a benchmark.

A new way of grouping or comparing is a file that registers itself, and its line here.
"""

from core.duplicates import cosine as _cosine
from core.duplicates import exact as _exact
from core.duplicates import minhash as _minhash
from core.duplicates import nearest as _nearest
from core.duplicates import ngram as _ngram
from core.duplicates.groups import GROUPINGS, Grouping, Groups, Material, Neighbours, group
from core.duplicates.overlap import OVERLAPS, Comparison, Overlap, OverlapMethod, overlap

__all__ = [
    "GROUPINGS",
    "OVERLAPS",
    "Comparison",
    "Grouping",
    "Groups",
    "Material",
    "Neighbours",
    "Overlap",
    "OverlapMethod",
    "group",
    "overlap",
]

_REGISTERED = (_cosine, _exact, _minhash, _nearest, _ngram)
