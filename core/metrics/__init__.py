"""What a subset covers, repeats and costs: pure scores of any rows, whoever chose them.

A metric is a file with pure functions over arrays and one decorated function a registered name;
`metrics()` lists them all for the page, the command line and the docs, `measure` finds their
values.
"""

from core.metrics.activation_coverage import feature_activation_coverage, features_present
from core.metrics.coverage import coverage, coverage_curve, saturation
from core.metrics.density import distinct_rows, sparsity
from core.metrics.facility_location import facility_location
from core.metrics.feature_counts import length_correlation, mean_features
from core.metrics.k_center import k_center_radius
from core.metrics.knn_distance import knn_distance
from core.metrics.log_det import log_det
from core.metrics.measuring import measure, measure_prefixes
from core.metrics.novelsum import NovelSumConfig, novel_sum
from core.metrics.pairwise_distance import mean_pairwise_distance
from core.metrics.partition_entropy import partition_entropy
from core.metrics.radius import geometric_radius
from core.metrics.redundancy import nearest_cosines, redundancy
from core.metrics.registry import METRICS, Metric, metric, metrics
from core.metrics.served import Served, served, served_by_prefixes
from core.metrics.shares import Shares, cluster_shares, column_shares
from core.metrics.stability import Stability, pairwise_jaccard, stability
from core.metrics.subject import Chosen, Subject
from core.metrics.tables import OrderTables, PrefixFacts
from core.metrics.totals import Totals, totals
from core.metrics.vendi import vendi_score

__all__ = [
    "METRICS",
    "Chosen",
    "Metric",
    "NovelSumConfig",
    "OrderTables",
    "PrefixFacts",
    "Served",
    "Shares",
    "Stability",
    "Subject",
    "Totals",
    "cluster_shares",
    "column_shares",
    "coverage",
    "coverage_curve",
    "distinct_rows",
    "facility_location",
    "feature_activation_coverage",
    "features_present",
    "geometric_radius",
    "k_center_radius",
    "knn_distance",
    "length_correlation",
    "log_det",
    "mean_features",
    "mean_pairwise_distance",
    "measure",
    "measure_prefixes",
    "metric",
    "metrics",
    "nearest_cosines",
    "novel_sum",
    "pairwise_jaccard",
    "partition_entropy",
    "redundancy",
    "saturation",
    "served",
    "served_by_prefixes",
    "sparsity",
    "stability",
    "totals",
    "vendi_score",
]
