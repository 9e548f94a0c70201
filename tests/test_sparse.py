"""Csr transposes and thresholds: parity with scipy, and what must hold for any rows."""

import numpy as np
import pytest
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from core.records import Csr
from core.sparse import filter_values, membership, transpose

SETTINGS = settings(deadline=None, max_examples=60)  # the first example compiles


def csr_of(dense):
    matrix = scipy.sparse.csr_matrix(dense)
    matrix.sort_indices()
    return Csr(
        matrix.indptr.astype(np.int64),
        matrix.indices.astype(np.uint32),
        matrix.data.astype(np.float16),
        dense.shape[1],
    )


def dense_of(csr):
    values = np.ones(csr.nnz) if csr.values is None else csr.values.astype(np.float64)
    shape = (csr.n_rows, csr.n_columns)
    return scipy.sparse.csr_matrix((values, csr.indices, csr.indptr), shape=shape).toarray()


MATRICES = arrays.arrays(
    np.float64,
    st.tuples(st.integers(1, 12), st.integers(1, 9)),
    elements=st.sampled_from([0.0, 0.0, 0.0, 0.25, 0.5, 1.0, 3.0]),
)


def test_transpose_equals_scipy():
    rng = np.random.default_rng(0)
    dense = np.round(rng.random((300, 70)) * (rng.random((300, 70)) < 0.1), 2)
    ours = transpose(csr_of(dense))
    theirs = scipy.sparse.csr_matrix(dense).T.tocsr()
    theirs.sort_indices()
    assert np.array_equal(ours.indptr, theirs.indptr)
    assert np.array_equal(ours.indices, theirs.indices)
    assert np.array_equal(ours.values, theirs.data.astype(np.float16))


@SETTINGS
@given(MATRICES)
def test_transposing_twice_changes_nothing(dense):
    csr = csr_of(dense)
    back = transpose(transpose(csr))
    assert np.array_equal(back.indptr, csr.indptr)
    assert np.array_equal(back.indices, csr.indices)
    assert np.array_equal(back.values, csr.values)


@SETTINGS
@given(MATRICES)
def test_transposed_columns_ascend(dense):
    turned = transpose(membership(csr_of(dense)))
    assert all(np.all(np.diff(turned.row(i).astype(int)) > 0) for i in range(turned.n_rows))


@SETTINGS
@given(MATRICES, st.sampled_from([0.0, 0.25, 0.6, 5.0]))
def test_filter_keeps_exactly_what_is_above(dense, theta):
    assert np.array_equal(
        dense_of(filter_values(csr_of(dense), theta)), np.where(dense > theta, dense, 0)
    )


def test_filter_takes_one_threshold_a_column():
    kept = filter_values(csr_of(np.array([[1.0, 1.0], [3.0, 3.0]])), np.array([2.0, 0.5], "f4"))
    assert np.array_equal(dense_of(kept), [[0, 1], [3, 3]])


def test_membership_has_no_values_to_filter():
    with pytest.raises(ValueError, match="membership"):
        filter_values(membership(csr_of(np.eye(2))), 0.5)


def test_thresholds_of_another_length_are_refused():
    with pytest.raises(ValueError, match="2 columns"):
        filter_values(csr_of(np.eye(2)), np.zeros(3, "f4"))


def test_ids_and_pointers_keep_their_types():
    turned = transpose(csr_of(np.eye(3)))
    assert (turned.indices.dtype, turned.indptr.dtype) == (np.uint32, np.int64)
