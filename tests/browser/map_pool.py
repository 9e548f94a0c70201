"""A synthetic pool for the map's page and for tests that know what it shows."""

import numpy as np

N_CLUSTERS = 30


def synthetic(n):
    """Places (n, 2), clusters with -1 for none (n,), and a quarter of the rows in pick order."""
    rng = np.random.default_rng(5)
    centres = rng.normal(size=(N_CLUSTERS, 2)) * 6
    labels = rng.integers(0, N_CLUSTERS, size=n)
    points = (centres[labels] + rng.normal(size=(n, 2))).astype(np.float32)
    labels[rng.random(n) < 0.05] = -1
    return points, labels, rng.permutation(n)[: max(n // 4, min(n, 1))]
