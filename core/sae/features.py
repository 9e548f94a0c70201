"""Each row's set of features: the latents whose code is above the threshold."""

from __future__ import annotations

from core.records import Csr, FeatureSets, Floats
from core.sparse import filter_values, membership, transpose


def feature_sets(codes: Csr, theta: float | Floats) -> FeatureSets:
    """Sets and their transpose from stored codes (n_rows, n_latents).

    `theta` is one number, or one for each latent as JumpReLU SAEs bring it: latent j belongs to
    row i if max over tokens of its code exceeds theta (arXiv 2502.14050, section on inference;
    FAC, arXiv 2602.10388).
    """
    rows = membership(filter_values(codes, theta))
    return FeatureSets(rows=rows, columns=transpose(rows))
