"""The shared neighbour graph, and projections of the pool to a few dimensions for looking.

A new projection is a file that registers itself, and its line here.
"""

from core.project import pca as _pca
from core.project import umap as _umap
from core.project.projection import PROJECTIONS, Projection, ProjectionMethod, project

__all__ = ["PROJECTIONS", "Projection", "ProjectionMethod", "project"]

_REGISTERED = (_pca, _umap)
