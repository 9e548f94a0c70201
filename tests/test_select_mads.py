"""MADS: sets of active neurons by four rules, and coverage of them that goes on when saturated."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Cancelled, RequestError
from core.records import Csr
from core.select import Budget, Constraints, mads, select
from core.select.mads import concave_steps
from core.select.neuron_sets import SetRule, neuron_sets
from tests.select_pools import example_ids, naive_greedy, neuron_states, readings, view_of

KEEP_ALL = {"always_on": 1.0}


def members(states, **rule):
    """The sets under a rule as a boolean matrix, with all neurons kept unless asked."""
    found = neuron_sets(states, SetRule(**(KEEP_ALL | rule)))
    return dense(found.sets.rows)


def dense(rows):
    matrix = np.zeros((rows.n_rows, rows.n_columns), dtype=bool)
    for row in range(rows.n_rows):
        assert (np.diff(rows.row(row).astype(int)) > 0).all()
        matrix[row, rows.row(row)] = True
    return matrix


def stored_values(states):
    """What is stored as a matrix, NaN where nothing is."""
    values = np.full((states.n_rows, states.rows.n_columns), np.nan, dtype=np.float32)
    for row in range(states.n_rows):
        part = slice(*states.rows.indptr[[row, row + 1]])
        values[row, states.rows.indices[part]] = states.rows.values[part]
    return np.where(np.isfinite(values), values, np.nan)


def naive_members(states, rule):
    """Each rule by its definition, a row and a layer at a time."""
    values = stored_values(states)
    active = np.zeros(values.shape, dtype=bool)
    if rule.kind == "threshold":
        return values > rule.tau
    if rule.kind == "z-score":
        with np.errstate(divide="ignore", invalid="ignore"):
            spread = np.sqrt(states.variance.astype(np.float64))
            return (values > states.mean + rule.z * spread) & (spread > 0)
    for row in range(len(values)):
        for layer in range(states.n_layers):
            columns = np.arange(states.layer_size) + layer * states.layer_size
            columns = columns[~np.isnan(values[row, columns])]
            ranked = columns[np.lexsort((columns, -values[row, columns]))]
            active[row, ranked[: wanted_count(values[row, ranked], rule, states)]] = True
    return active


def wanted_count(ranked, rule, states):
    if rule.kind == "top-k":
        return math.ceil(rule.share * states.layer_size)
    sums = np.cumsum(np.maximum(ranked.astype(np.float64), 0))
    if not len(sums) or sums[-1] <= 0:
        return 0
    return int(np.argmax(sums >= min(rule.mass * sums[-1], sums[-1]))) + 1


RULES = [
    SetRule("top-k", share=0.02, always_on=1),
    SetRule("top-k", share=0.17, always_on=1),
    SetRule("threshold", tau=0.75, always_on=1),
    SetRule("threshold", tau=-70_000.0, always_on=1),
    SetRule("threshold", tau=70_000.0, always_on=1),
    SetRule("z-score", z=1.3, always_on=1),
    SetRule("z-score", z=-1.0, always_on=1),
    SetRule("top-p", mass=1e-6, always_on=1),
    SetRule("top-p", mass=0.37, always_on=1),
    SetRule("top-p", mass=1.0, always_on=1),
]


def awkward_states(seed=0):
    """Stored values with ties, negatives, zeros, the ends of float16, NaN and infinities."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(40, 3, 30)).astype(np.float16)
    values[:, 0] = np.round(values[:, 0] * 2) / 2
    values[rng.random(values.shape) < 0.1] = 0
    values[::7, 1] = -1
    values[rng.random(values.shape) < 0.02] = 65_504
    states = neuron_states(values, stored=9)
    bad = rng.random(states.rows.nnz)
    stored = states.rows.values.copy()
    stored[bad < 0.03], stored[bad > 0.97] = np.nan, np.inf
    rows = replace(states.rows, values=stored)
    return replace(states, rows=rows)


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_sets_equal_the_definition_of_their_rule(rule):
    states = awkward_states()
    found = dense(neuron_sets(states, rule).sets.rows)
    assert (found == naive_members(states, rule)).all()


@settings(max_examples=40, deadline=None)
@given(
    values=st.lists(st.integers(-3, 5), min_size=12, max_size=12),
    kind=st.sampled_from(["top-k", "top-p"]),
    share=st.sampled_from([0.01, 0.25, 0.5, 0.6, 1.0]),
)
def test_any_small_layer_equals_the_definition(values, kind, share):
    states = neuron_states(np.array(values, dtype=float).reshape(1, 3, 4), stored=4)
    rule = SetRule(kind, share=share, mass=share, always_on=1)
    assert (dense(neuron_sets(states, rule).sets.rows) == naive_members(states, rule)).all()


def test_the_transpose_belongs_to_the_sets():
    sets = neuron_sets(awkward_states(), SetRule(share=0.1)).sets
    assert (dense(sets.columns) == dense(sets.rows).T).all()


# by hand: two layers of four neurons
LAYERS = [[[4, 3, 2, 1], [0, 0, 8, 1]], [[1, 1, 1, 1], [5, -1, -2, -3]]]


@pytest.mark.parametrize(
    ("rule", "first", "second"),
    [
        ({"kind": "top-k", "share": 0.5}, [0, 1, 6, 7], [0, 1, 4, 5]),
        ({"kind": "threshold", "tau": 2.0}, [0, 1, 6], [4]),
        # 0.6 of 10 is 6: 4 and 3; of 9 is 5.4: 8. Of 4 ones 2.4: three; the negative count as 0.
        ({"kind": "top-p", "mass": 0.6}, [0, 1, 6], [0, 1, 2, 4]),
    ],
)
def test_the_textbook_sets(rule, first, second):
    found = members(neuron_states(LAYERS, stored=4), **rule)
    assert np.flatnonzero(found[0]).tolist() == first
    assert np.flatnonzero(found[1]).tolist() == second


def test_z_scores_are_of_the_neuron_over_the_pool():
    # the first neuron is at 0, 0, 0, 4: mean 1, deviation 1.73; the second always at 9
    states = neuron_states([[[0, 9]], [[0, 9]], [[0, 9]], [[4, 9]]], stored=2)
    assert members(states, kind="z-score", z=1.7).tolist() == [[False, False]] * 3 + [[True, False]]
    assert not members(states, kind="z-score", z=1.8).any()


def test_stored_rows_that_are_the_sets_are_not_copied():
    states = neuron_states(np.random.default_rng(0).normal(size=(20, 2, 30)), stored=3)
    assert neuron_sets(states, SetRule(share=0.1)).sets.rows.indices is states.rows.indices


def test_more_than_is_stored_is_refused_with_the_most():
    states = neuron_states(np.zeros((5, 2, 40)), stored=4)
    with pytest.raises(RequestError, match=r"share 0.2 is 8 neurons.* 4 of 40 .* at most 0.1"):
        neuron_sets(states, SetRule(share=0.2))
    assert members(states, share=0.1).sum() == 5 * 2 * 4


def test_a_pool_without_stored_neurons_is_refused():
    empty = Csr(np.zeros(4, dtype=np.int64), np.empty(0, np.uint32), np.empty(0, np.float16), 6)
    states = replace(neuron_states(np.zeros((3, 2, 3)), stored=1), rows=empty)
    with pytest.raises(RequestError, match="no row has a stored neuron"):
        neuron_sets(states, SetRule())


def test_sets_beyond_the_memory_of_the_machine_are_refused(monkeypatch):
    monkeypatch.setattr("os.sysconf", lambda name: 16)
    states = neuron_states(np.ones((30, 2, 3)), stored=3)
    with pytest.raises(RequestError, match=r"60 neurons in all .* ask for fewer neurons a row"):
        neuron_sets(states, SetRule(share=0.2))


def test_rows_without_a_token_have_empty_sets():
    states = neuron_states(np.random.default_rng(1).normal(size=(3, 2, 10)), stored=2)
    rows = states.rows
    cut = Csr(np.array([0, 4, 4, 8]), rows.indices[:8], rows.values[:8], 20)
    found = members(replace(states, rows=cut), share=0.1)
    assert found.sum(axis=1).tolist() == [2, 0, 2]


@pytest.mark.parametrize("share", [0.1, 0.3])  # a part of what is stored, and all of it
def test_neurons_of_nearly_every_row_are_dropped(share):
    values = np.random.default_rng(0).normal(size=(40, 2, 10))
    values[:, 1, 4] = 50  # in all rows
    values[:30, 0, 2] = 50  # in 30 of 40, more than 0.7
    states = neuron_states(values, stored=3)
    for limit, n_dropped in [(1.0, 0), (0.95, 1), (0.7, 2)]:
        found = neuron_sets(states, SetRule(share=share, always_on=limit))
        whole = members(states, share=share)
        assert found.n_dropped == n_dropped
        expected = whole & (whole.mean(axis=0) <= limit)
        assert (dense(found.sets.rows) == expected).all()
        assert (dense(found.sets.columns) == expected.T).all()
    assert states.rows.nnz == 40 * 2 * 3  # what is stored stays as it was


def test_progress_can_stop_the_sets():
    def stop(done, total, note=""):
        raise Cancelled

    with pytest.raises(Cancelled):
        neuron_sets(awkward_states(), SetRule(share=0.1), progress=stop)


# selecting

POOL = np.random.default_rng(4).normal(size=(80, 2, 60))


def picked(budget, config=None, *, states=None, constraints=None):
    states = neuron_states(POOL, stored=12) if states is None else states
    ids = [f"{row:04d}" for row in range(states.n_rows)]
    limits = constraints or Constraints()
    view = view_of({"ids": ids, "neurons": states})
    config = KEEP_ALL | {"share": 0.1} | (config or {})
    return select("mads", view, Budget("rows", budget), config, constraints=limits)


ACTIVE = members(neuron_states(POOL, stored=12), share=0.1)


def test_rounds_equal_greedy_over_the_active_neurons():
    found = picked(70)
    rows, gains, starts = naive_greedy(ACTIVE, 70, id_rank=np.arange(80))
    assert found.rows.tolist() == rows
    assert found.own_gains.tolist() == gains
    assert found.round_starts.tolist() == starts
    assert (found.explains["n_neurons"] == 12).all()


def test_the_textbook_case():
    # active: {0, 1}, {1, 2}, {3}, {0}: row 0 brings two, then row 1 and row 2 bring one each and
    # row 1 is larger; all four neurons are lit, so a round begins with row 3 alone
    values = [[[9, 9, 0, 0]], [[0, 9, 9, 0]], [[0, 0, 0, 9]], [[9, 0, 0, 0]]]
    found = picked(4, {"rule": "threshold", "tau": 5.0}, states=neuron_states(values, stored=4))
    assert found.rows.tolist() == [0, 1, 2, 3]
    assert found.own_gains.tolist() == [2, 1, 1, 1]
    assert found.round_starts.tolist() == [0, 3]


def naive_objective(matrix, budget, worth, weights):
    """Greedy on Σ weights × worth(times covered), one look at all rows a pick."""
    counts, rows = np.zeros(matrix.shape[1], dtype=int), []
    sizes = matrix.sum(axis=1)
    while len(rows) < budget:
        left = [row for row in range(len(matrix)) if row not in rows]
        step = weights * (worth(counts + 1) - worth(counts))
        gain = {row: round(float(step[matrix[row]].sum()), 6) for row in left}
        best = max(left, key=lambda row: (gain[row], sizes[row], -row))
        if gain[best] == 0 and counts.any():
            counts[:] = 0
            continue
        rows.append(best)
        counts += matrix[best]
    return rows


@pytest.mark.parametrize(("name", "function"), [("log", np.log1p), ("sqrt", np.sqrt)])
def test_concave_equals_greedy_on_the_rounded_function(name, function):
    scale = 1024
    worth = np.concatenate([[0], np.cumsum(concave_steps(name, scale=scale, most=80))])
    rounded = lambda counts: worth[np.minimum(counts, len(worth) - 1)]  # noqa: E731
    found = picked(80, {"on_saturation": "concave", "concave": name, "scale": scale})
    ones = np.ones(ACTIVE.shape[1], dtype=int)
    assert found.rows.tolist() == naive_objective(ACTIVE, 80, rounded, ones)
    assert len(found.round_starts) == 1  # it does not saturate
    whole = function(ACTIVE.sum(axis=0)).sum()
    assert found.own_gains.sum() == pytest.approx(whole, rel=1e-3)


@pytest.mark.parametrize("how", ["rounds", "concave"])
@pytest.mark.parametrize("budget", [2, 4])
def test_the_theorems_share_of_the_best_is_reached(how, budget):
    states = neuron_states(POOL[:12], stored=12)
    worth = (lambda counts: counts > 0) if how == "rounds" else np.log1p
    value = lambda rows: worth(ACTIVE[list(rows)].sum(axis=0)).sum()  # noqa: E731
    best = max(map(value, itertools.combinations(range(12), budget)))
    found = picked(budget, {"on_saturation": how}, states=states)
    assert value(found.rows) >= (1 - 1 / np.e) * best


def test_concave_steps_are_scaled_differences():
    assert concave_steps("log", scale=1000, most=4) == [693, 405, 288, 223]
    assert concave_steps("sqrt", scale=100, most=4) == [100, 41, 32, 27]
    assert concave_steps("log", scale=2, most=50) == [1, 1, 1]  # 2 × log(5 / 4) rounds to 0


def test_weighted_counts_rare_neurons_more():
    weights = np.rint(np.log(80 / np.maximum(ACTIVE.sum(axis=0), 1)) * 1000)
    found = picked(80, {"on_saturation": "weighted"})
    covered = lambda counts: np.minimum(counts, 1)  # noqa: E731
    assert found.rows.tolist() == naive_objective(ACTIVE, 80, covered, weights)
    first = weights[ACTIVE[found.rows[0]]].sum() / 1000
    assert found.own_gains[0] == pytest.approx(first)


def test_multi_cover_equals_its_definition():
    counts, level, rows = np.zeros(ACTIVE.shape[1], dtype=int), 1, []
    while len(rows) < 80:
        left = [row for row in range(80) if row not in rows]
        gain = {row: (ACTIVE[row] & (counts < level)).sum() for row in left}
        best = max(left, key=lambda row: (gain[row], ACTIVE[row].sum(), -row))
        if gain[best] == 0:
            level += 1
            continue
        rows.append(best)
        counts += ACTIVE[best]
    assert picked(80, {"on_saturation": "multi-cover"}).rows.tolist() == rows


@pytest.mark.parametrize("how", ["rounds", "multi-cover", "concave", "weighted"])
def test_a_prefix_is_the_answer_to_a_smaller_budget(how):
    whole = picked(80, {"on_saturation": how})
    assert picked(33, {"on_saturation": how}).rows.tolist() == whole.rows[:33].tolist()


@pytest.mark.parametrize("how", ["rounds", "multi-cover", "concave", "weighted"])
def test_costs_that_are_equal_change_nothing(how):
    plain = picked(60, {"on_saturation": how})
    limits = Constraints(costs=np.full(80, 2.0, dtype=np.float32))
    priced = picked(60, {"on_saturation": how}, constraints=limits)
    assert priced.rows.tolist() == plain.rows.tolist()
    assert priced.own_gains.tolist() == (plain.own_gains / 2).tolist()


def test_costs_prefer_the_cheap():
    costs = np.ones(80, dtype=np.float32)
    costs[picked(1).rows[0]] = 100
    assert picked(1).rows[0] not in picked(20, constraints=Constraints(costs=costs)).rows


def test_the_notes_tell_what_was_reached_and_dropped():
    values = POOL.copy()
    values[:, 1, 7] = 50
    found = picked(80, {"always_on": 0.95}, states=neuron_states(values, stored=12))
    notes = " | ".join(found.notes)
    assert "neurons dropped since more than 0.95 of the rows have them: 1" in notes
    assert "half the rows have 11 active neurons or more" in notes
    assert "119 that are active in any row and 120 in all" in notes


@pytest.mark.parametrize(("rule", "words"), [("z-score", "stored neurons"), ("top-p", "stored")])
def test_what_is_not_stored_is_said(rule, words):
    assert any(words in note for note in picked(5, {"rule": rule}).notes)


def test_gains_beyond_the_engine_are_refused(monkeypatch):
    monkeypatch.setitem(mads.MOST, np.int32, 100)
    with pytest.raises(RequestError, match="ask for fewer neurons a row, a smaller scale"):
        picked(5, {"on_saturation": "concave"})


def test_a_pool_of_equal_rows_goes_by_id():
    states = neuron_states(np.tile(POOL[:1], (6, 1, 1)), stored=12)
    view = view_of({"ids": np.array(list("fedcba")), "neurons": states})
    assert select("mads", view, Budget("rows", 3)).rows.tolist() == [5, 4, 3]


def test_the_pool_of_the_contract_has_neurons():
    view = view_of(readings() | {"ids": np.array(example_ids(60))})
    assert len(select("mads", view, Budget("rows", 9))) == 9
