"""Small pools that selection is tested on, and a greedy method slow enough to be believed."""

import hashlib
from dataclasses import replace

import numpy as np

from core.records import Csr, FeatureSets, NeuronStates
from core.select import View
from core.sparse import transpose


def feature_sets(matrix):
    """A boolean matrix (rows, features) as sets with their transpose."""
    matrix = np.asarray(matrix, dtype=bool)
    indptr = np.concatenate([[0], np.cumsum(matrix.sum(axis=1))]).astype(np.int64)
    rows = Csr(indptr, np.nonzero(matrix)[1].astype(np.uint32), None, matrix.shape[1])
    return FeatureSets(rows, transpose(rows))


def sets_of(sets, n_features):
    """Rows given as lists of features."""
    matrix = np.zeros((len(sets), n_features), dtype=bool)
    for row, features in enumerate(sets):
        matrix[row, list(features)] = True
    return feature_sets(matrix)


def random_matrix(n_rows, n_features, *, seed=0, density=0.06):
    """Rows of very different size, some of them empty, some equal."""
    rng = np.random.default_rng(seed)
    row_density = rng.uniform(0, 2 * density, size=(n_rows, 1))
    matrix = rng.random((n_rows, n_features)) < row_density
    matrix[rng.random(n_rows) < 0.04] = False
    copies = rng.integers(n_rows, size=(2, n_rows // 10))
    matrix[copies[0]] = matrix[copies[1]]
    return matrix


def neuron_states(values, *, stored):
    """The `stored` largest values of each row and layer out of (rows, layers, units)."""
    values = np.asarray(values, dtype=np.float16)
    n_rows, n_layers, size = values.shape
    units = np.sort(np.argsort(-values, axis=2, kind="stable")[:, :, :stored], axis=2)
    kept = np.take_along_axis(values, units, axis=2).ravel()
    columns = (units + np.arange(n_layers)[:, None] * size).ravel().astype(np.uint32)
    indptr = np.arange(n_rows + 1) * n_layers * stored
    flat = values.reshape(n_rows, -1).astype(np.float32)
    return NeuronStates(
        Csr(indptr, columns, kept, n_layers * size),
        layer_size=size,
        mean=flat.mean(axis=0),
        variance=flat.var(axis=0),
        frequency=(flat > 0).mean(axis=0).astype(np.float32),
    )


def neurons_of(states, rows):
    """The neuron states of some rows of a pool, with what each neuron does over all of it."""
    sets = [slice(*states.rows.indptr[[row, row + 1]]) for row in rows]
    columns = np.concatenate([states.rows.indices[one] for one in sets])
    values = np.concatenate([states.rows.values[one] for one in sets])
    indptr = np.concatenate([[0], np.cumsum(states.rows.lengths()[rows])])
    return replace(states, rows=Csr(indptr, columns, values, states.rows.n_columns))


def example_ids(n_rows):
    """Ids as examples have them: 32 hex digits, in no order."""
    return [hashlib.sha256(str(row).encode()).hexdigest()[:32] for row in range(n_rows)]


def readings(n_rows=60, *, seed=0):
    """Everything that a pool can offer, as plain arrays by name."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(4, 8)) * 6
    clusters = rng.integers(4, size=n_rows)
    return {
        "ids": np.array(example_ids(n_rows)),
        "codes": random_matrix(n_rows, 40, seed=seed, density=0.1),
        "embeddings": (centres[clusters] + rng.normal(size=(n_rows, 8))).astype(np.float32),
        "clusters": clusters.astype(np.int32),
        "quality": rng.normal(size=n_rows).astype(np.float32),
        "scores": rng.random(n_rows).astype(np.float32),
        "lengths": rng.integers(1, 30, size=n_rows),
        "tokens": rng.integers(5, 60, size=n_rows),
        "neurons": neuron_states(rng.normal(size=(n_rows, 3, 50)), stored=5),
        "targets": feature_sets(random_matrix(12, 40, seed=seed + 1, density=0.1)).rows,
        "given": rng.permutation(n_rows),
    }


def view_of(arrays, *, columns=None):
    """A view of arrays by name; `codes` may be a boolean matrix, ids are made where absent."""
    arrays = dict(arrays)
    if isinstance(arrays.get("codes"), np.ndarray):
        arrays["codes"] = feature_sets(arrays["codes"])
    first = next(iter(arrays.values()))
    n_rows = first.n_rows if isinstance(first, FeatureSets | NeuronStates) else len(first)
    arrays.setdefault("ids", example_ids(n_rows))
    if columns is not None:
        arrays["columns"] = columns
    return View(n_rows, {name: (lambda one=one: one) for name, one in arrays.items()})


def reordered(arrays, order):
    """The same pool with its rows in another order."""
    return {name: _moved(name, one, order) for name, one in arrays.items()}


def _moved(name, one, order):
    if name == "targets":
        return one  # rows of their own
    if name == "given":
        return np.argsort(order)[one]  # where each row went
    return neurons_of(one, order) if isinstance(one, NeuronStates) else one[order]


def naive_greedy(matrix, budget, *, id_rank, pinned=(), forbidden=()):
    """Greedy in rounds by looking at every row at every pick; rows, gains, round starts."""
    covered = np.zeros(matrix.shape[1], dtype=bool)
    rows, gains, starts = [], [], [0]
    for row in sorted(pinned, key=lambda row: id_rank[row]):
        rows.append(row)
        gains.append((matrix[row] & ~covered).sum())
        covered |= matrix[row]
    left = set(range(len(matrix))) - set(rows) - set(forbidden)
    while len(rows) < budget:
        gain = {row: (matrix[row] & ~covered).sum() for row in left}
        best = max(left, key=lambda row: (gain[row], matrix[row].sum(), -id_rank[row]))
        if gain[best] == 0 and covered.any():
            covered[:] = False
            if any(matrix[row].any() for row in left):
                starts.append(len(rows))
            continue
        rows.append(best)
        gains.append(gain[best])
        covered |= matrix[best]
        left.remove(best)
    return rows, gains, starts
