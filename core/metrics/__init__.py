"""What a subset covers, repeats and costs: pure scores of any rows, whoever chose them."""

from core.metrics.coverage import coverage, coverage_curve, saturation
from core.metrics.redundancy import nearest_cosines, redundancy
from core.metrics.shares import Shares, cluster_shares, column_shares
from core.metrics.tables import OrderTables, PrefixFacts
from core.metrics.totals import Totals, totals

__all__ = [
    "OrderTables",
    "PrefixFacts",
    "Shares",
    "Totals",
    "cluster_shares",
    "column_shares",
    "coverage",
    "coverage_curve",
    "nearest_cosines",
    "redundancy",
    "saturation",
    "totals",
]
