"""What every registered selector promises, whatever its method."""

import numpy as np
import pytest

from core.errors import RequestError
from core.select import SELECTORS, Budget, Constraints, Quota, methods, select
from core.select.constraints import OPTIONAL
from tests.select_pools import readings, reordered, view_of

NAMES = list(SELECTORS)
NESTED = [name for name in NAMES if SELECTORS.get(name).nested]
UNNESTED = [name for name in NAMES if name not in NESTED]
ONE_OF_SEVERAL = {"instag"}  # needs no one reading, but a column of tags or codes
PINNED, FORBIDDEN = np.array([3, 11, 40]), np.array([0, 7, 12, 59])
LIMITS = Constraints(PINNED, FORBIDDEN)


def chosen(name, budget=24, *, arrays=None, constraints=LIMITS, seed=1, columns=None):
    view = view_of(readings() if arrays is None else arrays, columns=columns)
    return select(name, view, Budget("rows", budget), constraints=constraints, seed=seed)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("budget", [3, 24, 56])
def test_rows_are_distinct_in_range_and_exactly_the_budget(name, budget):
    rows = chosen(name, budget).rows
    assert len(set(rows.tolist())) == len(rows) == budget
    assert 0 <= rows.min() <= rows.max() < 60


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_gives_the_same_rows(name):
    assert chosen(name).rows.tolist() == chosen(name).rows.tolist()


@pytest.mark.parametrize("name", NAMES)
def test_pinned_rows_come_first(name):
    assert set(chosen(name).rows[: len(PINNED)].tolist()) == set(PINNED.tolist())


@pytest.mark.parametrize("name", NAMES)
def test_forbidden_rows_stay_out(name):
    assert not np.isin(FORBIDDEN, chosen(name, 56).rows).any()


@pytest.mark.parametrize("name", NAMES)
def test_pins_may_fill_the_whole_budget(name):
    assert sorted(chosen(name, 3).rows.tolist()) == PINNED.tolist()


@pytest.mark.parametrize("name", NAMES)
def test_the_order_of_the_pool_does_not_matter(name):
    arrays = readings()
    order = np.random.default_rng(3).permutation(60)
    place = np.argsort(order)  # where each row went
    moved = Constraints(place[PINNED], place[FORBIDDEN])
    first = arrays["ids"][chosen(name, 40).rows]
    again = reordered(arrays, order)["ids"][
        chosen(name, 40, arrays=reordered(arrays, order), constraints=moved).rows
    ]
    assert first.tolist() == again.tolist()


@pytest.mark.parametrize("name", NESTED)
def test_a_prefix_is_the_answer_to_a_smaller_budget(name):
    whole = chosen(name, 56)
    for budget in (3, 10, 41):
        smaller = chosen(name, budget)
        assert whole.prefix(budget).rows.tolist() == smaller.rows.tolist()
        assert whole.prefix(budget).gains.tolist() == smaller.gains.tolist()
        assert whole.prefix(budget).round_starts.tolist() == smaller.round_starts.tolist()


@pytest.mark.parametrize("name", UNNESTED)
def test_a_prefix_of_an_answer_that_is_not_nested_is_refused(name):
    with pytest.raises(RequestError, match="is not nested"):
        chosen(name).prefix(10)


@pytest.mark.parametrize("name", NAMES)
def test_gains_are_the_new_features_at_each_pick(name):
    matrix = readings()["codes"]
    found = chosen(name, 56)
    union = [matrix[found.rows[: at + 1]].any(axis=0).sum() for at in range(56)]
    assert np.cumsum(found.gains).tolist() == union


@pytest.mark.parametrize("name", NAMES)
def test_own_gains_do_not_rise_within_a_round(name):
    found = chosen(name, 56)
    if found.own_gains is None:
        pytest.skip("has no objective of its own")
    starts = np.maximum(found.round_starts, found.n_pinned)  # pins are not chosen for their gain
    for start, stop in zip(starts, [*starts[1:], len(found)], strict=True):
        assert (np.diff(found.own_gains[start:stop]) <= 0).all()


@pytest.mark.parametrize("name", NAMES)
def test_a_method_without_its_readings_says_what_is_missing(name):
    entry = SELECTORS.get(name)
    for missing in entry.needs:
        arrays = {key: one for key, one in readings().items() if key != missing}
        with pytest.raises(RequestError, match=f"method '{name}' needs"):
            chosen(name, arrays=arrays)


@pytest.mark.parametrize("name", NAMES)
def test_a_method_runs_on_nothing_but_what_it_needs(name):
    if name in ONE_OF_SEVERAL:
        pytest.skip("takes one of several readings; tested with the method")
    kept = {"ids", *SELECTORS.get(name).needs}
    arrays = {key: one for key, one in readings().items() if key in kept}
    assert len(chosen(name, arrays=arrays)) == 24


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", OPTIONAL)
def test_a_constraint_on_gains_is_honoured_or_refused_by_name(name, kind):
    n_features = 150 if "neurons" in SELECTORS.get(name).needs else 40
    size = 60 if kind == "costs" else n_features
    limits = Constraints(**{kind: np.arange(1.0, size + 1)})
    if kind in SELECTORS.get(name).honours:
        assert len(chosen(name, constraints=limits)) == 24
        return
    with pytest.raises(RequestError, match=f"'{name}' cannot honour {kind.replace('_', ' ')}"):
        chosen(name, constraints=limits)


GROUPS = np.repeat(np.arange(30), 2).astype(np.int32)  # rows 2i and 2i + 1 are alike


@pytest.mark.parametrize("name", NAMES)
def test_one_row_of_a_group_is_chosen_at_most(name):
    rows = chosen(name, constraints=Constraints(PINNED, FORBIDDEN, groups=GROUPS)).rows
    assert len(rows) == len(set(GROUPS[rows].tolist())) == 24


@pytest.mark.parametrize("name", NAMES)
def test_groups_that_leave_too_few_rows_are_named_with_the_largest_budget(name):
    groups = np.zeros(60, dtype=np.int32)
    groups[:9] = np.arange(9)
    with pytest.raises(RequestError, match=r"near-duplicate groups leave; ask for at most 9"):
        chosen(name, constraints=Constraints(groups=groups))


COLOURS = np.array(["red", "green", "blue"])[np.arange(60) % 3]
QUOTAS = (Quota("colour", "red", least=11), Quota("colour", "blue", most=2))


@pytest.mark.parametrize("name", NAMES)
def test_quotas_are_kept(name):
    limits = Constraints(PINNED, FORBIDDEN, quotas=QUOTAS)
    found = chosen(name, constraints=limits, columns={"colour": COLOURS})
    counts = dict(zip(*np.unique(COLOURS[found.rows], return_counts=True), strict=True))
    assert len(found) == 24
    assert counts["red"] >= 11
    assert counts.get("blue", 0) <= 2


@pytest.mark.parametrize("name", NAMES)
def test_a_least_makes_an_answer_that_has_no_prefixes(name):
    limits = Constraints(quotas=QUOTAS)
    found = chosen(name, constraints=limits, columns={"colour": COLOURS})
    with pytest.raises(RequestError, match="not nested"):
        found.prefix(20)


@pytest.mark.parametrize("name", NAMES)
def test_a_budget_above_what_may_be_chosen_names_the_largest(name):
    with pytest.raises(RequestError, match="ask for at most 56"):
        chosen(name, 57)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("limit", [200, 900, 5000])
def test_a_token_budget_is_kept(name, limit):
    arrays = readings()
    found = select(
        name, view_of(arrays), Budget("tokens", limit), constraints=Constraints(PINNED, FORBIDDEN)
    )
    used = arrays["tokens"][found.rows].sum()
    assert used == found.tokens_used <= limit
    assert set(PINNED.tolist()) <= set(found.rows.tolist())


@pytest.mark.parametrize("name", NESTED)
def test_a_token_budget_stops_only_when_no_row_fits(name):
    arrays = readings()
    found = select(name, view_of(arrays), Budget("tokens", 777))
    left = np.setdiff1d(np.arange(60), found.rows)
    assert arrays["tokens"][left].min() > 777 - found.tokens_used


@pytest.mark.parametrize("entry", methods(), ids=lambda entry: entry["name"])
def test_a_method_tells_what_people_need_to_know(entry):
    assert set(entry) >= {"name", "title", "needs", "nested", "complexity", "when", "options"}
    assert entry["title"] and entry["when"] and entry["source"]
    assert entry["complexity"].startswith("O(")
    assert entry["provenance"] in ("confirmed", "inferred", "default")
    assert all(option["help"] for option in entry["options"])
