"""Clusters of the pool, their typical rows and their names.

A new clustering is a file that registers itself, and its line here.
"""

from core.cluster import hdbscan as _hdbscan
from core.cluster import kmeans as _kmeans
from core.cluster.clustering import CLUSTERINGS, Clustering, ClusterMethod, cluster

__all__ = ["CLUSTERINGS", "ClusterMethod", "Clustering", "cluster"]

_REGISTERED = (_hdbscan, _kmeans)
