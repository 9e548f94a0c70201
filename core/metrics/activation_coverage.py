"""FAC: the share of a reference set's features that the chosen rows have."""

from __future__ import annotations

import numpy as np

from core.metrics.registry import metric
from core.metrics.subject import Chosen
from core.records import Bools, Csr, FeatureSets, Rows


def feature_activation_coverage(features: FeatureSets, rows: Rows, reference: Bools) -> float:
    """Covered share of the features that `reference` marks, (n_features,); NaN where it has none.

    arXiv 2602.10388: a feature is active in a row when its largest value over tokens passes a
    threshold, which is how feature sets are made. ValueError where the sizes differ.
    """
    if len(reference) != features.n_features:
        raise ValueError(f"{len(reference)} reference marks for {features.n_features} features")
    n_reference = int(reference.sum())
    if not n_reference:
        return float("nan")
    return int((features_present(features.rows, rows) & reference).sum()) / n_reference


def features_present(sets: Csr, rows: Rows) -> Bools:
    """Which features at least one of these rows has, (n_columns,): a reference made from rows."""
    present = np.zeros(sets.n_columns, dtype=np.bool_)
    for row in rows:
        present[sets.row(int(row))] = True
    return present


@metric(
    "fac",
    title="Feature activation coverage (FAC)",
    formula="features of the reference set that a chosen row has / features of the reference set",
    source="arXiv 2602.10388",
    unit="share",
    direction="higher",
    needs=("codes", "reference"),
)
def _feature_activation_coverage(chosen: Chosen) -> float:
    subject = chosen.subject
    return feature_activation_coverage(subject.codes, chosen.rows, subject.reference)
