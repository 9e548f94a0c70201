"""SAE-SimScale takes what its scan has not seen the like of, by shares and by pairs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.errors import Cancelled, RequestError
from core.select import Budget, Constraints, select
from core.select.hashing import hash_order
from core.select.scan_pairs import shared_needed
from core.select.scan_union import most_covered
from core.select.view import id_hashes, id_ranks
from tests.select_pools import example_ids, feature_sets, random_matrix, sets_of, view_of


def picked(codes, budget, config=None, *, method="sae-simscale", **options):
    arrays = {"ids": [f"{row:05d}" for row in range(codes.n_rows)], "codes": codes}
    arrays |= options.pop("more", {})
    return select(method, view_of(arrays), Budget("rows", budget), config or {}, **options)


FOUR = [{0, 1, 2, 3, 4, 5}, {0, 1, 2, 3, 6}, {4, 5, 7, 8}, {9, 10}]


def test_the_textbook_case_by_shares():
    # row 0 opens the scan; of row 1 4 / 5 = 0.8 is covered, which is not below 0.8; of row 2
    # 2 / 4; row 3 is new; row 1 then opens a scan of its own
    found = picked(sets_of(FOUR, 11), 4, {"tau": 0.8})
    assert found.rows.tolist() == [0, 2, 3, 1]
    assert found.round_starts.tolist() == [0, 3]
    assert found.explains["similarity"].tolist() == [0, 0.5, 0, 0]


def test_the_textbook_case_by_pairs():
    # Jaccard of rows 0 and 1 is 4 / 7, of 0 and 2 is 2 / 8, of 1 and 2 is 0
    codes = sets_of(FOUR, 11)
    assert picked(codes, 4, {"tau": 0.6, "scope": "pairwise"}).rows.tolist() == [0, 1, 2, 3]
    strict = picked(codes, 4, {"tau": 0.5, "scope": "pairwise"})
    assert strict.rows.tolist() == [0, 2, 3, 1]
    assert strict.round_starts.tolist() == [0, 3]
    assert strict.explains["similarity"].tolist() == [0, 0.25, 0, 0]


def test_a_pair_is_less_alike_than_the_union():
    # row 2 is covered by rows 0 and 1 together, and like neither
    codes = sets_of([{0, 1, 2, 3}, {4, 5, 6, 7}, {0, 1, 4, 5}], 8)
    assert picked(codes, 3, {"scope": "union"}).round_starts.tolist() == [0, 2]
    assert picked(codes, 3, {"scope": "pairwise"}).round_starts.tolist() == [0]


def naive(matrix, budget, *, tau, scope, order, pinned=(), forbidden=()):
    """The accept rule as it is written, one row at a time."""
    rows, starts = list(pinned), [0]
    scanned = [row for row in rows if matrix[row].any()]
    is_fresh = not rows
    while len(rows) < budget:
        left = [row for row in order if row not in rows and row not in forbidden]
        before = len(rows)
        for row in left:
            if len(rows) < budget and matrix[row].any() and below(matrix, row, scanned, tau, scope):
                rows.append(row)
                scanned.append(row)
        if is_fresh and len(rows) == before:
            return rows + left[: budget - before], starts
        if is_fresh and before:
            starts.append(before)
        scanned, is_fresh = [], True
    return rows, starts


def below(matrix, row, scanned, tau, scope):
    if not scanned:
        return True
    mine = matrix[row]
    if scope == "union":
        return (mine & matrix[scanned].any(axis=0)).sum() / mine.sum() < tau
    return all((mine & matrix[j]).sum() / (mine | matrix[j]).sum() < tau for j in scanned)


@pytest.mark.parametrize("scope", ["union", "pairwise"])
@pytest.mark.parametrize("tau", [0.0, 0.1, 0.3, 0.55, 0.8, 1.0])
@pytest.mark.parametrize("limited", [False, True])
def test_picks_equal_the_naive_rule(scope, tau, limited):
    matrix = random_matrix(150, 70, seed=5, density=0.15)
    pinned, forbidden = ([4, 30, 77], [0, 1, 99, 100]) if limited else ([], [])
    order = sorted(range(150), key=lambda row: (-matrix[row].sum(), row))
    limits = Constraints(np.array(pinned, dtype=int), np.array(forbidden, dtype=int))
    found = picked(feature_sets(matrix), 140, {"tau": tau, "scope": scope}, constraints=limits)
    rows, starts = naive(
        matrix, 140, tau=tau, scope=scope, order=order, pinned=pinned, forbidden=forbidden
    )
    assert found.rows.tolist() == rows
    assert found.round_starts.tolist() == starts


@settings(max_examples=60, deadline=None)
@given(
    matrix=arrays(bool, st.tuples(st.integers(1, 10), st.integers(1, 7))),
    tau=st.sampled_from([0.0, 0.2, 1 / 3, 0.5, 2 / 3, 0.7, 1.0]),
    scope=st.sampled_from(["union", "pairwise"]),
)
def test_any_small_pool_equals_the_naive_rule(matrix, tau, scope):
    order = sorted(range(len(matrix)), key=lambda row: (-matrix[row].sum(), row))
    found = picked(feature_sets(matrix), len(matrix), {"tau": tau, "scope": scope})
    rows, starts = naive(matrix, len(matrix), tau=tau, scope=scope, order=order)
    assert (found.rows.tolist(), found.round_starts.tolist()) == (rows, starts)


def test_tau_1_is_the_scan_of_sae_greedy():
    codes = feature_sets(random_matrix(300, 90, seed=1))
    found = picked(codes, 250, {"tau": 1.0})
    scan = picked(codes, 250, {"mode": "scan"}, method="sae-greedy")
    assert found.rows.tolist() == scan.rows.tolist()
    assert found.round_starts.tolist() == scan.round_starts.tolist()


@pytest.mark.parametrize("scope", ["union", "pairwise"])
def test_tau_0_takes_one_row_a_scan(scope):
    codes = feature_sets(np.eye(8, dtype=bool))  # not even rows that share nothing
    found = picked(codes, 8, {"tau": 0.0, "scope": scope})
    assert found.round_starts.tolist() == list(range(8))


@pytest.mark.parametrize("scope", ["union", "pairwise"])
def test_a_higher_tau_needs_no_more_scans(scope):
    codes = feature_sets(random_matrix(200, 60, seed=2, density=0.2))
    taus = (0.1, 0.3, 0.5, 0.7, 0.9)
    scans = [len(picked(codes, 150, {"tau": tau, "scope": scope}).round_starts) for tau in taus]
    assert scans == sorted(scans, reverse=True)
    assert scans[0] > scans[-1]


def test_equal_rows_are_apart_by_no_tau():
    codes = sets_of([{0, 1}, {0, 1}, {0, 1}], 2)
    for scope in ("union", "pairwise"):
        found = picked(codes, 3, {"tau": 1.0, "scope": scope})
        assert found.round_starts.tolist() == [0, 1, 2]


ORDERS = {
    "size": lambda matrix, ids, lengths: np.lexsort((id_ranks(ids), -matrix.sum(axis=1))),
    "random": lambda matrix, ids, lengths: hash_order(
        42, id_hashes(ids), id_ranks(ids), "sae-simscale"
    ),
    "length": lambda matrix, ids, lengths: np.lexsort((id_ranks(ids), -lengths)),
    "id": lambda matrix, ids, lengths: np.argsort(ids),
}


@pytest.mark.parametrize("name", ORDERS)
def test_a_scan_goes_down_the_order_asked_for(name):
    matrix = random_matrix(60, 30, seed=3, density=0.2)
    ids, lengths = np.array(example_ids(60)), np.random.default_rng(0).integers(9, size=60)
    view = view_of({"ids": ids, "codes": feature_sets(matrix), "lengths": lengths})
    found = select("sae-simscale", view, Budget("rows", 55), {"order": name})
    order = ORDERS[name](matrix, ids, lengths).tolist()
    assert found.rows.tolist() == naive(matrix, 55, tau=0.8, scope="union", order=order)[0]


def test_an_order_by_length_needs_lengths():
    with pytest.raises(RequestError, match="no response lengths"):
        picked(sets_of([{0}], 1), 1, {"order": "length"})


@pytest.mark.parametrize("scope", ["union", "pairwise"])
def test_rows_without_features_come_last_and_are_said(scope):
    found = picked(sets_of([set(), {0}, set(), {1}], 2), 4, {"scope": scope})
    assert found.rows.tolist() == [1, 3, 0, 2]
    assert "rows at the end without features, which no scan accepts, in order: 2" in found.notes


def test_pins_without_features_leave_the_scan_fresh():
    limits = Constraints(pinned=np.array([0]))
    found = picked(sets_of([set(), {0}, {0}], 1), 3, {"tau": 0.0}, constraints=limits)
    assert found.rows.tolist() == [0, 1, 2]


@pytest.mark.parametrize("tau", [0.05, 0.1, 0.3, 0.55, 0.7, 0.8, 1.0])
def test_limits_are_those_of_the_quotient(tau):
    for size, most in enumerate(most_covered(60, min_new=1, ceiling=tau)):
        if size:
            below_tau = [covered for covered in range(size) if covered / size < tau]
            assert most == max(below_tau)
    for total, needed in enumerate(shared_needed(80, tau)):
        if total >= 2:
            reached = [c for c in range(1, total // 2 + 1) if c / (total - c) >= tau]
            assert needed == min(reached, default=needed)
            assert reached or needed > total // 2


@pytest.mark.parametrize("scope", ["union", "pairwise"])
def test_progress_can_stop_a_scan(scope):
    def stop(done, total, note=""):
        raise Cancelled

    with pytest.raises(Cancelled):
        picked(sets_of([{0}, {1}], 2), 2, {"scope": scope}, progress=stop)
