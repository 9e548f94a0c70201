"""k-means, one for the whole project: Lloyd's iterations, exact, on the CPU or on a CUDA device."""

from core.centroids.fitting import Partition, fit_centroids
from core.centroids.nearest import nearest_centroids
from core.centroids.silhouette import mean_silhouettes

__all__ = ["Partition", "fit_centroids", "mean_silhouettes", "nearest_centroids"]
