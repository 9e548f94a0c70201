"""The greedy engine picks what looking at every row at every pick would pick."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.errors import Cancelled
from core.select.constraints import Constraints
from core.select.greedy import GreedyEngine, Objective, greedy_order
from core.select.limits import Limits
from core.select.scan import scan_order
from tests.select_pools import feature_sets, naive_greedy, random_matrix, sets_of


def ordered(matrix, budget, *, id_rank=None, pinned=(), forbidden=(), costs=None, **options):
    constraints = Constraints(
        np.array(pinned, dtype=int), np.array(forbidden, dtype=int), costs=costs
    )
    id_rank = np.arange(len(matrix)) if id_rank is None else id_rank
    return greedy_order(
        feature_sets(matrix), budget, id_rank=id_rank, constraints=constraints, **options
    )


@pytest.mark.parametrize("seed", range(6))
def test_picks_equal_the_naive_reference_with_pins_and_forbids(seed):
    rng = np.random.default_rng(seed)
    matrix = random_matrix(300, 150, seed=seed)
    marked = rng.choice(300, size=40, replace=False)
    limits = {"id_rank": rng.permutation(300), "pinned": marked[:15], "forbidden": marked[15:]}
    found = ordered(matrix, 275, **limits)
    rows, gains, starts = naive_greedy(matrix, 275, **limits)
    assert found.rows.tolist() == rows
    assert found.gains.tolist() == gains
    assert found.round_starts.tolist() == starts


@settings(max_examples=60, deadline=None)
@given(
    matrix=arrays(bool, st.tuples(st.integers(1, 12), st.integers(1, 8))),
    marks=st.lists(st.sampled_from(["free", "free", "pinned", "forbidden"]), min_size=12),
    seed=st.integers(0, 99),
)
def test_any_small_pool_equals_the_naive_reference(matrix, marks, seed):
    n_rows = len(matrix)
    limits = {
        "id_rank": np.random.default_rng(seed).permutation(n_rows),
        "pinned": [row for row in range(n_rows) if marks[row] == "pinned"],
        "forbidden": [row for row in range(n_rows) if marks[row] == "forbidden"],
    }
    budget = n_rows - len(limits["forbidden"])
    found = ordered(matrix, budget, **limits)
    rows, gains, starts = naive_greedy(matrix, budget, **limits)
    assert (found.rows.tolist(), found.gains.tolist()) == (rows, gains)
    assert found.round_starts.tolist() == starts


def test_the_textbook_case():
    sets = [{0, 1, 2, 3}, {0, 1, 4}, {2, 3, 5}, {4, 5}, set(), {6}]
    found = greedy_order(sets_of(sets, 7), 6, id_rank=np.arange(6))
    # 0 brings four; 3 brings {4, 5}; 5 brings {6}; all seven are covered, so a round begins:
    # 1 and 2 are both of size 3, the first id wins; the empty row is last.
    assert found.rows.tolist() == [0, 3, 5, 1, 2, 4]
    assert found.gains.tolist() == [4, 2, 1, 3, 3, 0]
    assert found.round_starts.tolist() == [0, 3]


def test_equal_gains_go_to_the_larger_set():
    # after row 0, rows 1 and 2 both bring one feature; row 2 has more in all
    found = greedy_order(sets_of([{0, 1, 2}, {3}, {2, 3}], 4), 3, id_rank=np.arange(3))
    assert found.rows.tolist() == [0, 2, 1]


def test_ties_cross_block_borders_by_example_id():
    matrix = np.zeros((3000, 3000), dtype=bool)
    np.fill_diagonal(matrix, True)
    id_rank = np.random.default_rng(0).permutation(3000)
    found = ordered(matrix, 3000, id_rank=id_rank)
    assert (id_rank[found.rows] == np.arange(3000)).all()


def test_a_prefix_is_the_answer_to_a_smaller_budget():
    matrix = random_matrix(120, 50, seed=3)
    whole = ordered(matrix, 100)
    for budget in (1, 7, 33, 99):
        assert (ordered(matrix, budget).rows == whole.rows[:budget]).all()


def test_gains_above_sixteen_bits_are_exact():
    matrix = np.zeros((3, 70_000), dtype=bool)
    matrix[0, :40_000] = matrix[1, 30_000:] = matrix[2, :100] = True
    assert ordered(matrix, 3).gains.tolist() == [40_000, 30_000, 100]


def test_pinned_rows_come_by_example_id_whatever_their_order():
    matrix = random_matrix(30, 20, seed=1)
    id_rank = np.random.default_rng(5).permutation(30)
    first = ordered(matrix, 20, id_rank=id_rank, pinned=[4, 9, 2])
    again = ordered(matrix, 20, id_rank=id_rank, pinned=[2, 4, 9])
    assert first.rows.tolist() == again.rows.tolist()
    assert first.rows[:3].tolist() == sorted([2, 4, 9], key=lambda row: id_rank[row])


def best_value(matrix, budget):
    return max(
        matrix[list(rows)].any(axis=0).sum()
        for rows in itertools.combinations(range(len(matrix)), budget)
    )


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("budget", [2, 3, 5])
def test_coverage_reaches_the_theorems_share_of_the_best(seed, budget):
    matrix = random_matrix(12, 30, seed=seed, density=0.15)
    covered = matrix[ordered(matrix, budget).rows].any(axis=0).sum()
    assert covered >= (1 - 1 / np.e) * best_value(matrix, budget)


def naive_objective(matrix, budget, steps, weights):
    """Rows picked one by one to maximise the weighted sum of steps, without rounds."""
    worth = np.concatenate([[0], np.cumsum(steps), np.full(budget, sum(steps))])
    counts, rows, left = np.zeros(matrix.shape[1], dtype=int), [], list(range(len(matrix)))
    for _ in range(budget):
        gains = [(weights * (worth[counts + matrix[r]] - worth[counts])).sum() for r in left]
        if max(gains) == 0:
            break
        sizes = matrix[left].sum(axis=1)
        best = max(range(len(left)), key=lambda at: (gains[at], sizes[at], -left[at]))
        counts += matrix[left[best]]
        rows.append(left.pop(best))
    return rows


@pytest.mark.parametrize("steps", [(1,), (1, 1, 1), (9, 5, 3, 2, 1)])
def test_other_objectives_equal_their_naive_greedy(steps):
    matrix = random_matrix(80, 60, seed=4)
    weights = np.random.default_rng(2).integers(0, 5, size=60)
    engine = GreedyEngine(
        feature_sets(matrix),
        Limits.of(Constraints(), n_rows=80, budget=50),
        id_rank=np.arange(80),
        objective=Objective(steps, weights),
    )
    assert engine.pick(50)[0].tolist() == naive_objective(matrix, 50, steps, weights)


def test_steps_that_rise_are_refused():
    with pytest.raises(ValueError, match="never rise"):
        Objective(steps=(1, 2))


def test_negative_weights_are_refused():
    with pytest.raises(ValueError, match="zero or more"):
        ordered(np.eye(2, dtype=bool), 1, objective=Objective(weights=np.array([1, -1])))


def test_fewer_rows_come_back_when_no_more_are_free():
    assert ordered(np.eye(3, dtype=bool), 3, forbidden=[0]).rows.tolist() == [1, 2]


@pytest.mark.parametrize("seed", range(3))
def test_the_torch_form_makes_the_same_picks(seed):
    rng = np.random.default_rng(seed)
    matrix = random_matrix(300, 120, seed=seed)
    marked = rng.choice(300, size=30, replace=False)
    asked = {"id_rank": rng.permutation(300), "pinned": marked[:9], "forbidden": marked[9:]}
    compiled = ordered(matrix, 250, **asked)
    found = ordered(matrix, 250, device="cpu", **asked)
    assert found.rows.tolist() == compiled.rows.tolist()
    assert found.gains.tolist() == compiled.gains.tolist()
    assert found.round_starts.tolist() == compiled.round_starts.tolist()


def naive_deeper(matrix, budget):
    """Multi-cover by its definition: gain = features covered less than r times, r raised by 1."""
    counts, rows, level = np.zeros(matrix.shape[1], dtype=int), [], 1
    sizes = matrix.sum(axis=1)
    while len(rows) < budget:
        left = [row for row in range(len(matrix)) if row not in rows]
        gain = {row: (matrix[row] & (counts < level)).sum() for row in left}
        best = max(left, key=lambda row: (gain[row], sizes[row], -row))
        if gain[best] == 0 and sizes[left].any():
            level += 1
            continue
        rows.append(best)
        counts += matrix[best]
    return rows


def test_multi_cover_counts_what_was_covered_more_often_than_asked():
    matrix = random_matrix(90, 30, seed=11)
    found = ordered(matrix, 90, objective=Objective(saturated="deeper"))
    assert found.rows.tolist() == naive_deeper(matrix, 90)


def naive_priced(matrix, budget, costs):
    covered, rows = np.zeros(matrix.shape[1], dtype=bool), []
    sizes = matrix.sum(axis=1)
    while len(rows) < budget:
        left = [row for row in range(len(matrix)) if row not in rows]
        gain = {row: (matrix[row] & ~covered).sum() * (1.0 / costs[row]) for row in left}
        best = max(left, key=lambda row: (gain[row], sizes[row], -row))
        if gain[best] == 0 and covered.any():
            covered[:] = False
            continue
        rows.append(best)
        covered |= matrix[best]
    return rows


@pytest.mark.parametrize("power", [0.0, 0.5, 1.0])
def test_costs_divide_the_gain(power):
    matrix = random_matrix(2500, 60, seed=3)
    costs = np.random.default_rng(1).integers(1, 9, size=2500) ** power
    found = ordered(matrix, 60, costs=costs)
    assert found.rows.tolist() == naive_priced(matrix, 60, costs)


def test_costs_that_are_equal_change_nothing():
    matrix = random_matrix(2500, 60, seed=3)
    priced = ordered(matrix, 300, costs=np.full(2500, 7.0))
    assert priced.rows.tolist() == ordered(matrix, 300).rows.tolist()


def test_progress_can_stop_the_picking():
    def stop(done, total, note=""):
        raise Cancelled

    with pytest.raises(Cancelled):
        ordered(np.eye(5, dtype=bool), 4, progress=stop)


def test_progress_ends_at_the_budget():
    seen = []
    ordered(
        random_matrix(900, 80),
        700,
        progress=lambda done, total, note="": seen.append((done, total)),
    )
    assert seen == sorted(seen)
    assert seen[-1] == (700, 700)


def naive_scan(matrix, budget, *, min_new=1, ceiling=1.0, pinned=()):
    order = sorted(range(len(matrix)), key=lambda row: (-matrix[row].sum(), row))
    rows = sorted(pinned)
    covered = matrix[rows].any(axis=0)
    is_first = bool(rows)
    while len(rows) < budget:
        left = [row for row in order if row not in rows]
        before = len(rows)
        for row in left:
            new, size = (matrix[row] & ~covered).sum(), matrix[row].sum()
            if len(rows) < budget and new >= min_new and (size - new) < ceiling * size:
                rows.append(row)
                covered |= matrix[row]
        if len(rows) == before and not is_first:
            return rows + left[: budget - len(rows)]
        covered[:], is_first = False, False
    return rows


@pytest.mark.parametrize("rule", [{}, {"min_new": 3}, {"ceiling": 0.5}])
@pytest.mark.parametrize("pinned", [(), (7, 3, 20)])
def test_scans_equal_their_naive_reference(rule, pinned):
    matrix = random_matrix(100, 60, seed=8)
    found = scan_order(
        feature_sets(matrix),
        90,
        id_rank=np.arange(100),
        constraints=Constraints(pinned=np.array(pinned, dtype=int)),
        **rule,
    )
    assert found.rows.tolist() == naive_scan(matrix, 90, pinned=pinned, **rule)


def test_the_textbook_scan():
    sets = [{0, 1}, {0, 1, 2, 3}, {1, 2, 3}, {4}]
    found = scan_order(sets_of(sets, 5), 4, id_rank=np.arange(4))
    # sizes 4, 3, 2, 1: row 1 is taken, 2 and 0 bring nothing, 3 does; then 2, then 0
    assert found.rows.tolist() == [1, 3, 2, 0]
    assert found.gains.tolist() == [4, 1, 3, 1]
    assert found.round_starts.tolist() == [0, 2]
